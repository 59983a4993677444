"""The heart rate that a monitor displays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.heart_rate import mean_rate_bpm

INTERVALS = 12
"""Philips MP2."""
FEWEST_INTERVALS = 2
"""A rate of one interval would jump with every beat."""
SLOW_INTERVALS = 4
"""Philips MP2."""
SLOW_S = 1.2
"""Philips MP2: below 50 bpm."""
FEWEST_SLOW = 3
"""Philips MP2."""


def displayed_rate_bpm(rr_s: NDArray[np.float64]) -> float | None:
    """The mean over the last twelve RR intervals; over the last four when the heart is slow.

    IEC 60601-2-27:2011, 201.7.9.2.9.101 b) 3), asks the maker to say how the rate is averaged. This
    is the rule that Philips states for its MP2: the 12 most recent intervals, and
    the 4 most recent if each of the last 3 is longer than 1.2 s. Intervals end to end, whatever
    their beats: ventricular bigeminy of 80 bpm is shown as 80 bpm.

    Args:
        rr_s: `[intervals]` up to now, NaN where one touches a gap.

    Returns:
        The rate in bpm; None with fewer than two intervals since the last gap.
    """
    unknown = np.flatnonzero(np.isnan(rr_s))
    recent_s = rr_s[unknown[-1] + 1 if len(unknown) else 0 :]
    if len(recent_s) < FEWEST_INTERVALS:
        return None
    is_slow = len(recent_s) >= FEWEST_SLOW and bool((recent_s[-FEWEST_SLOW:] > SLOW_S).all())
    return mean_rate_bpm(recent_s[-(SLOW_INTERVALS if is_slow else INTERVALS) :])
