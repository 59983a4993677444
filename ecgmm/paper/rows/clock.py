"""Whether the rows of a page show the same ten seconds, or each goes on where the last ended."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ecgmm.grid import PIXELS_PER_MM, pixels
from ecgmm.paper.rows.levels import band_along
from ecgmm.paper.rows.places import INKED, RowPlace

_NEAR_MM = 15.0
_STEEP_MM = 1.0
_BLUR_MM = 0.8
_LARGEST_LAG_MM = 20.0
_SAME_MOMENT_MM = 2.0
_MOST_ROWS = 6
_LEAST_AGREEING = 0.5


def rows_go_on(
    ink: NDArray[np.float32], rows: Sequence[RowPlace], start_mm: float, end_mm: float
) -> bool:
    """Whether each row continues the one above, as on the pages of wrist devices.

    Leads recorded together have their QRS at the same places; the next ten seconds of one lead
    have them a little elsewhere.

    Args:
        ink: `[height, width]` 4 px/mm, see `find_row_places`.
        rows: the rows, from top to bottom.
        start_mm: where they begin.
        end_mm: where they end.
    """
    if not 2 <= len(rows) <= _MOST_ROWS:
        return False
    reach_mm = min(_NEAR_MM, *(b.baseline_mm - a.baseline_mm for a, b in itertools.pairwise(rows)))
    steep = [steepness(ink, row, start_mm, end_mm, reach_mm / 2) for row in rows]
    lags_mm = [_lag_mm(*pair) for pair in itertools.pairwise(steep)]
    agree = [abs(lag_mm) < _SAME_MOMENT_MM for lag_mm in lags_mm if lag_mm is not None]
    return bool(agree and np.mean(agree) < _LEAST_AGREEING)


def steepness(
    ink: NDArray[np.float32], row: RowPlace, start_mm: float, end_mm: float, reach_mm: float
) -> NDArray[np.float64]:
    """`[columns]` how much taller than a level line the ink of each column is, about 0 on mean."""
    left, right = (max(0, pixels(edge_mm)) for edge_mm in (start_mm, end_mm))
    band = band_along(ink, row.level_mm, reach_mm, reach_mm)[:, left:right]
    height = (band > INKED).sum(axis=0, dtype=np.float64)
    steep = np.maximum(height - np.median(height) - _STEEP_MM * PIXELS_PER_MM, 0.0)
    blurred = ndimage.gaussian_filter1d(steep, _BLUR_MM * PIXELS_PER_MM)
    return np.asarray(blurred - blurred.mean(), np.float64)


def _lag_mm(first: NDArray[np.float64], second: NDArray[np.float64]) -> float | None:
    """The shift at which two rows are steep at the same places; None where one is flat."""
    if not first.any() or not second.any():
        return None
    lags = pixels(_LARGEST_LAG_MM)
    correlation = np.correlate(np.pad(second, lags), first, mode="valid")
    return (int(correlation.argmax()) - lags) / PIXELS_PER_MM
