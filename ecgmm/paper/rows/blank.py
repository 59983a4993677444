"""Paper without a grid: its rows are its ruler."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM
from ecgmm.paper.find.scan import blank_paper, lay_scan_flat
from ecgmm.paper.rows.layout import PageRows
from ecgmm.paper.rows.page import FoundPage, find_page

ROW_MM = 250.0

_USUAL_WIDTH_MM = 285.0
_PASSES = 4
_SCALE_TOLERANCE = 0.004
_LEAST_OF_WIDTH = 0.6
_NO_ROWS = "No grid of ECG paper was found, nor rows of ECG that tell its scale."
_ASLANT = (
    "No grid of ECG paper, and its rows do not lie level: scan it, or photograph it from above."
)
_MOST_SLOPE_MM = 4.0
"""Rows of scans and screens had up to 1.5, of a photo from the side from 6.5."""
_NARROWEST_STRIP = 3.0
"""Width over height of a picture that holds a single row and nothing else."""


def find_blank_page(rgb: NDArray[np.uint8], *, is_upright: bool = False) -> FoundPage | str:
    """The page at the scale at which its rows are 250 mm long, as on nearly all layouts.

    Args:
        rgb: the picture.
        is_upright: whether it is known to be the right way up.

    Returns:
        The page, or why there is none.
    """
    px_per_mm = rgb.shape[1] / _USUAL_WIDTH_MM
    page: FoundPage | None = None
    for _ in range(_PASSES):
        sheet = lay_scan_flat(rgb, blank_paper(rgb, (px_per_mm, px_per_mm)))
        page = None if sheet is None else find_page(sheet, is_upright=True)
        if page is None:
            return _NO_ROWS
        length_mm = page.rows.end_mm - page.rows.start_mm
        width_mm, height_mm = page.sheet.size_mm
        if length_mm < _LEAST_OF_WIDTH * width_mm:
            return "No grid of ECG paper: cut the picture to 10 s, without margins."
        if len(page.rows.places) == 1 and width_mm < _NARROWEST_STRIP * height_mm:
            return "No grid of ECG paper, and a single row: cut the picture to that row."
        if abs(length_mm / ROW_MM - 1) < _SCALE_TOLERANCE:
            break
        px_per_mm *= length_mm / ROW_MM
    if page is not None and _slope_mm(page.rows) > _MOST_SLOPE_MM:
        return _ASLANT
    return page or _NO_ROWS


def _slope_mm(rows: PageRows) -> float:
    """By how much most rows rise or fall from end to end, though the page was straightened."""
    span = slice(*(round(x_mm * PIXELS_PER_MM) for x_mm in (rows.start_mm, rows.end_mm)))
    levels_mm = np.array([place.level_mm[span] for place in rows.places])
    x = np.linspace(-0.5, 0.5, levels_mm.shape[1])
    return float(np.median(np.abs(levels_mm @ x) / (x @ x)))
