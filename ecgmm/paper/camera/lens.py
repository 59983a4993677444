"""A lens that bends straight lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ecgmm.paper.camera.fault import CameraFault
from ecgmm.paper.camera.view import Camera


@dataclass(frozen=True)
class Lens(CameraFault):
    """Barrel or pincushion distortion, the first term of Brown's model (1966).

    Attributes:
        distortion: how far a point in the photo's corner is moved, as a share of its distance
            from the middle.
    """

    family: ClassVar[str] = "lens"
    worst: ClassVar[dict[str, float]] = {"distortion": 0.03}

    distortion: float = 0.0

    def aim(
        self, camera: Camera, sheet_mm: tuple[float, float], rng: np.random.Generator
    ) -> Camera:
        """See `CameraFault`."""
        return replace(camera, distortion=float(rng.choice([-1, 1])) * self.distortion)
