"""Where in its picture a strip was cut from: what a person checks before believing a reading."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PAPER_SPEED_MM_PER_S, PIXELS_PER_MM, STRIP_HEIGHT_PX, STRIP_WIDTH_PX
from ecgmm.paper.strips import PaperStrip

LARGE_BOX_MM = 5

_LEAST_CORRELATION = 0.6
_SEGMENT_PX = 200
_SEGMENT_REACH_PX = 40


def locate_strip(rgb: NDArray[np.uint8], strip: PaperStrip) -> NDArray[np.float64] | None:
    """Find a strip in the picture that it was cut from.

    The picture is brought to the strip's scale and the strip is looked for in it; then its parts
    are looked for nearby, so that a row that leans is followed.

    Args:
        rgb: `[height, width, 3]`, the picture.
        strip: cut from it without turning it by more than a few degrees; light or inverted.

    Returns:
        `[points, 2]` (x, y) in the picture along the strip's middle, one point every 5 mm of its
        ECG; None where it is not found.
    """
    px_per_mm = strip.px_per_mm or (rgb.shape[1] * PIXELS_PER_MM / STRIP_WIDTH_PX,) * 2
    to_strip = PIXELS_PER_MM / px_per_mm[0], PIXELS_PER_MM / px_per_mm[1]
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    scaled = cv2.resize(grey, None, fx=to_strip[0], fy=to_strip[1], interpolation=cv2.INTER_AREA)
    padded = cv2.copyMakeBorder(
        scaled, STRIP_HEIGHT_PX, STRIP_HEIGHT_PX, 0, STRIP_WIDTH_PX, cv2.BORDER_REPLICATE
    ).astype(np.uint8)
    length_px = round(strip.duration_s * PAPER_SPEED_MM_PER_S * PIXELS_PER_MM)
    corner = _match(padded, strip.grey[:, :length_px])
    if corner is None:
        return None
    x_mm = np.arange(0, length_px / PIXELS_PER_MM + 1e-6, LARGE_BOX_MM)
    x_px = x_mm * PIXELS_PER_MM
    rise = _lean(padded, strip.grey[:, :length_px], corner)
    y_px = corner[1] + STRIP_HEIGHT_PX / 2 + np.polyval(rise, x_px) - STRIP_HEIGHT_PX
    return np.column_stack(((corner[0] + x_px) / to_strip[0], y_px / to_strip[1]))


def _match(padded: NDArray[np.uint8], template: NDArray[np.uint8]) -> tuple[int, int] | None:
    """Upper left corner of the place that looks most like the template, or its negative."""
    if not template.size or min(np.subtract(padded.shape, template.shape)) < 0:
        return None
    likeness = np.abs(cv2.matchTemplate(padded, template, cv2.TM_CCOEFF_NORMED))
    y, x = np.unravel_index(int(np.argmax(likeness)), likeness.shape)
    return (int(x), int(y)) if likeness[y, x] >= _LEAST_CORRELATION else None


def _lean(
    padded: NDArray[np.uint8], template: NDArray[np.uint8], corner: tuple[int, int]
) -> NDArray[np.float64]:
    """Straight line, as `numpy.polyval` takes it, through the heights at which the parts lie."""
    places, heights = [], []
    top = max(0, corner[1] - _SEGMENT_REACH_PX)
    bottom = corner[1] + STRIP_HEIGHT_PX + _SEGMENT_REACH_PX
    for left in range(0, template.shape[1] - _SEGMENT_PX + 1, _SEGMENT_PX):
        part = template[:, left : left + _SEGMENT_PX]
        columns = slice(corner[0] + left, corner[0] + left + _SEGMENT_PX)
        found = _match(padded[top:bottom, columns], part)
        if found is not None:
            places.append(left + _SEGMENT_PX / 2)
            heights.append(top + found[1] - corner[1])
    if len(places) < 2:
        return np.zeros(2)
    return np.polyfit(places, heights, 1)
