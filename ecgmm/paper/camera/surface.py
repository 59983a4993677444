"""What faults on the sheet's surface have in common: paper and ink."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.fault import Pixels

_SAMPLES_A_SIDE = 128
_SUBPIXEL_BITS = 4

RGB = tuple[int, int, int]


def paper_colour(pixels: Pixels) -> NDArray[np.float32]:
    """The colour that most of a sheet has: `[3]`, or a single grey level."""
    step = max(1, max(pixels.shape[:2]) // _SAMPLES_A_SIDE)
    return np.median(pixels[::step, ::step], axis=(0, 1)).astype(np.float32)


def scale_light(pixels: Pixels, light: NDArray[np.float32]) -> None:
    """Multiply pixels with light, in place: `[height, width]`, or with one more axis of colours."""
    if pixels.ndim == 3 and light.ndim == 2:
        light = np.asarray(cv2.merge([light] * 3), np.float32)
    cv2.multiply(pixels, light, dst=pixels, dtype=cv2.CV_8U)


def lay_ink(
    pixels: Pixels, density: NDArray[np.float32], corner: tuple[int, int], rgb: RGB
) -> None:
    """Put ink on the sheet, in place; it takes away light as a filter does.

    Args:
        pixels: the sheet.
        density: `[height, width]`, 0 for no ink to 1 for full colour.
        corner: column and row of the sheet where the ink's top left corner comes to lie; ink
            beyond the sheet's edges is lost.
        rgb: colour of the ink.
    """
    left, top = max(0, corner[0]), max(0, corner[1])
    right = min(pixels.shape[1], corner[0] + density.shape[1])
    bottom = min(pixels.shape[0], corner[1] + density.shape[0])
    if left >= right or top >= bottom:
        return
    inside = density[top - corner[1] : bottom - corner[1], left - corner[0] : right - corner[0]]
    ink = np.array(rgb, np.float32) / 255 if pixels.ndim == 3 else np.float32(np.mean(rgb) / 255)
    place = pixels[top:bottom, left:right]
    inside = inside[..., np.newaxis] if pixels.ndim == 3 else inside
    place[:] = np.rint(place * (1 - inside * (1 - ink)))


def pen_strokes(
    strokes_px: Sequence[NDArray[np.float64]], width_px: float
) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """The density of a pen's ink along strokes, and where its top left corner is."""
    points = np.concatenate(strokes_px)
    border = math.ceil(width_px) + 2
    left, top = (math.floor(float(low)) - border for low in points.min(axis=0))
    right, bottom = (math.ceil(float(high)) + border for high in points.max(axis=0))
    density = np.zeros((bottom - top, right - left), np.uint8)
    lines = [np.rint((s - (left, top)) * 2**_SUBPIXEL_BITS).astype(np.int32) for s in strokes_px]
    cv2.polylines(density, lines, False, 255, max(1, round(width_px)), cv2.LINE_AA, _SUBPIXEL_BITS)
    return (density / 255).astype(np.float32), (left, top)
