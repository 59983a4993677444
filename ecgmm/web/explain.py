"""What spoke for the class of one beat of a kept reading."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.occlusion import Occlusion, occlude_signal, occlude_strips, strip_start_s
from ecgmm.analysis.reading import Beat
from ecgmm.grid import SAMPLING_RATE_HZ, STRIP_S, STRIP_SAMPLES
from ecgmm.resampling import bridge_gaps, resample
from ecgmm.serving.runtime import Runtime
from ecgmm.web.pixels import decode_grey
from ecgmm.web.store import Store, Stored
from ecgmm.web.tiles import TILE_BINS, samples_of, tile_name
from ecgmm.web.views import strip_name
from ecgmm.workers.task import Report

_MARGIN_S = 1.0
"""What lies beside the strip, for the resampling filter at its ends."""


@dataclass(frozen=True)
class ExplainTask:
    """Hide one stretch after the other around a beat, and read it again.

    Attributes:
        name: what the reading calls its input.
        view: the reading's view.
        beat: the beat.
        pieces: what of the input is needed, see `pieces_around`.
    """

    name: str
    view: dict[str, Any]
    beat: Beat
    pieces: dict[str, bytes]

    def run(self, runtime: Runtime, report: Report) -> dict[str, Any]:
        """Do it; the result is what the API answers."""
        found = self._in_signal(runtime) if "signal" in self.view else self._in_picture(runtime)
        return {
            "start_s": round(found.start_s, 3),
            "stretch_s": round(found.stretch_s, 3),
            "log_odds": np.round(found.log_odds, 3).tolist(),
            "probability": round(found.probability, 4),
        }

    def _in_signal(self, runtime: Runtime) -> Occlusion:
        signal = self.view["signal"]
        start_s = strip_start_s(self.beat, signal["samples"] / signal["rate_hz"])
        first, last = _samples_around(self.beat, signal)
        tiles = _tiles(first, last)
        leads = len(signal["leads"])
        read_mv = np.concatenate([samples_of(self.pieces[tile_name(0, t)], leads) for t in tiles])
        part_mv = read_mv[first - tiles[0] * TILE_BINS :][: last - first]
        return occlude_signal(
            _ten_seconds(part_mv, signal["rate_hz"], start_s - first / signal["rate_hz"]),
            start_s,
            self.beat,
            runtime,
        )

    def _in_picture(self, runtime: Runtime) -> Occlusion:
        strips = _strips_with(self.beat, self.view["picture"])
        return occlude_strips(
            [decode_grey(self.pieces[strip_name(number)]) for number in strips],
            list(strips.values()),
            self.beat,
            runtime,
        )


def pieces_around(reading_id: str, stored: Stored, beat: Beat, store: Store) -> dict[str, bytes]:
    """The tiles around a beat, or the strips on which it is."""
    if signal := stored.view.get("signal"):
        names = [tile_name(0, tile) for tile in _tiles(*_samples_around(beat, signal))]
    else:
        names = [strip_name(number) for number in _strips_with(beat, stored.view["picture"])]
    pieces = {name: store.piece(reading_id, name) for name in names}
    return {name: piece for name, piece in pieces.items() if piece is not None}


def _samples_around(beat: Beat, signal: dict[str, Any]) -> tuple[int, int]:
    """First sample and one after the last of the ten seconds, with a margin for the filter."""
    rate_hz, samples = signal["rate_hz"], signal["samples"]
    start_s = strip_start_s(beat, samples / rate_hz)
    first = math.floor((start_s - _MARGIN_S) * rate_hz)
    last = math.ceil((start_s + STRIP_S + _MARGIN_S) * rate_hz)
    return max(0, first), min(samples, last)


def _tiles(first: int, last: int) -> range:
    return range(first // TILE_BINS, (last - 1) // TILE_BINS + 1)


def _ten_seconds(
    part_mv: NDArray[np.float32], rate_hz: float, lead_in_s: float
) -> NDArray[np.float32]:
    """`[1250, leads]` at 125 Hz from `lead_in_s` on; a shorter recording goes on level."""
    resampled = resample(part_mv, rate_hz, SAMPLING_RATE_HZ)
    first = round(lead_in_s * SAMPLING_RATE_HZ)
    strip_mv = bridge_gaps(resampled[first : first + STRIP_SAMPLES])
    missing = STRIP_SAMPLES - len(strip_mv)
    return np.pad(strip_mv, ((0, missing), (0, 0)), mode="edge")


def _strips_with(beat: Beat, picture: dict[str, Any]) -> dict[int, float]:
    """Numbers of the strips that were read and show the beat, and where each begins."""
    return {
        number: strip["start_s"]
        for number, strip in enumerate(picture["strips"])
        if not strip["refusal"]
        and strip["start_s"] <= beat.time_s < strip["start_s"] + strip["duration_s"]
    }
