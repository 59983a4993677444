"""What 200 visitors at once get from the web app, and what they cost it in memory.

    python -m benchmarks.web_load [--clients 200] [--rounds 3] [--model DIR]

Starts `ecgmm serve --no-store` on a free port, lets every client upload a sample again and again
(coming back when told so by an honest 503), and prints answers by status, their times, and the
memory of server and worker after each round. It fails where any answer is neither a reading nor
a 503 with Retry-After. Some minutes on 1 core.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx2
import numpy as np
import psutil

SAMPLE = Path(__file__).parents[1] / "samples" / "sinus_with_pvcs.csv"
START_WITHIN_S = 600.0
ANSWER_WITHIN_S = 600.0
LONGEST_WAIT_S = 60
BYTES_PER_MB = 1e6


class Round:
    """What the clients of one round saw."""

    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self.seconds: list[float] = []

    def line(self, number: int, memory_mb: dict[str, float]) -> str:
        """One line of the table."""
        times = np.percentile(self.seconds, (50, 95, 100)) if self.seconds else np.zeros(3)
        answers = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        memory = ", ".join(f"{name} {size:.0f} MB" for name, size in memory_mb.items())
        return (
            f"round {number}: {answers}; reading after {times[0]:.1f} s (median), "
            f"{times[1]:.1f} s (95 %), {times[2]:.1f} s (last); {memory}"
        )


async def visit(client: httpx2.AsyncClient, content: bytes, seen: Round) -> None:
    """Upload until it is read; wait as long as each 503 says."""
    started_s = time.monotonic()
    while True:
        response = await client.post(
            f"/api/v1/analyze?wait={LONGEST_WAIT_S}", files={"files": ("heart.csv", content)}
        )
        if response.status_code == 503 and "retry-after" in response.headers:
            seen.statuses["503 with Retry-After"] += 1
            await asyncio.sleep(float(response.headers["retry-after"]))
            continue
        while response.status_code == 202:
            await asyncio.sleep(1.0)
            response = await client.get(response.headers["location"])
            if response.json()["state"] != "done":
                response.status_code = 202
        is_read = response.status_code == 200 and "summary" in response.json()["results"][0]
        seen.statuses["read" if is_read else f"WRONG {response.status_code}"] += 1
        seen.seconds.append(time.monotonic() - started_s)
        return


async def one_round(url: str, clients: int) -> Round:
    """All clients at once."""
    seen = Round()
    content = SAMPLE.read_bytes()
    limits = httpx2.Limits(max_connections=clients)
    async with httpx2.AsyncClient(base_url=url, timeout=ANSWER_WITHIN_S, limits=limits) as client:
        await asyncio.gather(*(visit(client, content, seen) for _ in range(clients)))
    return seen


def memory_mb(server: psutil.Process) -> dict[str, float]:
    """Resident memory of the server and of its worker."""
    worker = max(server.children(recursive=True), key=lambda child: child.memory_info().rss)
    return {
        "server": server.memory_info().rss / BYTES_PER_MB,
        "worker": worker.memory_info().rss / BYTES_PER_MB,
    }


def wait_until_ready(url: str) -> None:
    """Wait for the model."""
    deadline_s = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline_s:
        try:
            if httpx2.get(f"{url}/readyz").status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.5)
    raise SystemExit(f"The server was not ready within {START_WITHIN_S:.0f} s.")


def crashes(url: str) -> float:
    """How many workers had to be replaced."""
    found = re.search(r"^ecgmm_worker_restarts (\S+)", httpx2.get(f"{url}/metrics").text, re.M)
    return float(found[1]) if found else 0.0


def main() -> None:
    """Start the server, send the rounds, print what they saw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", help="a SavedModel other than the one that ships")
    args = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "ecgmm", "serve", "--no-store", "--port", str(port)]
    words += ["--model", args.model] if args.model else []
    environment = {name: value for name, value in os.environ.items() if name != "ECGMM_TOKEN"}
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_until_ready(url)
        server = psutil.Process(process.pid)
        print("at the start: ", memory_mb(server))
        wrong = 0
        for number in range(1, args.rounds + 1):
            seen = asyncio.run(one_round(url, args.clients))
            wrong += sum(count for status, count in seen.statuses.items() if "WRONG" in status)
            print(seen.line(number, memory_mb(server)), flush=True)
        print(f"workers replaced: {crashes(url):g}")
    finally:
        process.terminate()
        process.wait()
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
