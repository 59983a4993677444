"""What `ecgmm serve` refuses before it serves, and the stream that it watches itself."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
from local_ports import free_port
from patience import PATIENCE_S
from websockets.sync.client import connect

from ecgmm.cli import main
from ecgmm.simulator import simulate
from ecgmm.writers.recording_csv import csv_file


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ECGMM_TOKEN", raising=False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--host", "0.0.0.0"], "ECGMM_TOKEN"),
        (["--keep", "forever"], "24h"),
    ],
)
def test_what_cannot_be_served_is_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *words]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert len(captured.err.splitlines()) == 1


@pytest.mark.parametrize(
    "words", [["--port", "0"], ["--workers", "many"], ["--no-store", "--keep", "1h"]]
)
def test_bad_usage_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["serve", *words])
    assert left.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_weak_token_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ECGMM_TOKEN", "short")
    assert main(["serve", "--no-store"]) == 2
    assert "16 characters" in capsys.readouterr().err


def test_a_port_that_is_taken_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--no-store", "--port", str(port)]) == 2
    assert "Choose another --port" in capsys.readouterr().err


@pytest.mark.slow
def test_a_source_on_the_command_line_is_watched_by_whoever_looks(
    tiny_model: Path, tmp_path: Path
) -> None:
    recording = tmp_path / "heart.csv"
    recording.write_bytes(csv_file(simulate(duration_s=120.0, sampling_rate_hz=250.0)))
    port = free_port()
    address = f"127.0.0.1:{port}"
    words = ["--port", str(port), "--no-store", "--model", str(tiny_model)]
    server = subprocess.Popen(
        [sys.executable, "-m", "ecgmm", "serve", *words, "--monitor", str(recording)]
    )
    try:
        stream = first_stream(f"http://{address}/api/v1/streams", server)
        assert stream["title"] == str(recording)
        with connect(f"ws://{address}/api/v1/stream/{stream['id']}") as viewer:
            while json.loads(viewer.recv(timeout=PATIENCE_S))["type"] != "beat":
                pass
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(PATIENCE_S) == 0


def first_stream(url: str, server: subprocess.Popen) -> dict:
    """What the server says of its stream, once there is one."""
    deadline_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline_s:
        assert server.poll() is None
        try:
            streams = httpx2.get(url, timeout=PATIENCE_S).json()["streams"]
        except httpx2.TransportError:
            streams = []
        if streams:
            return streams[0]
        time.sleep(0.2)
    raise AssertionError(f"no stream within {PATIENCE_S} s")
