"""Too little light, and a lamp that stands to one side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.fault import LightFault, Scene


@dataclass(frozen=True)
class UnevenLight(LightFault):
    """Light that falls off with the distance from a point outside or inside the frame.

    Attributes:
        stops: brightest over darkest spot in photographic stops, factors of two.
        dim_stops: how far the brightest spot is underexposed, likewise.
    """

    family: ClassVar[str] = "uneven_light"
    worst: ClassVar[dict[str, float]] = {"stops": 1.6, "dim_stops": 0.7}

    stops: float = 0.0
    dim_stops: float = 0.0

    def light(self, scene: Scene, rng: np.random.Generator) -> NDArray[np.float32]:
        """See `LightFault`."""
        lamp_x, lamp_y = rng.uniform(-2, 2, 2)
        distance = (scene.x - lamp_x) ** 2 + (scene.y - lamp_y) ** 2
        nearest, farthest = float(distance.min()), float(distance.max())
        fall = (distance - nearest) / (farthest - nearest)
        return np.exp2(-np.float32(self.dim_stops) - np.float32(self.stops) * fall).astype(
            np.float32
        )
