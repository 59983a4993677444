"""A warm lamp on one side and a blue window on the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.fault import LightFault, Scene

_WHITE_KELVIN = 6500.0
_KELVIN_OF_ONE_MIRED = 1e6
_SECOND_RADIATION_CONSTANT_NM_K = 1.438777e7
_WAVELENGTHS_NM = np.array([610.0, 545.0, 465.0])
"""Where the red, green and blue filters of a camera let most light through."""


@dataclass(frozen=True)
class ColouredLight(LightFault):
    """Light of two colour temperatures, one from each side, to a camera set to 6500 K.

    Attributes:
        mired: largest difference from white, either way, in mired (a million over kelvin):
            150 turns 6500 K into 3300 K, an incandescent lamp.
    """

    family: ClassVar[str] = "coloured_light"
    worst: ClassVar[dict[str, float]] = {"mired": 60.0}

    mired: float = 0.0

    def light(self, scene: Scene, rng: np.random.Generator) -> NDArray[np.float32]:
        """See `LightFault`."""
        first, second = (_filter_gains(self.mired * rng.uniform(-0.7, 1)) for _ in range(2))
        angle = rng.uniform(0, 2 * np.pi)
        share = 0.5 + 0.35 * (np.cos(angle) * scene.x + np.sin(angle) * scene.y)
        share = np.clip(share, 0, 1)[..., np.newaxis]
        return (share * first + (1 - share) * second).astype(np.float32)


def _filter_gains(mired: float) -> NDArray[np.float64]:
    """What red, green and blue get of a black body's light (Planck's law), green kept at most 1."""
    kelvin = _KELVIN_OF_ONE_MIRED / (_KELVIN_OF_ONE_MIRED / _WHITE_KELVIN + mired)
    gains = _radiance(kelvin) / _radiance(_WHITE_KELVIN)
    return gains / gains.max()


def _radiance(kelvin: float) -> NDArray[np.float64]:
    return 1 / np.expm1(_SECOND_RADIATION_CONSTANT_NM_K / (_WAVELENGTHS_NM * kelvin))
