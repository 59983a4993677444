"""A sheet that was crumpled and smoothed out again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.fault import ShapeFault

_CREASES_PER_MM2 = 60 / (297 * 210)
_LENGTH_MM = (12.0, 70.0)
_FLANK_MM = (5.0, 22.0)
_FLANK_OF_DEEPEST_MM = 22.0
_EDGE_MM = 0.8


@dataclass(frozen=True)
class Wrinkles(ShapeFault):
    """Straight sharp creases of all lengths in all directions, long ones deep.

    Attributes:
        depth_mm: height of the deepest creases.
    """

    family: ClassVar[str] = "wrinkles"
    worst: ClassVar[dict[str, float]] = {"depth_mm": 5.0}

    depth_mm: float = 0.0

    def displacement_mm(
        self, x_mm: NDArray[np.float64], y_mm: NDArray[np.float64], rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """See `ShapeFault`. The paper's shortening across a crease is left out."""
        half = np.array([x_mm.max(), y_mm.max()])
        middle = rng.uniform(-0.5, 0.5, 2) * half
        rise = np.zeros(x_mm.shape)
        for _ in range(round(4 * half[0] * half[1] * _CREASES_PER_MM2)):
            place = middle + rng.normal(0, 0.5, 2) * half
            rise += rng.choice([-1, 1]) * _crease(x_mm - place[0], y_mm - place[1], rng)
        flat = np.zeros_like(rise)
        return np.stack([flat, flat, self.depth_mm * rise], axis=-1)


def _crease(
    x_mm: NDArray[np.float64], y_mm: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """One ridge through the origin, 1 high if it were the deepest."""
    angle = rng.uniform(0, np.pi)
    along = x_mm * np.cos(angle) + y_mm * np.sin(angle)
    across = y_mm * np.cos(angle) - x_mm * np.sin(angle)
    flank_mm, length_mm = rng.uniform(*_FLANK_MM), rng.uniform(*_LENGTH_MM)
    distance = np.sqrt(across**2 + _EDGE_MM**2)
    return flank_mm / _FLANK_OF_DEEPEST_MM * np.exp(-distance / flank_mm - (along / length_mm) ** 2)
