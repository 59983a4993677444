"""A picture that a messenger or a web page made smaller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from ecgmm.paper.camera.fault import PixelFault, Pixels


@dataclass(frozen=True)
class LowResolution(PixelFault):
    """Fewer pixels.

    Attributes:
        shrink: how many times narrower and lower the picture becomes.
    """

    family: ClassVar[str] = "low_resolution"
    worst: ClassVar[dict[str, float]] = {"shrink": 3.5}

    shrink: float = 1.0

    def expose(self, pixels: Pixels, px_per_mm: float, rng: np.random.Generator) -> Pixels:
        """See `PixelFault`."""
        height, width = pixels.shape[:2]
        size = max(1, round(width / self.shrink)), max(1, round(height / self.shrink))
        return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
