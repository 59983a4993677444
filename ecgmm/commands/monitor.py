"""`ecgmm monitor`: a live ECG in, beats, heart rate and alarms out."""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecgmm.commands.arguments import add_statements
from ecgmm.commands.exit_status import EXIT_OK
from ecgmm.commands.runtime_arguments import add_runtime_arguments, runtime_opener

if TYPE_CHECKING:
    from ecgmm.monitor.events import Event
    from ecgmm.monitor.frames import Frame
    from ecgmm.monitor.limits import AlarmLimits
    from ecgmm.serving.runtime import OpenRuntime

SLOWEST, FASTEST = 0.1, 1000.0
"""A beat in ten seconds; a day in a minute and a half."""

_DESCRIPTION = """\
Watch a live ECG: every beat within two seconds, the heart rate every second, alarms as they are
raised and cleared, and what happens to the signal, as JSON Lines on stdout."""

_EPILOG = """\
SOURCE is the path of a recording, which is replayed; - for standard input (JSON Lines or CSV);
ws://HOST/PATH or wss://; lsl:NAME for Lab Streaming Layer; polar:ADDRESS for a Polar H10 chest
strap; without a name or an address, the first that is found. Ctrl-C stops it. Not a medical
device."""


def add_parser(subparsers: Any) -> None:
    """Add `monitor` to the subcommands of `ecgmm`."""
    parser = subparsers.add_parser(
        "monitor", help="watch a live ECG", description=_DESCRIPTION, epilog=_EPILOG
    )
    parser.add_argument("source", metavar="SOURCE", help="where the signal comes from")
    parser.add_argument(
        "--speed",
        type=_speed,
        default=1.0,
        metavar="N",
        help="of a replay: 1 is true speed (the default), max does not wait",
    )
    parser.add_argument(
        "--limits",
        default="",
        metavar="NAME=VALUE,...",
        help="limits of the alarms, such as high_bpm=130,low_bpm=45",
    )
    parser.add_argument(
        "--log", type=Path, metavar="FILE", help="add every alarm to this file, as JSON Lines"
    )
    parser.add_argument(
        "--trace", action="store_true", help="also print the samples at 125 Hz, as they are read"
    )
    add_runtime_arguments(parser)
    add_statements(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Watch until the source ends.

    Returns:
        0 when it ended, or after Ctrl-C.

    Raises:
        InputError: for a source, limits or a model that cannot be used.
    """
    import asyncio

    from ecgmm.monitor.limits import parse_limits
    from ecgmm.monitor.sources.choice import open_source
    from ecgmm.quiet import silence_libraries

    silence_libraries()
    limits = parse_limits(args.limits)
    open_runtime = runtime_opener(args)
    source = open_source(
        args.source, speed=args.speed, sampling_rate_hz=args.sampling_rate, unit=args.unit
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_watch(source, open_runtime, limits, args))
    return EXIT_OK


async def _watch(
    source: AsyncIterator[Frame],
    open_runtime: OpenRuntime,
    limits: AlarmLimits,
    args: argparse.Namespace,
) -> None:
    import asyncio

    from ecgmm.monitor.engine import MonitorEngine

    async with MonitorEngine(open_runtime()) as engine:
        stream = engine.open_stream(
            args.source, limits=limits, log=args.log, every_hop=math.isinf(args.speed)
        )
        printing = asyncio.create_task(_print(stream.events(trace=args.trace)))
        async for frame in source:
            if printing.done():
                break
            await stream.push(frame)
        await stream.end()
        await printing


async def _print(events: AsyncIterator[Event]) -> None:
    async for event in events:
        sys.stdout.write(json.dumps(event.to_json()) + "\n")
        sys.stdout.flush()


def _speed(text: str) -> float:
    if text == "max":
        return math.inf
    with contextlib.suppress(ValueError):
        if SLOWEST <= float(text) <= FASTEST:
            return float(text)
    raise argparse.ArgumentTypeError(
        f"Expected max, or a number from {SLOWEST:g} to {FASTEST:g}. Received '{text}'."
    )
