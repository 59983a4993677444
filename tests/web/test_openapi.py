"""The server does what its OpenAPI page says, whatever is sent."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from patience import PATIENCE_S
from spike_runtime import open_nothing

from ecgmm.web.app import create_app
from ecgmm.web.settings import Settings

EXAMPLES = 25
PAGE = create_app(Settings(), open_nothing).openapi()
OPERATIONS = [(path, method) for path, methods in PAGE["paths"].items() for method in methods]


@pytest.fixture(scope="module")
def described() -> Any:
    """What schemathesis makes of the page; it is loaded when it is used, which takes seconds."""
    return pytest.importorskip("schemathesis").openapi.from_dict(PAGE)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_as_described(described: Any, path: str, method: str, address: str) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described[path][method].as_strategy())
    def check(case: Any) -> None:
        case.call_and_validate(base_url=address, timeout=PATIENCE_S)

    check()
