"""Samples as lines of text: JSON or CSV."""

from __future__ import annotations

import math
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TextIO

from ecgmm.errors import InputError
from ecgmm.monitor.frames import Frame, FrameDecoder
from ecgmm.monitor.sources.in_thread import iterate_in_thread
from ecgmm.readers.csv_columns import Column, describe_column
from ecgmm.readers.units import millivolts_per_unit

FRAME_S = 0.1
"""Ten frames a second, as a replay sends."""
STEPS_OF_CLOCK = 10
"""Lines whose times are averaged into a rate: their rounding is a tenth of what it is in one."""
_RATE_LINE = re.compile(r"#\s*sampling_rate_hz:\s*([0-9.]+)\s*$")


async def read_lines(
    lines: TextIO, *, sampling_rate_hz: float | None = None, unit: str | None = None
) -> AsyncIterator[Frame]:
    """Frames from lines of text, until it ends.

    JSON Lines, where the first line begins with `{`: one object a frame, as `FrameDecoder` reads
    them. CSV otherwise, as `ecgmm convert` writes it: `# sampling_rate_hz: 250`, a header
    `time_s,II (mV),V1 (mV)`, then a line a sample; an empty field is a lead that is off. Where the
    rate is not stated it follows from the first times.

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
    ahead = list(islice(lines, STEPS_OF_CLOCK + 1))
    rate_hz = rate_hz or header.rate_hz(ahead)
    decoder = FrameDecoder()
    head = {"sampling_rate_hz": rate_hz, "leads": [lead.name for lead in header.leads]}
    length = max(1, round(FRAME_S * rate_hz))
    rest = chain(ahead, lines)
    while rows := [header.row_mv(line) for line in islice(rest, length)]:
        yield decoder.decode_fields({**head, "samples_mv": rows})


@dataclass(frozen=True)
class _Header:
    """The columns of a CSV."""

    columns: tuple[Column, ...]
    unit: str | None

    @classmethod
    def of(cls, line: str, unit: str | None) -> _Header:
        names = [name.strip() for name in line.split(",")]
        header = cls(tuple(map(describe_column, range(len(names)), names)), unit)
        if not header.leads or not any(letter.isalpha() for letter in line):
            raise _bad("a header such as 'time_s,II (mV)'", line)
        for lead in header.leads:
            if millivolts_per_unit(unit or lead.unit) is None:
                raise InputError(
                    "missing_unit", f"The unit of '{lead.name}' is not stated.", "unit"
                )
        return header

    @property
    def leads(self) -> tuple[Column, ...]:
        """The columns that hold leads."""
        return tuple(column for column in self.columns if column.kind == "lead")

    def row_mv(self, line: str) -> list[float]:
        """One sample of every lead in millivolts; NaN where its field is empty."""
        fields = self._fields(line)
        return [
            _number(fields[lead.index]) * (millivolts_per_unit(self.unit or lead.unit) or math.nan)
            for lead in self.leads
        ]

    def rate_hz(self, lines: Sequence[str]) -> float:
        """The sampling rate that the times of the first lines tell."""
        for column in self.columns:
            if column.seconds_per_unit and len(lines) > 1:
                times = [_number(self._fields(line)[column.index]) for line in lines]
                length_s = (times[-1] - times[0]) * column.seconds_per_unit
                if length_s > 0:
                    return round((len(times) - 1) / length_s, 3)
        raise InputError(
            "missing_sampling_rate", "The sampling rate is not stated.", "sampling_rate_hz"
        )

    def _fields(self, line: str) -> list[str]:
        fields = line.strip().split(",")
        if len(fields) != len(self.columns):
            raise _bad(f"{len(self.columns)} fields in each line", line)
        return fields


def _number(field: str) -> float:
    try:
        return float(field) if field.strip() else math.nan
    except ValueError as error:
        raise _bad("numbers", field) from error


def _bad(expected: str, received: str) -> InputError:
    return InputError("bad_frame", f"Expected {expected}. Received '{received.strip()[:40]}'.")
