"""Kill -9 of `ecgmm serve` at random moments: what was reported done is there when it is back."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
import serve_spikes
from local_ports import free_port
from patience import PATIENCE_S

from ecgmm.simulator import simulate
from ecgmm.writers.recording_csv import csv_file

KILLS = 3

pytestmark = pytest.mark.slow


class Server:
    """The app in a process of its own."""

    def __init__(self, store: Path, scratch: Path) -> None:
        port = free_port()
        path = os.pathsep.join(sys.path)
        self.process = subprocess.Popen(
            [sys.executable, serve_spikes.__file__, str(store), str(port)],
            env=os.environ | {"PYTHONPATH": path, "TMPDIR": str(scratch)},
        )
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S)

    def wait_until_ready(self) -> None:
        deadline_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                if self.client.get("/readyz").status_code == 200:
                    return
            except httpx2.TransportError:
                assert self.process.poll() is None
            assert time.monotonic() < deadline_s
            time.sleep(0.05)

    def workers(self) -> list[int]:
        pid = self.process.pid
        return [int(child) for child in _text(f"/proc/{pid}/task/{pid}/children").split()]

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.client.close()


def _text(path: str) -> str:
    return Path(path).read_text()


@contextmanager
def served(store: Path, scratch: Path) -> Iterator[Server]:
    server = Server(store, scratch)
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.kill()


def read_until_killed(server: Server, ecg: bytes, within_s: float) -> dict[str, str]:
    """Upload again and again while the server lives; each reading that it reported done."""
    done: dict[str, str] = {}
    killed_s = time.monotonic() + within_s
    while time.monotonic() < killed_s:
        job = server.client.post("/api/v1/analyze", files={"files": ("ecg.csv", ecg)}).json()
        for entry in job["inputs"]:
            if entry["state"] == "done":
                name = entry["reading_id"]
                done[name] = server.client.get(f"/api/v1/readings/{name}").text
    server.client.post("/api/v1/analyze", params={"wait": 0}, files={"files": ("ecg.csv", ecg)})
    return done


def test_nothing_that_was_reported_done_is_lost(tmp_path: Path) -> None:
    store, scratch = tmp_path / "readings.sqlite", tmp_path / "scratch"
    scratch.mkdir()
    ecg = csv_file(simulate("NNNV", duration_s=120.0))
    draw, done = random.Random(5), {}
    for _ in range(KILLS):
        with served(store, scratch) as server:
            done |= read_until_killed(server, ecg, draw.uniform(0.5, 2.0))
            workers = server.workers()
        deadline_s = time.monotonic() + PATIENCE_S
        while any(Path(f"/proc/{pid}/cwd").exists() for pid in workers):
            assert time.monotonic() < deadline_s, "a worker outlives its server"
            time.sleep(0.05)
    assert done
    with served(store, scratch) as server:
        assert len(list(scratch.iterdir())) == 1, "uploads of a killed server are left"
        for name, reading in done.items():
            assert server.client.get(f"/api/v1/readings/{name}").text == reading
            assert server.client.get(f"/api/v1/readings/{name}/view").status_code == 200
            assert server.client.get(f"/api/v1/readings/{name}/signal/0/0").status_code == 200
