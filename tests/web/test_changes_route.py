"""A person corrects a reading that the server keeps."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import wfdb
from ecg_uploads import csv_bytes, photo_bytes
from fastapi.testclient import TestClient

API = "/api/v1/readings"


@pytest.fixture
def reading_id(analyze: Callable[..., Any]) -> str:
    """A fresh reading with ventricular beats."""
    return analyze({"own.csv": csv_bytes("NNNV", duration_s=20.0)})["inputs"][0]["reading_id"]


def change(client: TestClient, reading_id: str, *corrections: dict[str, Any]) -> Any:
    return client.put(f"{API}/{reading_id}/changes", json={"corrections": corrections})


def ectopic(reading: dict[str, Any]) -> dict[str, Any]:
    return next(beat for beat in reading["beats"] if beat["label"] == "V")


def test_a_corrected_reading_takes_the_place_of_the_first_everywhere(
    client: TestClient, reading_id: str
) -> None:
    reading = client.get(f"{API}/{reading_id}").json()
    client.get(f"{API}/{reading_id}/export/wfdb")
    wanted = {"change": "label_alike", "time_s": ectopic(reading)["time_s"], "label": "N"}
    answer = change(client, reading_id, wanted)
    assert answer.status_code == 200, answer.text
    again = client.get(f"{API}/{reading_id}").json()
    assert again == answer.json()
    assert again["summary"]["beat_counts"]["V"] == 0
    assert again["corrections"] == [wanted]
    view = client.get(f"{API}/{reading_id}/view").json()
    assert "ventricular" not in json.dumps(view["plain"])
    csv_text = client.get(f"{API}/{reading_id}/export/csv").text
    assert ",V," not in csv_text
    assert annotated(client, reading_id) == {"N"}


def annotated(client: TestClient, reading_id: str) -> set[str]:
    """Symbols of the beats in the annotation file that the server gives."""
    with tempfile.TemporaryDirectory() as folder:
        content = client.get(f"{API}/{reading_id}/export/wfdb").content
        (Path(folder) / "own.atr").write_bytes(content)
        symbols = wfdb.rdann(f"{folder}/own", "atr").symbol
    return {symbol for symbol in symbols if symbol.isalpha()}


def test_each_list_of_corrections_begins_with_the_reading_as_it_was_read(
    client: TestClient, reading_id: str
) -> None:
    reading = client.get(f"{API}/{reading_id}").json()
    first, second = (beat["time_s"] for beat in reading["beats"][:2])
    change(client, reading_id, {"change": "not_a_beat", "time_s": first})
    change(client, reading_id, {"change": "not_a_beat", "time_s": second})
    times = [beat["time_s"] for beat in client.get(f"{API}/{reading_id}").json()["beats"]]
    assert times[0] == first
    assert second not in times
    back = change(client, reading_id).json()
    assert back["beats"] == reading["beats"]
    assert back["findings"] == reading["findings"]


def test_a_renamed_lead_is_renamed_in_the_view(client: TestClient, reading_id: str) -> None:
    (lead,) = client.get(f"{API}/{reading_id}").json()["leads"]
    wanted = {"change": "rename_lead", "lead": lead, "name": "V1"}
    assert change(client, reading_id, wanted).status_code == 200
    view = client.get(f"{API}/{reading_id}/view").json()
    assert [row["name"] for row in view["signal"]["leads"]] == ["V1"]


def test_the_beats_of_a_picture_are_corrected_too(
    client: TestClient, analyze: Callable[..., Any]
) -> None:
    reading_id = analyze({"row.png": photo_bytes()})["inputs"][0]["reading_id"]
    reading = client.get(f"{API}/{reading_id}").json()
    first = {"time_s": reading["beats"][0]["time_s"], "label": "S"}
    again = change(client, reading_id, {"change": "label", **first}).json()
    assert again["summary"]["beat_counts"]["S"] == 1
    refused = change(client, reading_id, {"change": "label_alike", **first})
    assert refused.status_code == 409


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"change": "guess"}, 422),
        ({"change": "label", "time_s": 19.9999, "label": "V"}, 409),
        ({"change": "label", "label": "V"}, 422),
        ({"change": "label", "time_s": -1, "label": "V"}, 422),
        ({"change": "rename_lead", "lead": "II", "name": "<b>V1</b>"}, 422),
    ],
)
def test_what_is_no_correction_is_refused_and_changes_nothing(
    client: TestClient, signal_id: str, wanted: dict[str, Any], status: int
) -> None:
    before = client.get(f"{API}/{signal_id}").content
    answer = change(client, signal_id, wanted)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
    assert client.get(f"{API}/{signal_id}").content == before


def test_a_reading_that_is_not_there_is_not_corrected(client: TestClient) -> None:
    assert change(client, "x" * 22).status_code == 404
