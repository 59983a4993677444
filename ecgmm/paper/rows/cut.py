"""Strips on the common grid, cut out of a sheet."""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import (
    PIXELS_PER_MM,
    PIXELS_PER_MV,
    SHARP_WIDTH_PX,
    STEP_S,
    STRIP_HEIGHT_PX,
    STRIP_S,
    STRIP_WIDTH_PX,
)
from ecgmm.paper.sheet import FINE_PX_PER_MM, Sheet

LARGEST_HOP_S = 8.0
"""Strips of one row overlap by 2 s or more, so that no beat is read at an edge only."""

_NEGLIGIBLE_S = 0.5
_STRIP_MV = STRIP_HEIGHT_PX / PIXELS_PER_MV


def start_times_s(duration_s: float) -> list[float]:
    """Where the strips of a row begin: evenly, on whole steps, the last one ending with the row.

    A rest of less than half a second gets no strip of its own: no beat is told by so little.
    """
    beyond_s = duration_s - STRIP_S
    if beyond_s < _NEGLIGIBLE_S:
        return [0.0]
    hops = math.ceil(beyond_s / LARGEST_HOP_S)
    steps = [round(beyond_s * hop / hops / STEP_S) for hop in range(hops + 1)]
    return [step * STEP_S for step in steps]


class CutPicture(NamedTuple):
    """What a rectangle of a sheet shows.

    Attributes:
        grey: `[160, 1000]`, white beyond the paper.
        sharp: `[160, 2000]`, the same with twice as many columns.
        seen: `[160, 1000]`, where it shows paper.
    """

    grey: NDArray[np.uint8]
    sharp: NDArray[np.uint8]
    seen: NDArray[np.bool_]


def cut_strip(
    sheet: Sheet, left_mm: float, middle_mm: float, speed_mm_per_s: float, gain_mm_per_mv: float
) -> CutPicture:
    """Cut ten seconds by four millivolts.

    Args:
        sheet: the page.
        left_mm: left end of the strip.
        middle_mm: its middle.
        speed_mm_per_s: paper speed.
        gain_mm_per_mv: height of a millivolt.
    """
    size_mm = STRIP_S * speed_mm_per_s, _STRIP_MV * gain_mm_per_mv
    top_mm = middle_mm - size_mm[1] / 2
    fine = _window(sheet.grey, FINE_PX_PER_MM, left_mm, top_mm, size_mm, beyond=255)
    seen = _window(sheet.seen.astype(np.uint8), PIXELS_PER_MM, left_mm, top_mm, size_mm, beyond=0)
    size = (STRIP_WIDTH_PX, STRIP_HEIGHT_PX)
    sharp_size = (SHARP_WIDTH_PX, STRIP_HEIGHT_PX)
    return CutPicture(
        cv2.resize(fine, size, interpolation=cv2.INTER_AREA).astype(np.uint8),
        cv2.resize(fine, sharp_size, interpolation=cv2.INTER_AREA).astype(np.uint8),
        cv2.resize(seen, size, interpolation=cv2.INTER_NEAREST) > 0,
    )


def _window(
    plane: NDArray[np.uint8],
    px_per_mm: int,
    left_mm: float,
    top_mm: float,
    size_mm: tuple[float, float],
    *,
    beyond: int,
) -> NDArray[np.uint8]:
    """A rectangle of a plane; `beyond` outside of it."""
    left, top = round(left_mm * px_per_mm), round(top_mm * px_per_mm)
    width, height = (round(side * px_per_mm) for side in size_mm)
    window = np.full((height, width), beyond, np.uint8)
    x0, x1 = max(0, left), min(plane.shape[1], left + width)
    y0, y1 = max(0, top), min(plane.shape[0], top + height)
    if x0 < x1 and y0 < y1:
        window[y0 - top : y1 - top, x0 - left : x1 - left] = plane[y0:y1, x0:x1]
    return window
