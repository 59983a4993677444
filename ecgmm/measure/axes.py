"""Electrical axes in the frontal plane."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ecgmm.leads import SUMS_OF_I_AND_II
from ecgmm.measure.delineate import Span

LEAST_AREA_MVMS = 0.3
"""10 uV over 30 ms: below, the direction is that of noise."""


def axis_deg(
    beat_mv: Mapping[str, NDArray[np.float64]], rate_hz: float, wave: Span, level_s: float
) -> float | None:
    """The mean direction of a wave, from its areas in leads I and aVF.

    0 degrees point to the left arm, 90 to the feet (AHA/ACCF/HRS 2009, part II). aVF is enlarged
    by 2 / sqrt(3), as Einthoven's triangle asks for leads of unequal strength.

    Args:
        beat_mv: a median beat of each lead, `[samples]`.
        rate_hz: of the beats.
        wave: where the wave is.
        level_s: where the level is taken from which areas are measured.

    Returns:
        -180 to 180; None where two limb leads are missing, or the wave is too small.
    """
    areas = {
        name: _area_mvms(beat_mv[name], rate_hz, wave, level_s)
        for name in SUMS_OF_I_AND_II
        if name in beat_mv
    }
    if len(areas) < 2:
        return None
    sums = np.array([SUMS_OF_I_AND_II[name] for name in areas])
    i, ii = np.linalg.lstsq(sums, np.array(list(areas.values())), rcond=None)[0].tolist()
    right_to_left, down = i, (ii - i / 2) * 2 / math.sqrt(3)
    if math.hypot(right_to_left, down) < LEAST_AREA_MVMS:
        return None
    return math.degrees(math.atan2(down, right_to_left))


def _area_mvms(lead_mv: NDArray[np.float64], rate_hz: float, wave: Span, level_s: float) -> float:
    first, last = round(wave.onset_s * rate_hz), round(wave.end_s * rate_hz) + 1
    level = lead_mv[min(max(round(level_s * rate_hz), 0), len(lead_mv) - 1)]
    return float(np.sum(lead_mv[first:last] - level) * 1000 / rate_hz)
