"""A sheet that was folded into a pocket and opened again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.fault import ShapeFault

_MOST_CREASES = 3
_CREASE_WIDTH_MM = 1.5
_TABLE_STEP_MM = 0.5
_SLANT = 0.5


@dataclass(frozen=True)
class Folds(ShapeFault):
    """One to three creases, each with its own slant; the panels between them stay flat.

    Attributes:
        angle_deg: by how much the panels on both sides of a crease differ in slope.
    """

    family: ClassVar[str] = "folds"
    worst: ClassVar[dict[str, float]] = {"angle_deg": 32.0}

    angle_deg: float = 0.0

    def displacement_mm(
        self, x_mm: NDArray[np.float64], y_mm: NDArray[np.float64], rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """See `ShapeFault`."""
        total = np.zeros((*x_mm.shape, 3))
        direction = rng.choice([0.0, np.pi / 2])
        upwards = rng.choice([-1.0, 1.0])
        for _ in range(int(rng.integers(1, _MOST_CREASES + 1))):
            angle = direction + rng.uniform(-_SLANT, _SLANT)
            across = np.array([np.cos(angle), np.sin(angle)])
            distance = x_mm * across[0] + y_mm * across[1]
            crease_at = rng.uniform(-0.6, 0.6) * float(distance.max())
            shift, rise = self._profile_mm(distance - crease_at, upwards * rng.uniform(0.6, 1.0))
            total += np.stack([shift * across[0], shift * across[1], rise], axis=-1)
            upwards = -upwards
        return total

    def _profile_mm(
        self, distance_mm: NDArray[np.float64], share: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Shift and rise of points at a distance from a crease, the paper's length kept."""
        reach = float(np.abs(distance_mm).max()) + _TABLE_STEP_MM
        arc = np.arange(-reach, reach + _TABLE_STEP_MM, _TABLE_STEP_MM)
        slope = share * np.deg2rad(self.angle_deg) / 2 * np.tanh(arc / _CREASE_WIDTH_MM)
        shift = np.cumsum(np.cos(slope) - 1) * _TABLE_STEP_MM
        rise = np.cumsum(np.sin(slope)) * _TABLE_STEP_MM
        middle = len(arc) // 2
        return (
            np.interp(distance_mm, arc, shift - shift[middle]),
            np.interp(distance_mm, arc, rise - rise[middle]),
        )
