"""Too little light for the sensor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.fault import PixelFault, Pixels
from ecgmm.paper.camera.noise import grain

_BAND_ROWS = 256
_READ_SHARE = 0.3
_MID_GREY = 128


@dataclass(frozen=True)
class SensorNoise(PixelFault):
    """Shot noise, which grows with the root of the light, and a share of read noise.

    Attributes:
        levels: standard deviation at mid grey, in grey levels.
    """

    family: ClassVar[str] = "sensor_noise"
    worst: ClassVar[dict[str, float]] = {"levels": 14.0}

    levels: float = 0.0

    def expose(self, pixels: Pixels, px_per_mm: float, rng: np.random.Generator) -> Pixels:
        """See `PixelFault`. Worked through in bands, to spare the memory."""
        noisy = np.empty_like(pixels)
        strength = self._strength()
        for top in range(0, len(pixels), _BAND_ROWS):
            band = pixels[top : top + _BAND_ROWS]
            visible = cv2.multiply(cv2.LUT(band, strength), grain(band.shape, rng))
            noisy[top : top + _BAND_ROWS] = cv2.add(band, visible, dtype=cv2.CV_8U)
        return noisy

    def _strength(self) -> NDArray[np.float32]:
        """`[256]`, standard deviation of the noise at each grey level."""
        light = np.arange(256) / _MID_GREY
        variance = _READ_SHARE + (1 - _READ_SHARE) * light
        return (self.levels * np.sqrt(variance)).astype(np.float32)
