"""The photographer in his own light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.fault import LightFault, Scene

_PENUMBRA_MM = (3.0, 18.0)
_FOREARM_MM = 70.0
_PALM_MM = 85.0
_FINGER_MM = 17.0
_FINGER_LENGTH_MM = (70.0, 95.0)
_FINGERS = 4


@dataclass(frozen=True)
class HandShadow(LightFault):
    """The soft shadow of a forearm, a palm and four fingers that reach into the photo.

    Attributes:
        stops: how much darker the core of the shadow is, in photographic stops.
    """

    family: ClassVar[str] = "hand_shadow"
    worst: ClassVar[dict[str, float]] = {"stops": 1.3}

    stops: float = 0.0

    def light(self, scene: Scene, rng: np.random.Generator) -> NDArray[np.float32]:
        """See `LightFault`."""
        shadow = np.zeros((scene.rows, scene.columns), np.float32)
        size = np.array([scene.columns, scene.rows], np.float64)
        angle = rng.uniform(0, 2 * np.pi)
        towards = np.array([np.cos(angle), np.sin(angle)])
        palm = size / 2 + towards * size * rng.uniform(0.1, 0.45)
        elbow = palm + towards * size.max() * 2
        _limb(shadow, palm, elbow, _FOREARM_MM / scene.cell_mm)
        _limb(shadow, palm, palm, _PALM_MM / scene.cell_mm)
        for finger in range(_FINGERS):
            spread = angle + np.pi + (finger - 1.5) * rng.uniform(0.12, 0.3)
            length = rng.uniform(*_FINGER_LENGTH_MM) / scene.cell_mm
            tip = palm + length * np.array([np.cos(spread), np.sin(spread)])
            _limb(shadow, palm, tip, _FINGER_MM / scene.cell_mm)
        softness = rng.uniform(*_PENUMBRA_MM) / scene.cell_mm
        soft = cv2.GaussianBlur(shadow, (0, 0), max(softness / 2, 0.5))
        return np.exp2(-self.stops * soft).astype(np.float32)


def _limb(
    shadow: NDArray[np.float32],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    width: float,
) -> None:
    ends = [(round(float(x)), round(float(y))) for x, y in (start, end)]
    cv2.line(shadow, ends[0], ends[1], color=1.0, thickness=max(1, round(width)))
