"""A recording, played again as it once happened, or faster."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from ecgmm.errors import InputError
from ecgmm.monitor.frames import RATES_HZ, Frame
from ecgmm.readers.route import open_input
from ecgmm.readers.signal_file import SignalFile

FRAME_S = 0.1
"""Ten frames a second: a line on a screen that moves without jerks."""
READ_S = 60.0
"""Signal read from disk at once: 15,000 samples a lead at 250 Hz."""


def open_recording(
    path: Path, *, sampling_rate_hz: float | None = None, unit: str | None = None
) -> SignalFile:
    """The recording at `path`, in any format that `ecgmm analyze` takes.

    Raises:
        InputError: when there is none, or a picture.
    """
    content = open_input(path, sampling_rate_hz=sampling_rate_hz, unit=unit)
    if not isinstance(content, SignalFile):
        raise InputError(
            "not_a_signal", f"Expected a signal to replay. Received a picture: {path}."
        )
    lowest, highest = RATES_HZ
    if not lowest <= content.sampling_rate_hz <= highest:
        raise InputError(
            "bad_rate",
            f"Expected {lowest:g} to {highest:g} samples a second. "
            f"Received {content.sampling_rate_hz:g} in {path}.",
        )
    return content


async def replay(recording: SignalFile, speed: float = 1.0) -> AsyncIterator[Frame]:
    """Frames of 0.1 s, each when its last sample happens.

    Args:
        recording: what is played.
        speed: 1 is true speed, 2 is twice as fast; infinity does not wait at all.
    """
    loop = asyncio.get_running_loop()
    begun_s, played_s = loop.time(), 0.0
    for frame in _frames(recording):
        played_s += frame.duration_s
        if math.isfinite(speed):
            await asyncio.sleep(begun_s + played_s / speed - loop.time())
        yield frame


def _frames(recording: SignalFile) -> Iterator[Frame]:
    rate_hz = recording.sampling_rate_hz
    frame_samples = max(1, round(FRAME_S * rate_hz))
    read_samples = frame_samples * round(READ_S / FRAME_S)
    for first in range(0, recording.samples, read_samples):
        part_mv = recording.read_mv(first, min(first + read_samples, recording.samples))
        for start in range(0, len(part_mv), frame_samples):
            yield Frame(
                part_mv[start : start + frame_samples],
                rate_hz,
                recording.lead_names,
                sequence=(first + start) // frame_samples,
            )
