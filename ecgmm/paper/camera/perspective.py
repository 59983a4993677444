"""A camera that is not held straight above the sheet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.fault import CameraFault
from ecgmm.paper.camera.view import Camera, framed


@dataclass(frozen=True)
class Perspective(CameraFault):
    """A tilted, turned and carelessly framed camera.

    Attributes:
        tilt_deg: angle between the camera's axis and the vertical.
        roll_deg: largest turn of the sheet in the frame, either way.
        slack: largest difference between the sheet's size and the frame's, either way; the
            sheet is seen whole with a border around it, or a little of it is cut off.
    """

    family: ClassVar[str] = "perspective"
    worst: ClassVar[dict[str, float]] = {"tilt_deg": 18.0, "roll_deg": 22.0, "slack": 0.12}

    tilt_deg: float = 0.0
    roll_deg: float = 0.0
    slack: float = 0.0

    def aim(
        self, camera: Camera, sheet_mm: tuple[float, float], rng: np.random.Generator
    ) -> Camera:
        """See `CameraFault`."""
        azimuth = rng.uniform(0, 2 * np.pi)
        roll = np.deg2rad(self.roll_deg) * rng.uniform(-1, 1)
        tilt = np.deg2rad(self.tilt_deg)
        turned = replace(camera, rotation=_tilted(azimuth, tilt) @ _rolled(roll))
        fill = 1 - self.slack * rng.uniform(-0.4, 1)
        return framed(turned, sheet_mm, fill)


def _rolled(angle: float) -> NDArray[np.float64]:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])


def _tilted(azimuth: float, angle: float) -> NDArray[np.float64]:
    """Lower the side of the sheet that lies towards `azimuth`."""
    cos, sin = np.cos(angle), np.sin(angle)
    about_y = np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
    return _rolled(azimuth) @ about_y @ _rolled(-azimuth)
