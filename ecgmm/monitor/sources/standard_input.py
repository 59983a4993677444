"""Samples as lines of text: JSON or CSV."""

from __future__ import annotations

import math
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from ecgmm.errors import InputError
from ecgmm.monitor.frames import Frame, FrameDecoder
from ecgmm.monitor.sources.in_thread import iterate_in_thread

FRAME_S = 0.1
_MILLIVOLTS_OF_UNIT = {"uV": 1e-3, "µV": 1e-3, "mV": 1.0, "V": 1e3}
_TIMES = ("time", "time_s", "t", "elapsed time")
_RATE_LINE = re.compile(r"#\s*sampling_rate_hz:\s*([0-9.]+)\s*$")
_COLUMN = re.compile(r"\s*(?P<lead>[^()]+?)\s*(?:\((?P<unit>\w+)\))?\s*$")


async def read_lines(
    lines: TextIO, *, sampling_rate_hz: float | None = None, unit: str | None = None
) -> AsyncIterator[Frame]:
    """Frames from lines of text, until it ends.

    JSON Lines, where the first line begins with `{`: one object a frame, as `FrameDecoder` reads
    them. CSV otherwise, as `ecgmm convert` writes it: `# sampling_rate_hz: 250`, a header
    `time_s,II (mV),V1 (mV)` (the time is optional and is not looked at), then a line a sample; an
    empty field is a lead that is off.

    Args:
        lines: the text.
        sampling_rate_hz: of CSV that does not say.
        unit: of CSV that does not say: uV, mV or V.

    Raises:
        InputError: `bad_frame` for a line that is none of these.
    """

    def frames() -> Iterator[Frame]:
        first = next(lines, "")
        if first.lstrip().startswith("{"):
            yield from _json_frames(first, lines)
        else:
            yield from _csv_frames(first, lines, sampling_rate_hz, unit)

    async for frame in iterate_in_thread(frames):
        yield frame


def _json_frames(first: str, lines: TextIO) -> Iterator[Frame]:
    decoder = FrameDecoder()
    yield decoder.decode(first)
    for line in lines:
        if line.strip():
            yield decoder.decode(line)


def _csv_frames(
    first: str, lines: TextIO, rate_hz: float | None, unit: str | None
) -> Iterator[Frame]:
    line = first
    while line.startswith("#"):
        stated = _RATE_LINE.match(line)
        rate_hz = float(stated[1]) if stated and rate_hz is None else rate_hz
        line = next(lines, "")
    header = _Header.of(line, unit)
    if rate_hz is None:
        raise InputError("missing_rate", "The sampling rate is not stated: use --sampling-rate.")
    decoder = FrameDecoder()
    stated_once = {"sampling_rate_hz": rate_hz, "leads": list(header.leads)}
    length = max(1, round(FRAME_S * rate_hz))
    while rows := [header.row_mv(line) for line in islice(lines, length)]:
        yield decoder.decode_fields({**stated_once, "samples_mv": rows})


@dataclass(frozen=True)
class _Header:
    """The columns of a CSV: which hold leads, and what makes millivolts of them."""

    columns: int
    leads: dict[str, tuple[int, float]]

    @classmethod
    def of(cls, line: str, unit: str | None) -> _Header:
        names = line.strip().split(",")
        leads = {}
        for index, name in enumerate(names):
            column = _COLUMN.match(name)
            if column is None or not re.search("[A-Za-z]", name):
                raise _bad("a header such as 'time_s,II (mV)'", line)
            if column["lead"].lower() in _TIMES:
                continue
            scale = _MILLIVOLTS_OF_UNIT.get(unit or column["unit"] or "")
            if scale is None:
                raise InputError(
                    "missing_unit", f"The unit of '{name.strip()}' is not stated: use --unit."
                )
            leads[column["lead"]] = (index, scale)
        return cls(len(names), leads)

    def row_mv(self, line: str) -> list[float]:
        """One sample of every lead; NaN where its field is empty."""
        fields = line.strip().split(",")
        if len(fields) != self.columns:
            raise _bad(f"{self.columns} fields in each line", line)
        try:
            return [
                float(fields[index]) * scale if fields[index].strip() else math.nan
                for index, scale in self.leads.values()
            ]
        except ValueError as error:
            raise _bad("numbers", line) from error


def _bad(expected: str, received: str) -> InputError:
    return InputError("bad_frame", f"Expected {expected}. Received '{received.strip()[:40]}'.")
