"""From where the network sees a trace to where its ink is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, median_filter, minimum_filter1d

from ecgmm.grid import PIXELS_PER_MM, PIXELS_PER_MV, STRIP_HEIGHT_PX, STRIP_SAMPLES, STRIP_WIDTH_PX

REACH_PX = 9.0
"""2 mm: ink farther than that from the path is of something else."""
PAPER_WINDOW_PX = 31
"""8 mm, wider than any stroke: the median of such a window is paper."""
GRID_WINDOW_PX = 125
"""1.25 s, a whole beat at rest: its trace is in no row for half of that."""
INKED_COLUMNS = 0.6
"""What two columns in five reach is the ink of the trace."""
FAINTEST_LEVELS = 4.0
"""Of 255: fainter ink is the paper's own noise."""
INKED = 0.5
"""Half as dark as the trace is on its stroke."""
MAJOR_PX = 5 * PIXELS_PER_MM
"""A large box."""
SLACK_PX = 2
"""Half a millimetre: lines that a scanner or a camera has bent."""

LEVEL_WINDOW_PX = 81
"""0.8 s, longer than QRS and T wave: the median is the level between them."""
TALLEST_FLAT_PX = 4
"""1 mm, a pen line and its blur: a taller stroke is a steep wave."""
TALLEST_WAVELET_PX = 8
"""0.2 mV: a wave that rises less has its tip in the width of the pen."""
TIP_SLACK_PX = 2
"""20 ms: within it the stroke that reaches farthest is the tip."""
HALF_PEN_PX = 2
"""The trace runs in the middle of the pen line."""

COST_OF_BLANK = 0.25
"""A millimetre of blank paper costs what a column on ink gains."""
COST_OF_INK = 0.01
"""Of two ways over ink the shorter; little enough to forbid no wave."""
DOUBT_PX = 10.0
"""2.5 mm off, the network's word counts once."""
DOUBT_WEIGHT = 0.05
"""With `MOST_DOUBT` a fifth of an inked column: the network decides between equals only."""
MOST_DOUBT = 4.0
"""From 5 mm on all places are equally wrong: the ink decides."""

_ROWS = np.arange(STRIP_HEIGHT_PX, dtype=np.float32)[:, None]
_SAMPLE_COLUMNS = np.arange(STRIP_SAMPLES) * (STRIP_WIDTH_PX / STRIP_SAMPLES)


def follow_ink(grey: NDArray[np.uint8], height_mv: NDArray[np.float32]) -> NDArray[np.float32]:
    """Move a trace onto the ink that it follows from one end of the strip to the other.

    The network is drawn to whatever looks like a wave, such as printed words. A trace is one
    line: of all paths from left to right the one is taken that crosses least blank paper, with
    the network's word where two are as good. The height in each column is the centre of the ink
    around the path, and the tip of the stroke where a wave turns.

    Args:
        grey: `[160, 1000]` strip.
        height_mv: `[1250]` millivolts above the strip's middle, as the network sees them.

    Returns:
        `[1250]` the same, on the ink; the network's word where there is none at all.
    """
    ink = ink_of(grey)
    if not ink.any():
        return height_mv
    said = np.interp(
        np.arange(STRIP_WIDTH_PX),
        _SAMPLE_COLUMNS,
        STRIP_HEIGHT_PX / 2 - PIXELS_PER_MV * height_mv,
    )
    path = trace_path(ink, said.astype(np.float32))
    weight = ink**2 * np.exp(-0.5 * ((_ROWS - path) / REACH_PX) ** 2)
    weight += 1e-6 * (np.abs(_ROWS - path) < 1)
    centre = (weight * _ROWS).sum(axis=0) / weight.sum(axis=0)
    row = at_tips(centre, *stroke_ends(ink, path))
    on_ink_mv = (STRIP_HEIGHT_PX / 2 - row) / PIXELS_PER_MV
    return np.interp(_SAMPLE_COLUMNS, np.arange(STRIP_WIDTH_PX), on_ink_mv).astype(np.float32)


def ink_of(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """`[160, 1000]` from 0 to 1: how inked each pixel is, without the grid.

    Grid lines are what is dark in half of a column; or in half of a second or so of a row, and
    5 mm above or below too, which a resting trace is not.
    """
    paper = cv2.medianBlur(grey, PAPER_WINDOW_PX).astype(np.float32)
    darkness = np.clip(paper - grey, 0.0, None)
    parts = np.split(darkness, STRIP_WIDTH_PX // GRID_WINDOW_PX, axis=1)
    along = [np.minimum(lines, _recurring(lines)) for lines in (np.median(p, 1) for p in parts)]
    rows = np.repeat(np.stack(along, axis=1), GRID_WINDOW_PX, axis=1)
    left = np.clip(darkness - np.maximum(rows, np.median(darkness, axis=0)), 0.0, None)
    full = float(np.quantile(left.max(axis=0), INKED_COLUMNS))
    if full < FAINTEST_LEVELS:
        return np.zeros_like(left)
    return np.minimum(left / full, 1.0).astype(np.float32)


def _recurring(lines: NDArray[np.float32]) -> NDArray[np.float32]:
    """`[rows]` the darkest line about 5 mm above or below each row."""
    around = maximum_filter1d(lines, 2 * SLACK_PX + 1)
    padded = np.pad(around, MAJOR_PX)
    return np.maximum(padded[: len(lines)], padded[2 * MAJOR_PX :])


def trace_path(ink: NDArray[np.float32], said_row: NDArray[np.float32]) -> NDArray[np.float32]:
    """Row of the best path in each column, by dynamic programming.

    Moving up or down within a column costs by the blank paper that is crossed, so that the
    path follows a steep wave, whose stroke is inked, and does not jump to a line of its own.

    Args:
        ink: `[rows, columns]` from 0 to 1.
        said_row: `[columns]`, where the network sees the trace.

    Returns:
        `[columns]` rows.
    """
    rows, columns = ink.shape
    index = np.arange(rows)
    doubt = np.minimum(((index[:, None] - said_row) / DOUBT_PX) ** 2, MOST_DOUBT)
    cost = DOUBT_WEIGHT * doubt - ink
    climbed = np.cumsum(COST_OF_BLANK * (1 - ink) + COST_OF_INK, axis=0)
    best = cost[:, 0]
    came_from = np.zeros((rows, columns), np.int64)
    for column in range(1, columns):
        climb = climbed[:, column]
        above, from_above = _running_minimum(best - climb)
        below, from_below = _running_minimum((best + climb)[::-1])
        down, up = above + climb, below[::-1] - climb
        came_from[:, column] = np.where(down <= up, from_above, rows - 1 - from_below[::-1])
        best = np.minimum(down, up) + cost[:, column]
    path = np.zeros(columns, np.int64)
    path[-1] = best.argmin()
    for column in range(columns - 1, 0, -1):
        path[column - 1] = came_from[path[column], column]
    return path.astype(np.float32)


def stroke_ends(
    ink: NDArray[np.float32], path: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """`[columns]` first and last row of the stroke through the path in each column."""
    rows, columns = ink.shape
    on_path = np.clip(path.astype(int), 0, rows - 1), np.arange(columns)
    index = np.arange(rows)[:, None]
    blank = ink < INKED
    blank_above = np.maximum.accumulate(np.where(blank, index, -1), axis=0)
    blank_below = np.minimum.accumulate(np.where(blank, index, rows)[::-1], axis=0)[::-1]
    first, last = blank_above[on_path] + 1, blank_below[on_path] - 1
    inked = ~blank[on_path]
    return np.where(inked, first, on_path[0]), np.where(inked, last, on_path[0])


def at_tips(
    centre: NDArray[np.floating], first: NDArray[np.int64], last: NDArray[np.int64]
) -> NDArray[np.floating]:
    """The height of the trace, moved to the tip of its stroke where a steep wave turns.

    The centre of a tall stroke is halfway up: right on the flanks of a wave, wrong at its tip.

    Args:
        centre: `[columns]` rows of the centre of the ink.
        first: `[columns]` row of the upper end of each stroke.
        last: `[columns]` row of its lower end.
    """
    level = median_filter(centre, LEVEL_WINDOW_PX)
    is_tall = last - first > TALLEST_FLAT_PX
    beside = 2 * TIP_SLACK_PX + 1
    up = is_tall & (level - first > TALLEST_WAVELET_PX) & (first <= minimum_filter1d(first, beside))
    down = is_tall & (last - level > TALLEST_WAVELET_PX) & (last >= maximum_filter1d(last, beside))
    return np.where(up, first + HALF_PEN_PX, np.where(down, last - HALF_PEN_PX, centre))


def _running_minimum(
    values: NDArray[np.floating],
) -> tuple[NDArray[np.floating], NDArray[np.int64]]:
    """The lowest value so far, and where it is."""
    lowest = np.minimum.accumulate(values)
    return lowest, np.maximum.accumulate(np.where(values == lowest, np.arange(len(values)), 0))
