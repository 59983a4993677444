"""Beats as text: CSV for spreadsheets, JSON for programs; in parts, since they may be millions."""

from __future__ import annotations

from collections.abc import Iterator

from ecgmm.analysis.beat_list import BEATS_AT_ONCE, BeatList
from ecgmm.analysis.json_line import json_line
from ecgmm.analysis.reading import Reading

CSV_COLUMNS = ("time_s", "label", "probability", "rr_s")
_JSON_KEYS = ("input", "duration_s", "leads", "beats", "model")


def beats_csv(reading: Reading) -> Iterator[bytes]:
    """A row a beat: when, its AAMI class, how sure, and the time since the beat before it."""
    beats = BeatList.of(reading.beats)
    yield ",".join(CSV_COLUMNS).encode() + b"\n"
    before_s: float | None = None
    for first in range(0, len(beats), BEATS_AT_ONCE):
        rows = []
        for beat in beats[first : first + BEATS_AT_ONCE]:
            rr_s = "" if before_s is None else f"{beat.time_s - before_s:.3f}"
            rows.append(f"{beat.time_s:.3f},{beat.label},{beat.probability:.4f},{rr_s}\n")
            before_s = beat.time_s
        yield "".join(rows).encode()


def beats_json(reading: Reading) -> Iterator[bytes]:
    """The beats alone, as they stand in the JSON report, with what they were read from and by."""
    return (part.encode() for part in json_line(reading, _JSON_KEYS))
