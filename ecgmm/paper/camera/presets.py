"""The ways in which an ECG on paper or on a screen becomes a file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ecgmm.paper.camera.background import Background
from ecgmm.paper.camera.coloured_light import ColouredLight
from ecgmm.paper.camera.curl import Curl
from ecgmm.paper.camera.defocus import Defocus
from ecgmm.paper.camera.families import check_families, generator
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

_PRESENT_SHARE = 0.5
_WEAKEST_SHARE = 0.6


@dataclass(frozen=True)
class Preset:
    """A way to make a picture of an ECG.

    Attributes:
        name: what it is called.
        setting: faults that belong to the place; they are there whatever the severity above 0.
        always: faults that are always there, at severity 1.
        sometimes: faults that are there in half of the pictures, at severity 1.
    """

    name: str
    setting: tuple[Fault, ...]
    always: tuple[Fault, ...]
    sometimes: tuple[Fault, ...]

    def faults(
        self, severity: float, seed: int = 0, *, without: Collection[str] = ()
    ) -> list[Fault]:
        """The faults of one picture, for `photograph`.

        Args:
            severity: 0 for none to 1 for the worst; each fault has 60 to 100 % of it.
            seed: decides which faults there are.
            without: families that are held out.

        Raises:
            ValueError: when the severity or a family is not known.
        """
        check_families(without)
        rng = generator(seed, self.name)
        drawn = list(self.setting) if severity > 0 else []
        for fault in (*self.always, *self.sometimes):
            present = rng.random() < _PRESENT_SHARE or fault in self.always
            strength = severity * rng.uniform(_WEAKEST_SHARE, 1.0)
            if present:
                drawn.append(fault.scaled(strength))
        return [fault for fault in drawn if fault.family not in without]


SCAN = Preset(
    "scan",
    setting=(),
    always=(Perspective(roll_deg=3.0, slack=0.06), Jpeg(quality=40), SensorNoise(levels=4.0)),
    sometimes=(
        ThermalGrain(grain=0.05),
        InkFade(lost=0.7),
        Handwriting(words=5),
        Stamp.at_severity(1.0),
        Folds(angle_deg=6.0),
        UnevenLight(stops=0.3, dim_stops=0.1),
        Defocus(disc_mm=0.5),
        LowResolution(shrink=3.0),
    ),
)
"""A flatbed scanner."""

PHONE = Preset(
    "phone",
    setting=(Background.at_severity(1.0),),
    always=(
        Perspective.at_severity(1.0),
        SensorNoise(levels=9.0),
        Jpeg(quality=45),
    ),
    sometimes=(
        ThermalGrain(grain=0.05),
        InkFade(lost=0.6),
        Handwriting(words=5),
        Stamp.at_severity(1.0),
        Folds.at_severity(1.0),
        Wrinkles.at_severity(1.0),
        Curl.at_severity(1.0),
        Lens.at_severity(1.0),
        UnevenLight.at_severity(1.0),
        HandShadow(stops=1.0),
        ColouredLight.at_severity(1.0),
        Defocus(disc_mm=0.7),
        MotionBlur(path_mm=0.7),
        LowResolution(shrink=2.5),
    ),
)
"""A telephone's camera, the sheet on a table."""

SCREENSHOT = Preset(
    "screenshot",
    setting=(),
    always=(LowResolution(shrink=3.0),),
    sometimes=(Jpeg.at_severity(1.0),),
)
"""A picture that never was on paper."""

SCREEN_PHOTO = Preset(
    "screen_photo",
    setting=(Background.at_severity(1.0),),
    always=(
        Perspective(tilt_deg=14.0, roll_deg=6.0, slack=0.1),
        Moire.at_severity(1.0),
        SensorNoise.at_severity(1.0),
        Jpeg(quality=45),
    ),
    sometimes=(
        Lens.at_severity(1.0),
        UnevenLight(stops=0.8, dim_stops=0.5),
        ColouredLight(mired=60.0),
        Defocus(disc_mm=0.7),
        MotionBlur(path_mm=0.6),
        LowResolution(shrink=2.5),
    ),
)
"""A telephone's camera in front of a screen."""

PRESETS = {preset.name: preset for preset in (SCAN, PHONE, SCREENSHOT, SCREEN_PHOTO)}
"""Every preset by its name."""
