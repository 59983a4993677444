"""What a reading's addresses give: view, tiles, pictures, corrections and exports."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from ecg_uploads import csv_bytes, photo_bytes, signal, strip_picture
from fastapi.testclient import TestClient

from ecgmm.analysis.reading_json import reading_from_json
from ecgmm.analysis.text_report import text_report

API = "/api/v1/readings"


def get(client: TestClient, reading_id: str, part: str = "") -> Any:
    response = client.get(f"{API}/{reading_id}{part}")
    assert response.status_code == 200, response.text
    return response


def test_a_reading_is_the_json_contract(client: TestClient, signal_id: str) -> None:
    reading = get(client, signal_id).json()
    assert reading["summary"]["verdict"] == "abnormal"
    assert {beat["label"] for beat in reading["beats"]} == {"N", "V"}


def test_the_view_begins_with_words_for_the_patient(client: TestClient, signal_id: str) -> None:
    plain = get(client, signal_id, "/view").json()["plain"]
    assert plain["headline"] == "Something unusual was found in this ECG"
    assert "physician" in plain["advice"]


def test_the_view_words_every_figure_as_the_report_does(client: TestClient, signal_id: str) -> None:
    reading = client.get(f"/api/v1/readings/{signal_id}").json()
    facts = client.get(f"/api/v1/readings/{signal_id}/view").json()["facts"]
    report = text_report(reading_from_json(reading))
    assert f"Heart rate {facts['heart_rate']}" in report
    assert f"{facts['rhythm']} ({facts['fibrillation']})" in report
    assert f", {facts['certainty']}" in report.splitlines()[0]
    assert facts["leads"] in report
    level = facts["quality_level"].capitalize()
    assert f"Quality    {level}, {facts['quality']}" in report
    (pvc,) = (found["text"] for found in reading["findings"] if found["code"] == "pvc")
    assert facts["burden"] in pvc


def test_of_an_unreadable_ecg_no_figure_of_the_heart_is_worded(
    client: TestClient, analyze: Callable[..., Any]
) -> None:
    flat = "time_s,II_mV\n" + "".join(f"{n / 125:.3f},0.0\n" for n in range(1250))
    (entry,) = analyze({"flat.csv": flat.encode()})["inputs"]
    view = client.get(f"/api/v1/readings/{entry['reading_id']}/view").json()
    assert view["facts"]["leads"] == "lead II"
    for name in ("heart_rate", "heart_rate_range", "rhythm", "fibrillation", "burden"):
        assert view["facts"][name] == ""


def test_a_tile_holds_the_signal(client: TestClient, signal_id: str) -> None:
    view = get(client, signal_id, "/view").json()["signal"]
    assert (view["samples"], view["rate_hz"], view["levels"]) == (2500, 125.0, 1)
    tile = np.frombuffer(get(client, signal_id, "/signal/0/0").content, "<i2")
    np.testing.assert_allclose(tile / 1000, signal("NNNV", 20.0), atol=0.001)
    assert client.get(f"{API}/{signal_id}/signal/0/1").status_code == 404


def test_a_picture_comes_with_the_place_of_its_row(client: TestClient, picture_id: str) -> None:
    picture = get(client, picture_id, "/view").json()["picture"]
    (row,) = picture["strips"]
    assert (picture["width"], picture["height"]) == (1000, 160)
    assert row["points"][0] == pytest.approx([0, 80], abs=1)
    assert row["points"][-1] == pytest.approx([1000, 80], abs=1)
    shown = cv2.imdecode(np.frombuffer(get(client, picture_id, "/picture").content, np.uint8), 1)
    assert shown.shape == (160, 1000, 3)
    strip = get(client, picture_id, "/strips/0").content
    assert cv2.imdecode(np.frombuffer(strip, np.uint8), -1).shape == (160, 1000)


def test_a_row_set_by_hand_is_read_where_it_is(
    client: TestClient, analyze: Callable[..., Any]
) -> None:
    corners = [[160, 190], [1120, 120], [1150, 290], [190, 360]]
    flat = np.float32([[0, 0], [1000, 0], [1000, 160], [0, 160]])
    matrix = cv2.getPerspectiveTransform(flat, np.float32(corners))
    crooked = cv2.warpPerspective(strip_picture(), matrix, (1300, 700), borderValue=200)
    png = cv2.imencode(".png", crooked)[1].tobytes()
    job = analyze({"crooked.png": png})
    reading_id = job["inputs"][0]["reading_id"]
    body = {"corners": corners, "shows": "row", "duration_s": 10}
    corrected = client.post(f"{API}/{reading_id}/corrections", json=body).json()
    truth = analyze({"row.png": photo_bytes()})["results"][0]
    (result,) = corrected["results"]
    times_s = [beat["time_s"] for beat in result["beats"]]
    assert times_s == pytest.approx([beat["time_s"] for beat in truth["beats"]], abs=0.06)
    view = get(client, corrected["inputs"][0]["reading_id"], "/view").json()["picture"]
    assert view["corners"] == corners
    assert view["strips"][0]["points"][0] == pytest.approx([175, 275], abs=3)


@pytest.mark.parametrize(
    "corners",
    [
        [[0, 0], [1, 0], [1, 1], [0, 1]],
        [[0, 0], [0, 100], [100, 100], [100, 0]],
        [[0, 0], [100, 0], [10, 10], [0, 100]],
    ],
    ids=["tiny", "anticlockwise", "dented"],
)
def test_corners_that_make_no_quadrangle_are_refused(
    client: TestClient, picture_id: str, corners: list[list[int]]
) -> None:
    response = client.post(f"{API}/{picture_id}/corrections", json={"corners": corners})
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "bad_corners"


def test_a_signal_has_no_corners(client: TestClient, signal_id: str) -> None:
    corners = [[0, 0], [100, 0], [100, 100], [0, 100]]
    response = client.post(f"{API}/{signal_id}/corrections", json={"corners": corners})
    assert response.status_code == 409


def test_beats_are_exported_as_they_were_read(client: TestClient, signal_id: str) -> None:
    beats = get(client, signal_id).json()["beats"]
    exported = get(client, signal_id, "/export/csv")
    rows = list(csv.DictReader(io.StringIO(exported.text)))
    assert [float(row["time_s"]) for row in rows] == [beat["time_s"] for beat in beats]
    assert exported.headers["content-disposition"] == 'attachment; filename="heart.csv"'
    assert json.loads(get(client, signal_id, "/export/json").text)["beats"] == beats


def test_annotations_are_read_back_by_wfdb(
    client: TestClient, signal_id: str, tmp_path: Any
) -> None:
    import wfdb

    exported = get(client, signal_id, "/export/wfdb")
    assert exported.headers["content-disposition"] == 'attachment; filename="heart.atr"'
    (tmp_path / "heart.atr").write_bytes(exported.content)
    read = wfdb.rdann(str(tmp_path / "heart"), "atr")
    is_beat = np.array(read.symbol) != "+"
    beats = get(client, signal_id).json()["beats"]
    assert list(np.array(read.symbol)[is_beat]) == [beat["label"] for beat in beats]
    times_s = [beat["time_s"] for beat in beats]
    np.testing.assert_allclose(read.sample[is_beat] / read.fs, times_s, atol=0.005)


@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_drawings_are_made_of_what_was_kept(
    client: TestClient, signal_id: str, picture_id: str, kind: str
) -> None:
    for reading_id in (signal_id, picture_id):
        first = get(client, reading_id, f"/export/{kind}").content
        assert first.startswith({"png": b"\x89PNG", "pdf": b"%PDF"}[kind])
        assert get(client, reading_id, f"/export/{kind}").content == first


def test_a_forgotten_reading_is_gone_with_its_pieces(
    client: TestClient, analyze: Callable[..., Any]
) -> None:
    reading_id = analyze({"a.csv": csv_bytes()})["inputs"][0]["reading_id"]
    assert client.delete(f"{API}/{reading_id}").status_code == 204
    for part in ("", "/view", "/signal/0/0", "/export/csv", "/export/pdf"):
        assert client.get(f"{API}/{reading_id}{part}").status_code == 404
    assert client.delete(f"{API}/{reading_id}").status_code == 404


def test_what_the_reader_doubts_is_shown(client: TestClient, analyze: Callable[..., Any]) -> None:
    rows = [*csv_bytes().decode().splitlines()]
    table = "\n".join([rows[0] + ",note", *(f"{row},word" for row in rows[1:])])
    reading_id = analyze({"heart.csv": table.encode()})["inputs"][0]["reading_id"]
    (note,) = get(client, reading_id, "/view").json()["notes"]
    assert note == "heart.csv: not read: note."
