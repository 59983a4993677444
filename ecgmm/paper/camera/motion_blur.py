"""A hand that is not still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.fault import PixelFault, Pixels

_MOMENTS_PER_PX = 8
_SHORTEST_PX = 0.3


@dataclass(frozen=True)
class MotionBlur(PixelFault):
    """Every point becomes a line.

    Attributes:
        path_mm: how far the camera moves over the sheet while the shutter is open.
    """

    family: ClassVar[str] = "motion_blur"
    worst: ClassVar[dict[str, float]] = {"path_mm": 1.0}

    path_mm: float = 0.0

    def expose(self, pixels: Pixels, px_per_mm: float, rng: np.random.Generator) -> Pixels:
        """See `PixelFault`."""
        angle = rng.uniform(0, np.pi)
        path_px = self.path_mm * px_per_mm
        if path_px < _SHORTEST_PX:
            return pixels
        direction = np.array([np.cos(angle), np.sin(angle)])
        return np.asarray(cv2.filter2D(pixels, -1, _path_kernel(path_px * direction)), np.uint8)


def _path_kernel(path_px: NDArray[np.float64]) -> NDArray[np.float32]:
    """The share of the exposure that each pixel around the middle gets."""
    half = int(np.ceil(np.abs(path_px).max() / 2)) + 1
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    moments = np.linspace(-0.5, 0.5, _MOMENTS_PER_PX * len(kernel))
    x, y = half + moments[np.newaxis] * path_px[:, np.newaxis]
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    for column, share_x in ((left, left + 1 - x), (left + 1, x - left)):
        for row, share_y in ((top, top + 1 - y), (top + 1, y - top)):
            np.add.at(kernel, (row, column), share_x * share_y)
    return kernel / kernel.sum()
