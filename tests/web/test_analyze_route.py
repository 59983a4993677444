"""Uploads in, readings out: the JSON contract, bounds and faults of `POST /api/v1/analyze`."""

import errno
import io
import json
import os
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from ecg_uploads import csv_bytes, photo_bytes, wfdb_files
from fastapi.testclient import TestClient
from patience import PATIENCE_S
from served_app import serving
from spike_runtime import DEADLY_MV, open_nothing

from ecgmm.web.app import create_app
from ecgmm.web.settings import Limits, Settings

Analyze = Callable[..., Any]

HEART_IN_CHINESE = "\N{CJK UNIFIED IDEOGRAPH-5FC3}"


def post(client: TestClient, files: dict[str, bytes], query: str = "", **options: Any) -> Any:
    parts = [("files", (name, io.BytesIO(content))) for name, content in files.items()]
    return client.post(f"/api/v1/analyze{query}", files=parts, **options)


def uploads_folder(client: TestClient) -> Path:
    return client.app.state.services.jobs._folder  # type: ignore[attr-defined]


def uploads_left(client: TestClient) -> list[Path]:
    return list(uploads_folder(client).iterdir())


def test_each_input_has_its_object_in_input_order_and_an_error_in_its_place(
    analyze: Analyze,
) -> None:
    job = analyze({"a.csv": csv_bytes(), "notes.txt": b"no ECG", "row.png": photo_bytes()})
    signal, error, picture = job["results"]
    assert job["state"] == "done"
    assert (signal["input"], signal["modality"]) == ("a.csv", "signal")
    assert signal["duration_s"] == 10.0
    assert signal["model"] == {"name": "spikes", "version": "3"}
    assert error["input"] == "notes.txt"
    assert error["error"]["code"] == "unknown_format"
    assert (picture["input"], picture["modality"]) == ("row.png", "image")
    assert [entry["state"] for entry in job["inputs"]] == ["done", "failed", "done"]


def test_a_wfdb_record_is_one_input(analyze: Analyze) -> None:
    job = analyze({**wfdb_files("rec"), "other.csv": csv_bytes()})
    assert [result["input"] for result in job["results"]] == ["rec.hea", "other.csv"]
    assert job["results"][0]["duration_s"] == 20.0


def test_a_message_names_the_upload_and_no_folder_of_the_server(analyze: Analyze) -> None:
    header = wfdb_files("alone")["alone.hea"]
    for name, content in {"x.txt": b"no ECG", "alone.hea": header, "empty.csv": b""}.items():
        message = analyze({name: content})["results"][0]["error"]["message"]
        assert "/" not in message.replace("https://", "").replace(" / ", "")
        assert name.split(".")[0] in message


def test_a_file_name_cannot_leave_the_upload_s_folder(analyze: Analyze) -> None:
    names = ["../../evil.csv", "/etc/passwd.csv", "..\\..\\evil.csv", "a\x00\n<b>.csv"]
    for name in names:
        given = analyze({name: csv_bytes()})["results"][0]["input"]
        assert re.fullmatch(r"[\w .()+-]+\.csv", given)
        assert not given.startswith(".")


@pytest.mark.parametrize(
    "name",
    [
        "\N{CJK UNIFIED IDEOGRAPH-5FC3}" * 150 + ".csv",
        "\N{CJK UNIFIED IDEOGRAPH-5FC3}" * 300,
        "x" * 3000,
    ],
)
def test_a_long_file_name_is_cut_to_what_a_disk_takes(analyze: Analyze, name: str) -> None:
    first, second = analyze_both(analyze, name)
    assert first != second
    for given in (first, second):
        assert name.startswith(given[:60])
        assert len(given.encode()) <= 255


def analyze_both(analyze: Analyze, name: str) -> list[str]:
    """What two uploads of nearly one name are called."""
    job = analyze({name: csv_bytes(), f"folder/{name}": csv_bytes()})
    assert [entry["state"] for entry in job["inputs"]] == ["done", "done"]
    return [result["input"] for result in job["results"]]


def test_headers_that_speak_for_each_other_are_no_input(client: TestClient) -> None:
    files = {"a.hea": b"a 1 250 100\nb.hea 16\n", "b.hea": b"b 1 250 100\na.hea 16\n"}
    response = post(client, files)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "no_files")
    assert uploads_left(client) == []


@pytest.mark.parametrize("step", ["files", "out-0"])
@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [(errno.ENOSPC, 507, "no_space"), (errno.EMFILE, 500, "not_stored")],
)
def test_a_disk_that_fails_is_told_and_nothing_is_left_on_it(
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    fault: int,
    status: int,
    code: str,
) -> None:
    mkdir = Path.mkdir

    def failing_mkdir(path: Path, *args: Any, **options: Any) -> None:
        if path.name == step:
            raise OSError(fault, os.strerror(fault))
        mkdir(path, *args, **options)

    monkeypatch.setattr(Path, "mkdir", failing_mkdir)
    response = post(client, {"a.csv": csv_bytes()})
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert uploads_left(client) == []


def test_a_place_is_kept_for_an_upload_from_its_beginning() -> None:
    app = create_app(Settings(workers=0, limits=Limits(pending_inputs=1)), open_nothing)
    begun = b"POST /api/v1/analyze?wait=0 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
    begun += b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
    files = {"files": ("a.csv", csv_bytes())}
    with serving(app) as address:
        server, to = urlsplit(address), f"{address}/api/v1/analyze?wait=0"
        with socket.create_connection((server.hostname, server.port)) as upload:
            upload.sendall(begun)
            deadline_s = time.monotonic() + PATIENCE_S
            while app.state.services.pool.pending == 0 and time.monotonic() < deadline_s:
                time.sleep(0.02)
            second = httpx2.post(
                f"{address}/api/v1/analyze?wait=0", files=files, timeout=PATIENCE_S
            )
        while app.state.services.pool.pending and time.monotonic() < deadline_s:
            time.sleep(0.02)
        third = httpx2.post(to, files=files, timeout=PATIENCE_S)
    assert (second.status_code, third.status_code) == (503, 202)


def test_a_table_is_told_its_rate_and_unit(analyze: Analyze) -> None:
    column = "\n".join(
        ["MLII", *(line.split(b",")[1].decode() for line in csv_bytes().split(b"\n")[1:])]
    )
    silent = analyze({"a.csv": column.encode()})["results"][0]
    told = analyze({"a.csv": column.encode()}, sampling_rate_hz="125", unit="mV")["results"][0]
    assert "error" in silent
    assert told["duration_s"] == 10.0


def test_the_form_is_checked(client: TestClient) -> None:
    assert client.post("/api/v1/analyze", data={"unit": "mV"}).status_code == 400
    assert post(client, {"a.csv": csv_bytes()}, data={"unit": "kg"}).status_code == 400
    assert post(client, {"a.csv": csv_bytes()}, data={"layout": "9x9"}).status_code == 400
    assert post(client, {"a.csv": csv_bytes()}, data={"speed": "26"}).status_code == 400
    assert post(client, {"a.csv": csv_bytes()}, data={"sampling_rate_hz": "-1"}).status_code == 400
    assert post(client, {"a.csv": csv_bytes()}, "?wait=1000").status_code == 422
    assert client.post("/api/v1/analyze", content=b"nonsense").status_code == 400


def test_an_upload_is_bounded_in_parts_and_bytes(client: TestClient) -> None:
    many = {f"{number}.csv": csv_bytes() for number in range(5)}
    assert post(client, many).status_code == 400
    stated = post(client, {"a.csv": bytes(4_000_000)})
    assert stated.status_code == 413

    def unstated() -> Any:
        for _ in range(40):
            yield bytes(100_000)

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post("/api/v1/analyze", content=unstated(), headers=headers).status_code == 413


def test_a_recording_is_bounded_in_time(analyze: Analyze) -> None:
    column = "time_s,MLII_mV\n" + "\n".join(f"{second},0.1" for second in range(4000))
    error = analyze({"long.csv": column.encode()})["results"][0]["error"]
    assert error["code"] == "too_long"


def test_a_crash_takes_only_its_own_input_along(client: TestClient, analyze: Analyze) -> None:
    deadly = analyze({"deadly.csv": csv_bytes(spike_mv=2 * DEADLY_MV)})
    assert deadly["results"][0]["error"]["code"] == "crashed"
    after = analyze({"after.csv": csv_bytes()})
    assert after["results"][0]["summary"]["verdict"] == "normal"
    assert client.get("/healthz").status_code == 200


def test_whoever_does_not_wait_follows_the_job(client: TestClient) -> None:
    response = post(client, {"a.csv": csv_bytes()}, "?wait=0")
    assert response.status_code == 202
    job = response.json()
    assert response.headers["location"] == f"/api/v1/jobs/{job['id']}"
    with client.stream("GET", f"/api/v1/jobs/{job['id']}/events") as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        told = [json.loads(line[6:]) for line in events.iter_lines() if line.startswith("data: ")]
    shares = [entry["inputs"][0]["progress"] for entry in told]
    assert told[-1]["state"] == "done"
    assert shares == sorted(shares)
    done = client.get(f"/api/v1/jobs/{job['id']}").json()
    assert done["results"][0]["input"] == "a.csv"


def test_uploads_are_gone_once_they_are_read(client: TestClient, analyze: Analyze) -> None:
    analyze({"a.csv": csv_bytes(), "x.txt": b"no ECG"})
    deadline_s = time.monotonic() + PATIENCE_S
    while uploads_left(client) and time.monotonic() < deadline_s:
        time.sleep(0.02)
    assert uploads_left(client) == []
    assert uploads_folder(client).stat().st_mode & 0o777 == 0o700
