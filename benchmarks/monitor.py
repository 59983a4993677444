"""Many live streams at once at true speed: how long after a beat it is labelled, and what is lost.

    python -m benchmarks.monitor [--streams 100] [--seconds 180] [--rate 250] [--leads 1]
        [--model DIR] [--port 0]

Another process makes the frames, 0.1 s each, of simulated hearts that differ, and sends each
stream over a connection of its own on loopback when its last sample would have happened. The
streams begin spread over two seconds. Latency is from the R peak, by the wall clock on which the
frames were sent, to the moment a viewer of the stream has the event. What is said of the first
fifteen seconds is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ecgmm.monitor.engine import MonitorEngine
from ecgmm.monitor.events import BeatEvent, ConditionEvent
from ecgmm.monitor.frames import Frame
from ecgmm.monitor.stream import Stream
from ecgmm.serving.engines import open_model
from ecgmm.serving.released import released_model
from ecgmm.simulator import simulate

FRAME_S = 0.1
WARM_UP_S = 15.0
LOOP_S = 60.0
SPREAD_S = 2.0
PATTERNS = ("N", "NNNNV", "NNNA", "NV", "N")
REPORT_EVERY_S = 30.0


@dataclass
class Tally:
    """What the viewers saw."""

    latency_s: list[float] = field(default_factory=list)
    stated_s: list[float] = field(default_factory=list)
    corrections: int = 0
    lost_s: float = 0.0
    frames: int = 0
    memory_mb: list[float] = field(default_factory=list)


async def send(port: int, streams: int, seconds: float, rate_hz: float, leads: int) -> None:
    """Send every stream, each over a connection of its own."""
    frame_samples = round(FRAME_S * rate_hz)
    names = ("II", "V1", "V5")[:leads]
    hearts = [
        simulate(
            PATTERNS[seed % len(PATTERNS)],
            duration_s=LOOP_S,
            heart_rate_bpm=60.0 + 3 * seed % 50,
            sampling_rate_hz=rate_hz,
            leads=names,
            seed=seed,
        ).signal_mv
        for seed in range(min(streams, 20))
    ]

    async def one(number: int) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        heart = hearts[number % len(hearts)]
        await asyncio.sleep(SPREAD_S * number / streams)
        begun_s = time.time()
        writer.write(json.dumps([number, begun_s, rate_hz, names]).encode() + b"\n")
        for sent in range(round(seconds / FRAME_S)):
            due_s = begun_s + (sent + 1) * FRAME_S
            await asyncio.sleep(max(0.0, due_s - time.time()))
            first = sent * frame_samples % len(heart)
            writer.write(heart[first : first + frame_samples].tobytes())
            await writer.drain()
        writer.close()

    await asyncio.gather(*(one(number) for number in range(streams)))


async def receive(engine: MonitorEngine, tally: Tally, reader: asyncio.StreamReader) -> None:
    """Feed one connection's frames into a stream of its own, and watch it."""
    number, begun_s, rate_hz, names = json.loads(await reader.readline())
    stream = engine.open_stream(f"bed {number}")
    viewer = asyncio.create_task(view(stream, begun_s, tally))
    frame_bytes = round(FRAME_S * rate_hz) * len(names) * 4
    sequence = 0
    while len(packet := await reader.read(frame_bytes)) or not reader.at_eof():
        while len(packet) < frame_bytes:
            packet += await reader.readexactly(frame_bytes - len(packet))
        samples_mv = np.frombuffer(packet, np.float32).reshape(-1, len(names))
        await stream.push(Frame(samples_mv, rate_hz, tuple(names), sequence=sequence))
        sequence += 1
    tally.frames += sequence
    await engine.close_stream(stream.name)
    await viewer


async def view(stream: Stream, begun_s: float, tally: Tally) -> None:
    """Note when each event of a stream is seen."""
    async for event in stream.events():
        now_s = time.time()
        match event:
            case BeatEvent() if event.time_s < WARM_UP_S:
                continue
            case BeatEvent(revision=1):
                tally.corrections += 1
            case BeatEvent():
                tally.latency_s.append(now_s - begun_s - event.time_s)
                tally.stated_s.append(event.latency_s)
            case ConditionEvent():
                tally.lost_s += event.lost_s


async def measure(arguments: argparse.Namespace) -> None:
    """Run the streams and print what came of them."""
    runtime = open_model(released_model(arguments.model))
    for rows in (1, 8, 16, 32):
        runtime.signal(np.zeros((rows, 1250), np.float32))
    tally, done = Tally(), asyncio.Event()
    open_connections = 0
    async with MonitorEngine(runtime) as engine:

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal open_connections
            open_connections += 1
            await receive(engine, tally, reader)
            writer.close()
            open_connections -= 1
            if open_connections == 0:
                done.set()

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        sender = subprocess.Popen(sender_command(port, arguments))
        report = asyncio.create_task(report_memory(tally))
        await done.wait()
        report.cancel()
        sender.wait()
        server.close()
    summarise(tally, arguments)


def sender_command(port: int, arguments: argparse.Namespace) -> list[str]:
    """The command of the process that sends the frames."""
    options = ("streams", "seconds", "rate", "leads")
    values = [f"--{name}={getattr(arguments, name)}" for name in options]
    return [sys.executable, "-m", "benchmarks.monitor", f"--port={port}", *values]


async def report_memory(tally: Tally) -> None:
    """Print how the latency and the memory stand, every half a minute."""
    begun_s, seen = time.monotonic(), 0
    while True:
        await asyncio.sleep(REPORT_EVERY_S)
        new = tally.latency_s[seen:]
        seen += len(new)
        tally.memory_mb.append(memory_mb())
        median, late = np.percentile(new, (50, 99)) if new else (np.nan, np.nan)
        print(
            f"{time.monotonic() - begun_s:5.0f} s  memory {tally.memory_mb[-1]:6.0f} MB  "
            f"{len(new):6d} beats  latency p50 {median:.2f} s  p99 {late:.2f} s",
            flush=True,
        )


def summarise(tally: Tally, arguments: argparse.Namespace) -> None:
    """Print the figures of the whole run."""
    sent = arguments.streams * round(arguments.seconds / FRAME_S)
    p50, p99 = np.percentile(tally.latency_s, (50, 99))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"{arguments.streams} streams of {arguments.leads} lead(s) at {arguments.rate:g} Hz, "
        f"{arguments.seconds:g} s: {len(tally.latency_s)} beats, latency p50 {p50:.2f} s, "
        f"p99 {p99:.2f} s, longest {max(tally.latency_s):.2f} s; stated p50 "
        f"{np.median(tally.stated_s):.2f} s; {tally.corrections} corrected; frames lost "
        f"{sent - tally.frames} of {sent}, {tally.lost_s:.1f} s in gaps; memory "
        f"{tally.memory_mb[0]:.0f} MB after {REPORT_EVERY_S:g} s, {memory_mb():.0f} MB at the end; "
        f"{usage.ru_utime + usage.ru_stime:.0f} s of CPU"
    )


def memory_mb() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Measure, or be the process that sends."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--streams", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--rate", type=float, default=250.0, help="samples a second")
    parser.add_argument("--leads", type=int, default=1, choices=(1, 2, 3))
    parser.add_argument("--model", type=Path, help="a SavedModel; the released one")
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.port:
        asyncio.run(
            send(
                arguments.port,
                arguments.streams,
                arguments.seconds,
                arguments.rate,
                arguments.leads,
            )
        )
    else:
        asyncio.run(measure(arguments))


if __name__ == "__main__":
    main()
