"""Whether a sampling rate can be right, told by the heart itself.

A wrong sampling rate is the commonest mistake in handling ECGs, and it changes every answer. Given
as twice what it is, it doubles the heart rate and halves the QRS complexes; few hearts do both.
What is usual was measured on MIT-BIH's training records (DS1), SVDB and CinC 2017.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.recording import Recording

USUAL_RATES_HZ = (100, 125, 128, 200, 240, 250, 256, 300, 360, 400, 500, 512, 1000, 2000)
"""Those at which recorders and databases sample."""
CLEARLY_OFF = 0.5
"""How far, in logarithms, a rate must be off to be doubted: a factor of 1.65."""

_USUAL_BPM, _SPREAD_OF_BPM = 75.0, 0.25
"""Mean, and deviation of the logarithm, on those records."""
_USUAL_STEEP_S, _SPREAD_OF_STEEP = 0.053, 0.30
"""The same of the steep part of a QRS complex."""
_SHORTEST_STEEP_S, _LONGEST_STEEP_S = 0.034, 0.095
"""Outside of it lie few of those complexes, if any."""
_SLOWEST_BPM, _FASTEST_BPM = 18.0, 320.0
"""No heart at rest or in exercise is slower or faster for minutes."""

_FEWEST_BEATS = 8
"""A steadiness of fewer distances is chance."""
_STEADY = 0.7
"""The lower quartile of the distances over the upper: a rhythm that has a pace."""
_LOOKED_AT_SAMPLES = 60_000
"""Two minutes at 500 Hz; without a rate, samples are all that can be counted."""
_STEEPEST_PERCENTILE = 99.0
"""QRS complexes fill more than a hundredth of the time; the steepest of all may be an artefact."""
_STEEP = 0.35
"""Of that slope: T waves stay below, both flanks of an R wave above."""
_GAPS_TRIED = 40
"""Boundaries between gaps within a complex and gaps between two, evenly in logarithms."""
_FEWEST_GAPS = 5
"""On either side of a boundary."""


@dataclass(frozen=True)
class Pace:
    """What the steep parts of a lead, its QRS complexes, say in samples.

    Attributes:
        beats: how many were found.
        samples_between: median distance from one to the next.
        samples_steep: median length of one, from its first steep sample to its last.
        steadiness: quartiles of the distances, the lower over the upper; 1 when all are equal.
    """

    beats: int
    samples_between: float
    samples_steep: float
    steadiness: float


def sampling_rate_doubt(recording: Recording) -> str | None:
    """Why the sampling rate is probably wrong, in a sentence; None where nothing speaks against it.

    Silent where no lead has beats at steady distances: noise and irregular rhythms say nothing.

    Args:
        recording: any recording; up to 60,000 samples of each lead are looked at.
    """
    paces = [pace for lead_mv in recording.signal_mv.T if (pace := measure_pace(lead_mv))]
    clear = [p for p in paces if p.beats >= _FEWEST_BEATS and p.steadiness >= _STEADY]
    if not clear:
        return None
    pace = max(clear, key=lambda pace: pace.steadiness)
    rate_hz = recording.sampling_rate_hz
    bpm, steep_s = 60.0 * rate_hz / pace.samples_between, pace.samples_steep / rate_hz
    off = _log_factor(bpm, steep_s)
    is_extreme = not _SLOWEST_BPM <= bpm <= _FASTEST_BPM
    is_odd = not _SHORTEST_STEEP_S < steep_s < _LONGEST_STEEP_S and abs(off) > CLEARLY_OFF
    if not is_extreme and not is_odd:
        return None
    likely_hz = rate_hz / math.exp(off)
    usual_hz = min(USUAL_RATES_HZ, key=lambda usual: abs(math.log(usual / likely_hz)))
    return (
        f"At {rate_hz:g} Hz this heart would beat {bpm:.0f} times a minute with the steep part of "
        f"its QRS complexes {1000 * steep_s:.0f} ms long: is the sampling rate right? "
        f"It looks more like {usual_hz} Hz."
    )


def measure_pace(lead_mv: NDArray[np.float32]) -> Pace | None:
    """Find QRS complexes without any notion of time.

    Steep samples lie close together within a complex and far apart between two; the gap that
    separates the two kinds best (Otsu's criterion on the gaps' logarithms) is the boundary.

    Args:
        lead_mv: `[samples]`, NaN where nothing was recorded.
    """
    known = lead_mv[np.isfinite(lead_mv)][:_LOOKED_AT_SAMPLES].astype(np.float64)
    slope = np.abs(np.diff(known))
    if not len(slope):
        return None
    steep = np.flatnonzero(slope > _STEEP * np.percentile(slope, _STEEPEST_PERCENTILE))
    boundary = _boundary(np.diff(steep))
    if boundary is None:
        return None
    ends = np.flatnonzero(np.diff(steep) > boundary)
    first, last = np.append(steep[0], steep[ends + 1]), np.append(steep[ends], steep[-1])
    between = np.diff((first + last) / 2)
    low, median, high = np.percentile(between, (25, 50, 75))
    return Pace(
        beats=len(first),
        samples_between=float(median),
        samples_steep=float(np.median(last - first)) + 1.0,
        steadiness=float(low / high),
    )


def _boundary(gaps: NDArray[np.int64]) -> float | None:
    """The gap between samples of one complex and of two; None when there are not both kinds."""
    if len(gaps) < 2 * _FEWEST_GAPS or gaps.max() <= 3:
        return None
    ordered = np.sort(np.log(gaps))
    tried = np.linspace(math.log(3), ordered[-1], _GAPS_TRIED)
    below = np.searchsorted(ordered, tried, side="right")
    sums = np.concatenate(([0.0], np.cumsum(ordered)))
    above = len(ordered) - below
    fits = (below >= _FEWEST_GAPS) & (above >= _FEWEST_GAPS)
    if not fits.any():
        return None
    below, above, tried = below[fits], above[fits], tried[fits]
    apart = (sums[-1] - sums[below]) / above - sums[below] / below
    return float(np.exp(tried[int(np.argmax(below * above * apart**2))]))


def _log_factor(bpm: float, steep_s: float) -> float:
    """Logarithm of the factor by which the rate is probably too high: heart and QRS weighed."""
    by_heart, by_qrs = _SPREAD_OF_BPM**-2, _SPREAD_OF_STEEP**-2
    too_fast = math.log(bpm / _USUAL_BPM)
    too_narrow = -math.log(steep_s / _USUAL_STEEP_S)
    return (by_heart * too_fast + by_qrs * too_narrow) / (by_heart + by_qrs)
