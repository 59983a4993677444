"""RR intervals and the heart rate that follows from them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.reading import Beat

STRETCH_INTERVALS = 8
"""As long as the shortest stretch over which Holter reports commonly give the extremes."""
LEAST_FOR_RANGE_S = 60.0
"""A strip holds one stretch or two: their rates would be the mean once again, and off by a beat."""


def rr_intervals_s(
    times_s: NDArray[np.float64], gaps: Sequence[tuple[float, float]] = ()
) -> NDArray[np.float64]:
    """Intervals from beat to beat.

    Args:
        times_s: `[beats]`, in time order.
        gaps: `(start_s, end_s)` of each span that could not be read, in time order and without
            overlap.

    Returns:
        `[beats - 1]` in seconds; NaN where an interval touches a gap, for a beat may hide there.
    """
    rr_s = np.diff(times_s)
    if len(gaps) and len(rr_s):
        starts_s, ends_s = np.array(gaps, np.float64).T
        next_gap = np.searchsorted(ends_s, times_s[:-1], side="right")
        next_start_s = np.append(starts_s, np.inf)[next_gap]
        rr_s[next_start_s < times_s[1:]] = np.nan
    return rr_s


def told_rate_bpm(rr_s: NDArray[np.float64]) -> float | None:
    """The heart rate as it is told wherever it stands: to a tenth of a beat."""
    rate_bpm = mean_rate_bpm(rr_s)
    return None if rate_bpm is None else round(rate_bpm, 1)


def mean_rate_bpm(rr_s: NDArray[np.float64]) -> float | None:
    """Heart rate from RR intervals: how many are known, over the time they take.

    The median interval would be hardier against a missed beat, but in bigeminy, where short
    and long intervals alternate, it gives the one or the other and never the rate.

    Args:
        rr_s: `[intervals]` in seconds, NaN where an interval is not known.

    Returns:
        Beats of every kind a minute, or None when no interval is known or they take no time.
    """
    known_s = rr_s[~np.isnan(rr_s)]
    total_s = float(known_s.sum())
    return 60.0 * len(known_s) / total_s if total_s > 0 else None


def rate_range_bpm(rr_s: NDArray[np.float64]) -> tuple[float, float] | None:
    """Rates of the slowest and of the fastest eight neighbouring intervals, as Holter reports give.

    Args:
        rr_s: `[intervals]` in seconds, NaN where an interval is not known.

    Returns:
        Both in bpm, with the mean rate between them: the first and the last intervals are in fewer
        stretches than the others, so that it might lie outside. None from less than a minute of
        known intervals, or where no eight follow one another.
    """
    mean_bpm = mean_rate_bpm(rr_s)
    if mean_bpm is None or len(rr_s) < STRETCH_INTERVALS or np.nansum(rr_s) < LEAST_FOR_RANGE_S:
        return None
    stretches_s = np.convolve(rr_s, np.ones(STRETCH_INTERVALS), mode="valid")
    if np.isnan(stretches_s).all():
        return None
    slowest, fastest = np.nanmax(stretches_s), np.nanmin(stretches_s)
    rates_bpm = (60.0 * STRETCH_INTERVALS / float(stretch_s) for stretch_s in (slowest, fastest))
    slowest_bpm, fastest_bpm = rates_bpm
    return min(slowest_bpm, mean_bpm), max(fastest_bpm, mean_bpm)


def heart_rate_bpm(beats: Sequence[Beat], gaps: Sequence[tuple[float, float]] = ()) -> float | None:
    """Mean heart rate outside the gaps; None with fewer than two neighbouring beats."""
    return mean_rate_bpm(rr_intervals_s(BeatList.of(beats).time_s, gaps))
