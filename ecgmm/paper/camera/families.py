"""Every family of faults, in the order in which they happen to a sheet and to its photo."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence

import numpy as np

from ecgmm.paper.camera.background import Background
from ecgmm.paper.camera.coloured_light import ColouredLight
from ecgmm.paper.camera.curl import Curl
from ecgmm.paper.camera.defocus import Defocus
from ecgmm.paper.camera.fault import Fault
from ecgmm.paper.camera.folds import Folds
from ecgmm.paper.camera.hand_shadow import HandShadow
from ecgmm.paper.camera.handwriting import Handwriting
from ecgmm.paper.camera.ink_fade import InkFade
from ecgmm.paper.camera.jpeg import Jpeg
from ecgmm.paper.camera.lens import Lens
from ecgmm.paper.camera.low_resolution import LowResolution
from ecgmm.paper.camera.moire import Moire
from ecgmm.paper.camera.motion_blur import MotionBlur
from ecgmm.paper.camera.perspective import Perspective
from ecgmm.paper.camera.sensor_noise import SensorNoise
from ecgmm.paper.camera.stamp import Stamp
from ecgmm.paper.camera.thermal_grain import ThermalGrain
from ecgmm.paper.camera.uneven_light import UnevenLight
from ecgmm.paper.camera.wrinkles import Wrinkles

_IN_ORDER: tuple[type[Fault], ...] = (
    ThermalGrain, InkFade, Handwriting, Stamp, Folds, Wrinkles, Curl, Perspective, Lens, Background,
    UnevenLight, ColouredLight, HandShadow, Defocus, MotionBlur, Moire, SensorNoise, LowResolution,
    Jpeg,
)  # fmt: skip

FAMILIES: dict[str, type[Fault]] = {kind.family: kind for kind in _IN_ORDER}
"""Every family of faults by its name."""


def check_families(names: Collection[str]) -> None:
    """Refuse names of families that do not exist.

    Raises:
        ValueError: names the families that do.
    """
    unknown = sorted(set(names) - set(FAMILIES))
    if unknown:
        raise ValueError(
            f"Expected families out of {', '.join(FAMILIES)}. Received {', '.join(unknown)}."
        )


def in_order(faults: Sequence[Fault]) -> list[Fault]:
    """The faults that do anything, in the order in which they happen."""
    order = list(FAMILIES)
    return sorted(
        (fault for fault in faults if fault.is_present), key=lambda f: order.index(f.family)
    )


def generator(seed: int, purpose: str) -> np.random.Generator:
    """The source of chance for one purpose, such as a family, within a seed.

    So what a fault looks like follows from the seed and its family alone: it does not change when
    another fault is added, and keeps its pattern from severity to severity.
    """
    return np.random.default_rng([seed, zlib.crc32(purpose.encode())])
