"""What spoke for a beat's class, over the API."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

API = "/api/v1/readings"


def first_ventricular(client: TestClient, reading_id: str) -> int:
    beats = client.get(f"{API}/{reading_id}").json()["beats"]
    return next(number for number, beat in enumerate(beats) if beat["label"] == "V")


@pytest.mark.parametrize("kind", ["signal", "picture"])
def test_the_qrs_of_a_beat_speaks_for_its_class(
    client: TestClient, request: pytest.FixtureRequest, kind: str
) -> None:
    reading_id = request.getfixturevalue(f"{kind}_id")
    number = first_ventricular(client, reading_id)
    beat = client.get(f"{API}/{reading_id}").json()["beats"][number]
    found: dict[str, Any] = client.get(f"{API}/{reading_id}/beats/{number}/evidence").json()
    most = max(range(len(found["log_odds"])), key=found["log_odds"].__getitem__)
    loudest_s = found["start_s"] + (most + 0.5) * found["stretch_s"]
    assert found["probability"] > 0.5
    assert found["log_odds"][most] > 1
    assert loudest_s == pytest.approx(beat["time_s"], abs=0.16)


def test_it_is_asked_once_and_kept_with_the_reading(client: TestClient, signal_id: str) -> None:
    address = f"{API}/{signal_id}/beats/0/evidence"
    first = client.get(address).json()
    store = client.app.state.services.store  # type: ignore[attr-defined]
    assert json.loads(store.piece(signal_id, "evidence/0")) == first
    assert client.get(address).json() == first


def test_a_beat_that_there_is_not_is_not_explained(client: TestClient, signal_id: str) -> None:
    assert client.get(f"{API}/{signal_id}/beats/5000/evidence").status_code == 404
    assert client.get(f"{API}/{'x' * 22}/beats/0/evidence").status_code == 404
