"""Compression that saves too much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from ecgmm.paper.camera.fault import PixelFault, Pixels


@dataclass(frozen=True)
class Jpeg(PixelFault):
    """Once through JPEG, colours at half resolution.

    Attributes:
        quality: libjpeg's quality; 100 is taken for no compression at all.
    """

    family: ClassVar[str] = "jpeg"
    worst: ClassVar[dict[str, float]] = {"quality": 25}

    quality: int = 100

    def expose(self, pixels: Pixels, px_per_mm: float, rng: np.random.Generator) -> Pixels:
        """See `PixelFault`."""
        options = [cv2.IMWRITE_JPEG_QUALITY, self.quality]
        if pixels.ndim == 2:
            _, file = cv2.imencode(".jpg", pixels, options)
            return np.asarray(cv2.imdecode(file, cv2.IMREAD_GRAYSCALE), np.uint8)
        _, file = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options)
        decoded = np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8)
        return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)
