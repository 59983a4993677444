"""A screen photographed: its pixels beat with the camera's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.fault import PixelFault, Pixels

_MISMATCH = 0.04
_SLANT = 0.03
_STRETCH = 0.02
_LEVELS = 256  # so that the phase wraps around by itself in a byte
_NEUTRAL = 128


@dataclass(frozen=True)
class Moire(PixelFault):
    """Bands of colour, because the camera samples the screen's red, green and blue stripes.

    The screen has about one pixel to a pixel of the camera, and its stripes are evaluated at the
    middle of each; that they are finer than the camera can see is what makes the bands.

    Attributes:
        contrast: amplitude of the bands, as a share of the light.
    """

    family: ClassVar[str] = "moire"
    worst: ClassVar[dict[str, float]] = {"contrast": 0.12}

    contrast: float = 0.0

    def expose(self, pixels: Pixels, px_per_mm: float, rng: np.random.Generator) -> Pixels:
        """See `PixelFault`."""
        height, width = pixels.shape[:2]
        stripes_per_px = 1 + rng.uniform(-1, 1) * _MISMATCH
        phase = _stripe_phase(height, width, stripes_per_px, rng)
        channels = 1 if pixels.ndim == 2 else pixels.shape[2]
        stripes = cv2.merge(
            [cv2.LUT(phase, _wave(self.contrast, i / channels)) for i in range(channels)]
        )
        return np.asarray(cv2.multiply(pixels, stripes, scale=1 / _NEUTRAL), np.uint8)


def _stripe_phase(
    height: int, width: int, stripes_per_px: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """`[height, width]`, which 256th of a stripe of the tilted screen each pixel looks at."""
    slant, stretch_x, stretch_y = (
        largest * rng.uniform(-1, 1) for largest in (_SLANT, _STRETCH, _STRETCH)
    )
    x = np.arange(width, dtype=np.float32)[np.newaxis]
    y = np.arange(height, dtype=np.float32)[:, np.newaxis]
    growth = (1 + stretch_x / width * x) + stretch_y / height * y
    stripes = (x + slant * y) * growth * (stripes_per_px * _LEVELS)
    return stripes.astype(np.int32).astype(np.uint8)


def _wave(contrast: float, offset: float) -> NDArray[np.uint8]:
    """Light of a stripe over its phase, 128 being the mean."""
    phase = np.arange(_LEVELS) / _LEVELS + offset
    return np.rint(_NEUTRAL * (1 + contrast * np.cos(2 * np.pi * phase))).astype(np.uint8)
