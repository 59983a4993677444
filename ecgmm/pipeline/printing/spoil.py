"""What happens to a printed strip before it is a file."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ecgmm.pipeline.printing import light, optics
from ecgmm.pipeline.printing.config import PictureConfig
from ecgmm.pipeline.printing.families import FAULT_SHARES

Fault = Callable[[NDArray[np.uint8], float, np.random.Generator], NDArray[np.uint8]]

FAULTS: dict[str, Fault] = {
    "thermal_grain": optics.thermal_grain,
    "folds": light.folds,
    "wrinkles": light.wrinkles,
    "uneven_light": light.uneven_light,
    "hand_shadow": light.hand_shadow,
    "defocus": optics.defocus,
    "motion_blur": optics.motion_blur,
    "low_resolution": optics.low_resolution,
    "moire": optics.moire,
    "sensor_noise": optics.sensor_noise,
    "jpeg": optics.jpeg,
}
"""Each takes a grey picture, a strength from 0 to 1 and chance; in the order of their causes."""


def spoil(
    picture: NDArray[np.uint8], config: PictureConfig, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Take a picture of a strip, with all that goes wrong.

    Args:
        picture: `[height, width]` grey.
        config: which families there are, and how strong.
        rng: source of chance.

    Returns:
        `[height, width]`; nothing on it has moved.
    """
    for name, fault in FAULTS.items():
        strength = config.strength(name, FAULT_SHARES[name], rng)
        if strength > 0:
            picture = fault(picture, strength, rng)
    return picture
