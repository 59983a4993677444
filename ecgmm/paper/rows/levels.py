"""Levels along which much ink lies, from end to end of a page, and the paper around a level."""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ecgmm.grid import PIXELS_PER_MM, pixels

LEAST_SPACING_MM = 8.0

_HOP_MM = 5.0
_WINDOW_HOPS = 5
"""Levels are looked for in windows of 25 mm, a second, every 5 mm."""

_ON_LEVEL_MM = 1.0
_REFINE_MM = 1.25
_STEEPEST_MM = 6.0
_CLIMB_COST_PER_MM = 0.06
_LEAST_MEAN_SHARE = 0.22
_MOST_ROWS = 20

Pixel = TypeVar("Pixel", np.float32, np.uint8)


def find_levels(mask: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
    """Levels along which much ink lies, the best first, none near another.

    Args:
        mask: `[height, width]` 4 px/mm, 1 where there is ink.

    Returns:
        `[columns]` each, millimetres from the upper edge.
    """
    share = _level_shares(mask)
    hops = len(share)
    found: list[NDArray[np.float64]] = []
    left = share.copy()
    apart = round(LEAST_SPACING_MM)
    x = np.arange(mask.shape[1])
    middles = (np.arange(hops) + 0.5) * pixels(_HOP_MM)
    while len(found) < _MOST_ROWS:
        way, mean = _best_way(left)
        if mean < _LEAST_MEAN_SHARE:
            break
        for hop, height in enumerate(way):
            left[hop, max(0, height - apart + 1) : height + apart] = -0.5
        found.append(_refined(mask, np.interp(x, middles, way + 0.5)))
    return found


def _refined(mask: NDArray[np.uint8], level_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """A level that was found to a millimetre, moved to where most ink lies."""
    near = band_along(mask, level_mm, _REFINE_MM, _REFINE_MM).astype(np.float32)
    usual = ndimage.uniform_filter1d(near, _WINDOW_HOPS * pixels(_HOP_MM), axis=1)
    nearest = -1e-3 * np.abs(np.arange(len(near)) - len(near) // 2)[:, np.newaxis]
    moved = (usual + nearest).argmax(axis=0) - len(near) // 2
    refined = np.floor(level_mm * PIXELS_PER_MM) + 0.5 + moved
    return np.asarray(refined / PIXELS_PER_MM, np.float64)


def _level_shares(mask: NDArray[np.uint8]) -> NDArray[np.float64]:
    """`[hops, heights in mm]`, share of the columns near a hop that have ink within 1 mm."""
    nib = np.ones((2 * pixels(_ON_LEVEL_MM) + 1, 1), np.uint8)
    whole_mm = len(mask) // PIXELS_PER_MM
    mask = mask[: whole_mm * PIXELS_PER_MM]
    near = cv2.dilate(mask, nib)[pixels(0.5) :: PIXELS_PER_MM]
    hop = pixels(_HOP_MM)
    hops = max(1, near.shape[1] // hop)
    per_hop = near[:, : hops * hop].reshape(len(near), hops, hop).mean(axis=2)
    density = mask.reshape(whole_mm, -1).mean(axis=1)
    per_hop = per_hop + 1e-3 * density[:, np.newaxis]
    return np.asarray(ndimage.uniform_filter1d(per_hop, _WINDOW_HOPS, axis=1).T, np.float64)


def _best_way(share: NDArray[np.float64]) -> tuple[NDArray[np.intp], float]:
    """The way from left to right with most ink, and its mean share."""
    hops, heights = share.shape
    steps = np.arange(-round(_STEEPEST_MM), round(_STEEPEST_MM) + 1)
    total, came_from = share[0].copy(), np.zeros((hops, heights), np.intp)
    for hop in range(1, hops):
        padded = np.pad(total, len(steps) // 2, constant_values=-np.inf)
        moved = np.lib.stride_tricks.sliding_window_view(padded, len(steps))
        reached = moved - _CLIMB_COST_PER_MM * np.abs(steps)
        best = reached.argmax(axis=1)
        came_from[hop] = np.arange(heights) + steps[best]
        total = reached[np.arange(heights), best] + share[hop]
    way = np.empty(hops, np.intp)
    way[-1] = total.argmax()
    for hop in range(hops - 1, 0, -1):
        way[hop - 1] = came_from[hop, way[hop]]
    return way, float(share[np.arange(hops), way].mean())


def band_along(
    plane: NDArray[Pixel], level_mm: NDArray[np.float64], above_mm: float, below_mm: float
) -> NDArray[Pixel]:
    """The plane around a level, each column moved so that the level is straight; 0 beyond."""
    above, below = pixels(above_mm), pixels(below_mm)
    padded = np.pad(plane, ((above, below), (0, 0)))
    first = np.clip(np.floor(level_mm * PIXELS_PER_MM), 0, plane.shape[0] - 1).astype(np.intp)
    rows = first + np.arange(above + below + 1)[:, np.newaxis]
    return np.asarray(np.take_along_axis(padded, rows, axis=0), plane.dtype)
