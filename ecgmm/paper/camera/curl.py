"""A sheet that was rolled up and does not forget it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.fault import ShapeFault

_ALONG_AN_EDGE_SHARE = 0.7
_BEYOND_MIDDLE_SHARE = 0.25


@dataclass(frozen=True)
class Curl(ShapeFault):
    """The sheet is bent around a cylinder, its length kept.

    Attributes:
        lift_mm: height of the higher edge above the table.
    """

    family: ClassVar[str] = "curl"
    worst: ClassVar[dict[str, float]] = {"lift_mm": 30.0}

    lift_mm: float = 0.0

    def displacement_mm(
        self, x_mm: NDArray[np.float64], y_mm: NDArray[np.float64], rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """See `ShapeFault`."""
        along_edge = rng.random() < _ALONG_AN_EDGE_SHARE
        spread = 0.05 if along_edge else np.pi / 4
        angle = float(rng.choice([0, np.pi / 2, np.pi, -np.pi / 2]) + rng.uniform(-spread, spread))
        across = np.array([np.cos(angle), np.sin(angle)])
        distance = x_mm * across[0] + y_mm * across[1]
        reach = float(distance.max())
        start = rng.uniform(-_BEYOND_MIDDLE_SHARE, _BEYOND_MIDDLE_SHARE) * reach
        arc = distance - start
        turn = arc * 2 * self.lift_mm / (reach - start) ** 2
        shift = arc * np.sinc(turn / np.pi) - arc
        rise = arc * np.sin(turn / 2) * np.sinc(turn / 2 / np.pi)
        return np.stack([shift * across[0], shift * across[1], rise], axis=-1)
