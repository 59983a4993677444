"""The print of a worn thermal head on coarse paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ecgmm.paper.camera.fault import Pixels, SheetFault
from ecgmm.paper.camera.noise import white_noise
from ecgmm.paper.camera.surface import paper_colour, scale_light

_BAND_ROWS = 256
_HEAD_DOTS_PER_MM = 8
_MOST_DEAD_DOTS = 6
_DEAD_DOT_KEEPS = 0.35


@dataclass(frozen=True)
class ThermalGrain(SheetFault):
    """Grainy density, and streaks along the paper where dots of the print head are dead.

    Attributes:
        grain: standard deviation of the density, as a share of the paper's brightness.
    """

    family: ClassVar[str] = "thermal_grain"
    worst: ClassVar[dict[str, float]] = {"grain": 0.07}

    grain: float = 0.0

    def mark(self, pixels: Pixels, px_per_mm: float, rng: np.random.Generator) -> Pixels:
        """See `SheetFault`."""
        height, width = pixels.shape[:2]
        grainy = pixels.copy()
        self._leave_streaks(grainy, px_per_mm, rng)
        for top in range(0, height, _BAND_ROWS):
            band = grainy[top : top + _BAND_ROWS]
            density = 1 + np.float32(self.grain) * white_noise(len(band), width, rng)
            scale_light(band, density)
        return grainy

    def _leave_streaks(self, pixels: Pixels, px_per_mm: float, rng: np.random.Generator) -> None:
        height = len(pixels)
        strength = self.grain / self.worst["grain"]
        paper = paper_colour(pixels)
        thickness = max(1, round(px_per_mm / _HEAD_DOTS_PER_MM))
        places = rng.integers(height, size=_MOST_DEAD_DOTS)
        for top in places[: round(_MOST_DEAD_DOTS * strength)]:
            streak = pixels[top : top + thickness]
            streak[:] = paper + _DEAD_DOT_KEEPS * (streak - paper)
