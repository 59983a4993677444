"""The server does what its OpenAPI page says, whatever is sent."""

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, settings

schemathesis = pytest.importorskip("schemathesis")
EXAMPLES = 8


@pytest.fixture
def api(client: TestClient) -> object:
    return schemathesis.openapi.from_dict(client.get("/openapi.json").json())


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
def test_every_answer_is_as_described(case: object, client: TestClient) -> None:
    case.call_and_validate(session=client, base_url="http://127.0.0.1:8000")  # type: ignore[attr-defined]
