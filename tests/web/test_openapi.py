"""The server does what its OpenAPI page says, whatever is sent."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from patience import PATIENCE_S
from spike_runtime import open_nothing

from ecgmm.web.app import create_app
from ecgmm.web.settings import Settings

schemathesis = pytest.importorskip("schemathesis")

EXAMPLES = 25
DESCRIBED = schemathesis.openapi.from_dict(create_app(Settings(), open_nothing).openapi())
OPERATIONS = {each.ok().label: each.ok() for each in DESCRIBED.get_all_operations()}


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_answer_is_as_described(operation: Any, address: str) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def check(case: Any) -> None:
        case.call_and_validate(base_url=address, timeout=PATIENCE_S)

    check()
