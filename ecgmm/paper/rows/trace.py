"""The line that a row's trace follows on a strip."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

SURE_INK = 0.6
LEAP_COST = 0.25
INK_LEAP_COST = 0.005
REACH_PX = 60.0
OFFSIDE_COST = 0.5
LARGEST_GAP_PX = 3


def follow_trace(ink: NDArray[np.float32], middle_px: float) -> NDArray[np.int64]:
    """The way from left to right along the ink.

    It pays for each column in which it runs over bare paper, and for each step up or down, much
    over bare paper and hardly anything along ink; and the more the farther it is from the row's
    middle. The best way is found column by column (dynamic programming).

    Args:
        ink: `[height, width]` from 0, paper or grid, to 1, ink; 4 px/mm.
        middle_px: where the row's 0 mV is expected.

    Returns:
        `[width]` height of the way in each column, px from the top. Spikes thinner than the line
        are cut off: see `with_tips`.
    """
    height, width = ink.shape
    y = np.arange(height)
    bare = np.maximum(0, 1 - ink / SURE_INK)
    here = bare + (OFFSIDE_COST * ((y - middle_px) / REACH_PX) ** 2)[:, None].astype(np.float32)
    climb = np.cumsum(INK_LEAP_COST + LEAP_COST * bare, axis=0)
    total = here[:, 0]
    came_from = np.zeros((width, height), np.int64)
    for x in range(1, width):
        down, from_above = _running_minimum(total - climb[:, x])
        up, from_below = _running_minimum((total + climb[:, x])[::-1])
        down, up, from_below = down + climb[:, x], up[::-1] - climb[:, x], from_below[::-1]
        came_from[x] = np.where(down <= up, from_above, height - 1 - from_below)
        total = np.minimum(down, up) + here[:, x]
    path = np.empty(width, np.int64)
    path[-1] = total.argmin()
    for x in range(width - 1, 0, -1):
        path[x - 1] = came_from[x, path[x]]
    return path


def _running_minimum(
    values: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The least value up to each place, and where it is."""
    least = np.minimum.accumulate(values)
    return least, np.maximum.accumulate(np.where(values <= least, np.arange(len(values)), 0))


def with_tips(inked: NDArray[np.bool_], path: NDArray[np.int64]) -> NDArray[np.int64]:
    """The way, moved in each column to the far end of the ink that it touches there.

    Args:
        inked: `[height, width]`.
        path: `[width]`, see `follow_trace`.

    Returns:
        `[width]` heights; the far end is that farther from the way's median within a second.
    """
    nib = np.ones((LARGEST_GAP_PX, 1), np.uint8)
    joined = cv2.morphologyEx(inked.astype(np.uint8), cv2.MORPH_CLOSE, nib) > 0
    y = np.arange(len(inked))[:, None]
    tops = np.maximum.accumulate(np.where(joined, -1, y), axis=0) + 1
    ends = len(inked) - 1 - y
    bottoms = len(inked) - 2 - np.maximum.accumulate(np.where(joined, -1, ends)[::-1], axis=0)[::-1]
    columns = np.arange(len(path))
    top, bottom = tops[path, columns], bottoms[path, columns]
    level = _median_within_a_second(path)
    far = np.where(np.abs(top - level) > np.abs(bottom - level), top, bottom)
    return np.where(joined[path, columns], far, path)


def _median_within_a_second(path: NDArray[np.int64]) -> NDArray[np.int64]:
    from scipy import ndimage

    return np.asarray(ndimage.median_filter(path, 101), np.int64)
