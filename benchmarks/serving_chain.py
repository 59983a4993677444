"""The whole chain on loopback while its parts die: web page, proxy, two model servers.

    python -m benchmarks.serving_chain [--clients 8] [--seconds 15]

Starts two model servers, HAProxy with `deploy/haproxy.cfg` before them and `ecgmm serve` before
that, and lets clients upload a signal and a picture in turn: undisturbed, then while one server is
killed and comes back, then while the other is stopped and comes back with a new version. Prints the
readings of each part, and fails where an upload got none. Needs `haproxy` on the PATH, the ports
8500 and 8501, and the addresses 127.0.0.2 and 127.0.0.3, which Linux has. Two minutes on 2 cores.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import numpy as np

from ecgmm.serving.address import parse_address
from ecgmm.serving.grpc_transport import GrpcTransport
from ecgmm.serving.released import released_model
from ecgmm.serving.remote import RemoteRuntime
from ecgmm.serving.retries import Patience
from ecgmm.serving.transport import Credentials

ROOT = Path(__file__).parents[1]
SAMPLES = [ROOT / "samples" / name for name in ("sinus_with_pvcs.csv", "sinus_with_pvcs.jpg")]
PROXY, FIRST, SECOND = "127.0.0.1", "127.0.0.2", "127.0.0.3"
WEB_PORT = 8511
START_WITHIN_S = 300.0
ANSWER_WITHIN_S = 120.0


@dataclass
class Part:
    """What the clients saw in one part of the test."""

    times_s: list[float] = field(default_factory=list)
    versions: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    def line(self, name: str, seconds: float) -> str:
        """One line of the table."""
        p50, p95, longest = np.percentile(self.times_s, (50, 95, 100)) if self.times_s else [0] * 3
        versions = ", ".join(f"{count} by {n}" for n, count in sorted(self.versions.items()))
        read, lost = len(self.times_s), sum(self.lost.values())
        return (
            f"{name:<46} {read:>8} {lost:>5} {read / seconds:>9.1f} "
            f"{p50:>6.2f} {p95:>6.2f} {longest:>9.2f}  {versions}"
        )


class Clients:
    """Upload until they are stopped.

    Args:
        count: how many at a time.
    """

    def __init__(self, count: int) -> None:
        self.part = Part()
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._upload, args=(n,)) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def next_part(self) -> Part:
        """Begin another part; gives the one that is over."""
        over, self.part = self.part, Part()
        return over

    def stop(self) -> None:
        """Let them end what they have begun."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _upload(self, number: int) -> None:
        with httpx2.Client(base_url=f"http://{PROXY}:{WEB_PORT}", timeout=ANSWER_WITHIN_S) as web:
            while not self._stopped.is_set():
                sample = SAMPLES[number % len(SAMPLES)]
                number += 1
                start_s = time.monotonic()
                outcome = _reading_of(web, sample)
                part = self.part
                if outcome.startswith("version "):
                    part.versions[outcome] += 1
                    part.times_s.append(time.monotonic() - start_s)
                else:
                    part.lost[outcome] += 1


def _reading_of(web: httpx2.Client, sample: Path) -> str:
    """The version that read a sample, or what was said in its place."""
    while True:
        files = {"files": (sample.name, sample.read_bytes())}
        response = web.post("/api/v1/analyze?wait=60", files=files)
        if response.status_code != 503 or "retry-after" not in response.headers:
            break
        time.sleep(float(response.headers["retry-after"]))
    if response.status_code != 200:
        return f"status {response.status_code}"
    (result,) = response.json()["results"]
    if "summary" not in result:
        return result["error"]["message"]
    return f"version {result['model']['version']}"


@contextlib.contextmanager
def running(*words: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment}
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Replica:
    """A model server with a folder of versions of its own."""

    def __init__(self, stack: contextlib.ExitStack, host: str, folder: Path) -> None:
        self._stack, self._host, self._folder = stack, host, folder
        self.release(1)
        self._process = self._start()

    def release(self, step: int) -> None:
        """Put the released model there as its version so many steps on."""
        version = int(released_model().name) + step - 1
        shutil.copytree(released_model(), self._folder / "ecgmm" / str(version))

    def end(self, number: signal.Signals) -> None:
        """Send a signal that ends the server."""
        self._process.send_signal(number)
        self._process.wait()

    def start_again(self) -> None:
        """Start the server and wait until it answers."""
        self._process = self._start()
        self.wait()

    def wait(self) -> None:
        """Wait until the server answers."""
        patient = Patience(deadline_s=START_WITHIN_S, attempts=1000, longest_pause_s=0.5)
        transport = GrpcTransport(parse_address(f"grpc://{self._host}:8500"), Credentials())
        RemoteRuntime(transport, patient)

    def _start(self) -> subprocess.Popen[bytes]:
        program = ROOT / "tests" / "serving" / "loopback_server.py"
        words = (sys.executable, str(program), str(self._folder / "ecgmm"), "--host", self._host)
        return self._stack.enter_context(running(*words))


def wait_for_web() -> None:
    """Wait until the page is ready."""
    end_s = time.monotonic() + START_WITHIN_S
    while time.monotonic() < end_s:
        with contextlib.suppress(httpx2.TransportError):
            if httpx2.get(f"http://{PROXY}:{WEB_PORT}/readyz").status_code == 200:
                return
        time.sleep(0.5)
    raise SystemExit(f"The page was not ready within {START_WITHIN_S:.0f} s.")


def break_chain(first: Replica, second: Replica, clients: int, seconds: float) -> bool:
    """Run the parts and print what was seen; whether nothing was lost."""

    def killed() -> None:
        first.end(signal.SIGKILL)
        first.start_again()

    def replaced() -> None:
        second.end(signal.SIGTERM)
        second.release(2)
        second.start_again()

    parts = {
        "undisturbed": lambda: None,
        "one server killed, and back": killed,
        "the other stopped, and back with a new version": replaced,
    }
    print(f"{'':<46} readings  lost  a second  p50 s  p95 s  longest s  by")
    uploading, is_whole = Clients(clients), True
    for name, happen in parts.items():
        start_s = time.monotonic()
        happen()
        time.sleep(seconds)
        if name == list(parts)[-1]:
            uploading.stop()
        part = uploading.next_part()
        print(part.line(name, time.monotonic() - start_s), flush=True)
        for said, count in part.lost.items():
            print(f"  {count} x {said}")
        is_whole &= not part.lost
    return is_whole


def main() -> None:
    """Start the chain, and break it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=15.0, help="of each part, at least")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        first, second = Replica(stack, FIRST, folder / "1"), Replica(stack, SECOND, folder / "2")
        first.wait()
        second.wait()
        proxy = ("haproxy", "-f", str(ROOT / "deploy" / "haproxy.cfg"))
        stack.enter_context(running(*proxy, LISTEN=PROXY, FIRST=FIRST, SECOND=SECOND))
        web = ("-m", "ecgmm", "serve", "--no-store", "--port", str(WEB_PORT), "--workers", "2")
        stack.enter_context(running(sys.executable, *web, "--serving", f"grpc://{PROXY}:8500"))
        wait_for_web()
        is_whole = break_chain(first, second, arguments.clients, arguments.seconds)
    sys.exit(0 if is_whole else 1)


if __name__ == "__main__":
    main()
