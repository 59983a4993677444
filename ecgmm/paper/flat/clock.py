"""Whether the rows of a page show the same ten seconds, or each goes on where the last ended."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ecgmm.paper.flat.row_places import INKED, RASTER_PX_PER_MM, RowPlace

_NEAR_MM = 15.0
_STEEP_MM = 1.0
_BLUR_MM = 0.8
_LARGEST_LAG_MM = 20.0
_SAME_MOMENT_MM = 1.5
_LEAST_OF_BEST = 0.8


def rows_go_on(
    ink: NDArray[np.float32], rows: Sequence[RowPlace], start_mm: float, end_mm: float
) -> bool:
    """Whether each row continues the one above, as on the pages of wrist devices.

    Leads recorded together have their QRS at the same places; the next ten seconds of one lead
    have not. A heart whose beats come to lie below each other by chance deceives this.

    Args:
        ink: `[height, width]` 4 px/mm, see `find_row_places`.
        rows: the rows, from top to bottom.
        start_mm: where they begin.
        end_mm: where they end.
    """
    if len(rows) < 2:
        return False
    reach_mm = min(_NEAR_MM, *(b.baseline_mm - a.baseline_mm for a, b in itertools.pairwise(rows)))
    steepness = [_steepness(ink, row, start_mm, end_mm, reach_mm / 2) for row in rows]
    agree = [_same_moments(first, second) for first, second in itertools.pairwise(steepness)]
    return not any(agree)


def _steepness(
    ink: NDArray[np.float32], row: RowPlace, start_mm: float, end_mm: float, reach_mm: float
) -> NDArray[np.float64]:
    """`[columns]` how much taller than a level line the ink of each column is, about 0 on mean."""
    top, bottom, left, right = (
        max(0, round(edge_mm * RASTER_PX_PER_MM))
        for edge_mm in (row.baseline_mm - reach_mm, row.baseline_mm + reach_mm, start_mm, end_mm)
    )
    height = (ink[top:bottom, left:right] > INKED).sum(axis=0, dtype=np.float64)
    steep = np.maximum(height - np.median(height) - _STEEP_MM * RASTER_PX_PER_MM, 0.0)
    blurred = ndimage.gaussian_filter1d(steep, _BLUR_MM * RASTER_PX_PER_MM)
    return np.asarray(blurred - blurred.mean(), np.float64)


def _same_moments(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Whether two rows are steep at the same places, at least nearly as well as at any shift."""
    lags = round(_LARGEST_LAG_MM * RASTER_PX_PER_MM)
    padded = np.pad(second, lags)
    correlation = np.correlate(padded, first, mode="valid")
    near = round(_SAME_MOMENT_MM * RASTER_PX_PER_MM)
    at_once = correlation[lags - near : lags + near + 1].max()
    return bool(at_once >= _LEAST_OF_BEST * correlation.max())
