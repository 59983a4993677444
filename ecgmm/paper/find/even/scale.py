"""How large a millimetre of paper is in a picture, and where the paper lies in it."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ecgmm.grid import PAPER_SPEED_MM_PER_S, STRIP_S
from ecgmm.paper.find.even.grid_lines import LARGE_BOX, Comb, find_comb, straightness

USUAL_ROW_MM = STRIP_S * PAPER_SPEED_MM_PER_S
USUAL_HEIGHTS_MM = (45.0, 190.0)
"""Of a strip, and of a page."""

_MM_BETWEEN_UPRIGHT_LINES = (1, LARGE_BOX)
_MM_BETWEEN_LEVEL_LINES = (1, LARGE_BOX)
_MM_ON_A_PLOT = 2
"""Some programs draw lines at whole millivolts, each divided by five."""

_LOWEST_STRIP_MM = 25.0
"""Machines print strips on paper of 30 mm and more."""

_WIDTH_SPREAD = math.log(2.2)
_HEIGHT_SPREAD = math.log(1.8)
_SQUARENESS_SPREAD = math.log(1.3)
_HEAVY_LINES_BONUS = 2.0
_FEW_LINES = 12
_LARGEST_STRETCH = math.log(1.1)
_BRIDGE_PX = 3
_DARK_SHARE = 0.5
_VISIBLE_SHARE = 0.2
_USUAL_QUANTILE = 0.8
_LINE_MM = 0.4
_SMALLEST_WIDTH_MM = 25.0
_SMALLEST_HEIGHT_MM = 10.0


@dataclass(frozen=True)
class Box:
    """A rectangle of pixels; `right` and `bottom` lie outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Columns of pixels in it."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Rows of pixels in it."""
        return self.bottom - self.top


@dataclass(frozen=True)
class Grid:
    """The millimetre grid of a picture.

    Attributes:
        px_per_mm: pixels a millimetre, horizontally and vertically.
        paper: where the grid is.
        clearness: how well the lines of all places fit together, from 0 to 1.
    """

    px_per_mm: tuple[float, float]
    paper: Box
    clearness: float


def find_grid(darkness: NDArray[np.uint8]) -> Grid | None:
    """Find the grid of straight, upright paper.

    Both directions have to show lines: beats at a steady rate also stand at regular distances,
    and so do rows and lines of text, but not both at the same.

    Args:
        darkness: `[height, width]`, 0 where the paper is blank.

    Returns:
        The grid, or None where none can be seen.
    """
    upright, level = find_comb(darkness), find_comb(np.ascontiguousarray(darkness.T))
    if upright is None or level is None:
        return None
    top, bottom = _extent(darkness, upright)
    left, right = _extent(np.ascontiguousarray(darkness[top:bottom].T), level)
    mm_x, mm_y = _likeliest_mm(upright, level, right - left, bottom - top)
    px_per_mm = float(upright.pitch_px / mm_x), float(level.pitch_px / mm_y)
    if right - left < _SMALLEST_WIDTH_MM * px_per_mm[0]:
        return None
    if bottom - top < _SMALLEST_HEIGHT_MM * px_per_mm[1]:
        return None
    fewest_lines = min((right - left) / upright.pitch_px, (bottom - top) / level.pitch_px)
    is_square = abs(math.log(px_per_mm[0] / px_per_mm[1])) < _LARGEST_STRETCH
    if fewest_lines < _FEW_LINES and not is_square:
        return None
    line_px = math.ceil(_LINE_MM * px_per_mm[0])
    part = darkness[top:bottom, left:right]
    return Grid(
        px_per_mm=px_per_mm,
        paper=Box(max(0, left - line_px), top, min(darkness.shape[1], right + line_px), bottom),
        clearness=min(
            straightness(part, _widest_pitch_px(upright, mm_x)),
            straightness(np.ascontiguousarray(part.T), _widest_pitch_px(level, mm_y)),
        ),
    )


def _widest_pitch_px(comb: Comb, mm: int) -> float:
    """Distance of the heavier lines, where there are any."""
    return comb.pitch_px if mm == LARGE_BOX else comb.pitch_px * comb.heavy_every


def _extent(darkness: NDArray[np.uint8], upright: Comb) -> tuple[int, int]:
    """First row that shows the upright lines, and the row after the last.

    A row on a level line, or under a flat trace, shows none but is dark; a margin is neither.
    """
    phase = 2 * np.pi * np.arange(darkness.shape[1]) / upright.pitch_px
    waves = np.stack([np.cos(phase), np.sin(phase)], axis=1).astype(np.float32)
    rows = darkness.astype(np.float32)
    mean = rows.mean(axis=1)
    visibility = np.linalg.norm((rows - mean[:, np.newaxis]) @ waves, axis=1)
    is_visible = visibility > _VISIBLE_SHARE * np.quantile(visibility, _USUAL_QUANTILE)
    is_dark = mean > _DARK_SHARE * np.median(mean[is_visible])
    is_paper = np.pad(is_visible | is_dark, _BRIDGE_PX)
    is_paper = ndimage.binary_closing(is_paper, np.ones(_BRIDGE_PX, bool))[_BRIDGE_PX:-_BRIDGE_PX]
    runs, count = ndimage.label(is_paper)
    longest = 1 + int(np.argmax(np.bincount(runs, minlength=count + 1)[1:]))
    inside = np.flatnonzero(runs == longest)
    return int(inside[0]), int(inside[-1]) + 1


def _likeliest_mm(upright: Comb, level: Comb, width_px: int, height_px: int) -> tuple[int, int]:
    """Millimetres between the finest upright lines and between the finest level ones.

    Lines of one weight may be 1 mm or 5 mm apart. What tells is the size of the paper: a row of
    ECG is about 10 s long, on paper as high as a strip or a page, and 5 times less or more is
    rare. Where every fifth line is heavier, 1 mm is likelier, the more so where it is in both
    directions: level traces can be taken for heavy lines. And paper is seldom stretched in one
    direction.
    """

    def unlikeliness(mm: tuple[int, ...]) -> float:
        px_per_mm = upright.pitch_px / mm[0], level.pitch_px / mm[1]
        deviations = (
            math.log(width_px / px_per_mm[0] / USUAL_ROW_MM) / _WIDTH_SPREAD,
            min(
                (
                    math.log(height_px / px_per_mm[1] / usual_mm) / _HEIGHT_SPREAD
                    for usual_mm in USUAL_HEIGHTS_MM
                ),
                key=abs,
            ),
            math.log(px_per_mm[0] / px_per_mm[1]) / _SQUARENESS_SPREAD,
        )
        has_heavy_lines = [
            distance == 1 and comb.heavy_every == LARGE_BOX
            for comb, distance in zip((upright, level), mm, strict=True)
        ]
        bonus = _HEAVY_LINES_BONUS * (sum(has_heavy_lines) + 2 * all(has_heavy_lines))
        return sum(deviation**2 for deviation in deviations) - bonus

    is_low = height_px / level.pitch_px < _LOWEST_STRIP_MM
    level_mm = (_MM_ON_A_PLOT, LARGE_BOX) if is_low else _MM_BETWEEN_LEVEL_LINES
    candidates = itertools.product(_MM_BETWEEN_UPRIGHT_LINES, level_mm)
    mm_x, mm_y = min(candidates, key=unlikeliness)
    return mm_x, mm_y
