"""Which ten seconds of a long recording tell most."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.reading import Reading
from ecgmm.analysis.words import by_severity
from ecgmm.grid import STRIP_S

_LEAD_IN_S = 1.0
"""What stood before the beats that prove a finding is seen too: a beat at 60 a minute."""
_MOST_OVERLAP_S = STRIP_S / 2
"""A strip that shows half of another again is not worth its place."""


def choose_excerpts(reading: Reading, limit: int) -> list[float]:
    """Where to look first.

    A recording of at most `limit` strips is shown whole. Of a longer one, each finding in the
    order of its severity is shown where most of the beats that prove it lie together, then the
    strips with most ectopic beats that have not been shown, then the beginning.

    Args:
        reading: what was read.
        limit: the largest number of strips.

    Returns:
        Start of each ten-second strip in seconds, in time order.
    """
    strips = max(1, math.ceil(reading.duration_s / STRIP_S))
    if strips <= limit:
        return [strip * STRIP_S for strip in range(strips)]
    chosen: list[float] = []
    beats = BeatList.of(reading.beats)
    for finding in by_severity(reading.findings):
        if finding.beats and len(chosen) < limit:
            times_s = beats.time_s[list(finding.beats)]
            _choose(chosen, _densest_start_s(times_s, reading.duration_s))
    unseen_s = beats.time_s[[label != "N" for label in beats.labels]]
    for _ in range(limit - len(chosen)):
        unseen_s = _outside(unseen_s, chosen)
        if len(unseen_s):
            _choose(chosen, _densest_start_s(unseen_s, reading.duration_s))
    return sorted(chosen) or [0.0]


def _choose(chosen: list[float], start_s: float) -> bool:
    if any(abs(start_s - other_s) < STRIP_S - _MOST_OVERLAP_S for other_s in chosen):
        return False
    chosen.append(start_s)
    return True


def _outside(times_s: NDArray[np.float64], starts_s: list[float]) -> NDArray[np.float64]:
    shown = np.zeros(len(times_s), bool)
    for start_s in starts_s:
        shown |= (times_s >= start_s) & (times_s < start_s + STRIP_S)
    return times_s[~shown]


def _densest_start_s(times_s: NDArray[np.float64], duration_s: float) -> float:
    """The strip that holds most of the ascending `times_s`, from a full second before them."""
    starts_s = np.clip(np.floor(times_s - _LEAD_IN_S), 0.0, math.ceil(duration_s - STRIP_S))
    ends = np.searchsorted(times_s, starts_s + STRIP_S)
    held = ends - np.searchsorted(times_s, starts_s)
    return float(starts_s[np.argmax(held)])
