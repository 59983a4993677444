"""A lens that is focused on something else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from ecgmm.paper.camera.fault import PixelFault, Pixels

_SMALLEST_SIGMA_PX = 0.2


@dataclass(frozen=True)
class Defocus(PixelFault):
    """Every point becomes a disc.

    Drawn as a Gaussian of the disc's variance, `(diameter / 4)^2`, because that is separable.

    Attributes:
        disc_mm: diameter of the disc on the sheet.
    """

    family: ClassVar[str] = "defocus"
    worst: ClassVar[dict[str, float]] = {"disc_mm": 1.1}

    disc_mm: float = 0.0

    def expose(self, pixels: Pixels, px_per_mm: float, rng: np.random.Generator) -> Pixels:
        """See `PixelFault`."""
        sigma_px = self.disc_mm * px_per_mm / 4
        if sigma_px < _SMALLEST_SIGMA_PX:
            return pixels
        return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma_px), np.uint8)
