"""Strips on the common grid, cut out of paper whose scale and trace are known."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import (
    PAPER_SPEED_MM_PER_S,
    PIXELS_PER_MM,
    STEP_S,
    STRIP_HEIGHT_PX,
    STRIP_S,
    STRIP_WIDTH_PX,
)
from ecgmm.paper.flat.trace import Trace

LARGEST_HOP_S = 8.0
"""Strips of one row overlap by 2 s or more, so that no beat is read at an edge only."""

PIXELS_PER_S = PAPER_SPEED_MM_PER_S * PIXELS_PER_MM

_NEGLIGIBLE_S = 0.1
_PAPER_QUANTILE = 0.5


def start_times_s(duration_s: float) -> list[float]:
    """Where the strips of a row begin: evenly, on whole steps, the last one ending with the row.

    A rest of less than 0.1 s gets no strip of its own.
    """
    beyond_s = duration_s - STRIP_S
    if beyond_s < _NEGLIGIBLE_S:
        return [0.0]
    hops = math.ceil(beyond_s / LARGEST_HOP_S)
    steps = [round(beyond_s * hop / hops / STEP_S) for hop in range(hops + 1)]
    return [step * STEP_S for step in steps]


def cut_strips(
    grey: NDArray[np.uint8], trace: Trace, px_per_mm: tuple[float, float], starts_s: list[float]
) -> list[NDArray[np.uint8]]:
    """Cut strips whose left end is at a time after the trace's start, the trace at mid-height.

    Args:
        grey: `[height, width]` of the paper, dark ink on light paper.
        trace: where the row is on it.
        px_per_mm: pixels a millimetre, horizontally and vertically.
        starts_s: seconds from the trace's start to each strip's left end.

    Returns:
        A `[160, 1000]` strip for each start; paper colour beyond the edges.
    """
    thick = _thicken(grey, trace.thickness_px, min(px_per_mm) / PIXELS_PER_MM)
    height, width = grey.shape
    scaled = _resize(
        thick,
        round(width * PIXELS_PER_MM / px_per_mm[0]),
        round(height * PIXELS_PER_MM / px_per_mm[1]),
    )
    left = trace.start_px * scaled.shape[1] / width
    top = trace.middle_px * scaled.shape[0] / height - STRIP_HEIGHT_PX / 2
    paper = int(np.quantile(grey, _PAPER_QUANTILE))
    return [
        _window(scaled, round(left + start_s * PIXELS_PER_S), round(top), paper)
        for start_s in starts_s
    ]


def _thicken(
    grey: NDArray[np.uint8], thickness_px: float, px_per_strip_px: float
) -> NDArray[np.uint8]:
    """Widen dark lines to one pixel of the strip, so that shrinking does not bleach them."""
    missing = math.ceil(px_per_strip_px - thickness_px)
    if missing < 1:
        return grey
    side = 2 * math.ceil(missing / 2) + 1
    return cv2.erode(grey, np.ones((side, side), np.uint8)).astype(np.uint8)


def _resize(grey: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Resize each direction by itself: averaging where it shrinks, a line where it grows."""
    for size in ((max(1, width), grey.shape[0]), (max(1, width), max(1, height))):
        shrinks = size[0] < grey.shape[1] or size[1] < grey.shape[0]
        interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        grey = cv2.resize(grey, size, interpolation=interpolation).astype(np.uint8)
    return grey


def _window(grey: NDArray[np.uint8], left: int, top: int, paper: int) -> NDArray[np.uint8]:
    """The strip at `left`, `top`, which may lie beyond the picture on any side."""
    strip = np.full((STRIP_HEIGHT_PX, STRIP_WIDTH_PX), paper, np.uint8)
    height, width = grey.shape
    x0, x1 = max(0, left), min(width, left + STRIP_WIDTH_PX)
    y0, y1 = max(0, top), min(height, top + STRIP_HEIGHT_PX)
    if x0 < x1 and y0 < y1:
        strip[y0 - top : y1 - top, x0 - left : x1 - left] = grey[y0:y1, x0:x1]
    return strip
