"""A rubber stamp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.fault import Pixels, SheetFault
from ecgmm.paper.camera.noise import smooth_noise, white_noise
from ecgmm.paper.camera.surface import RGB, lay_ink
from ecgmm.paper.fonts import pillow_font

_WORDS = ("RECEIVED", "CONFIRMED", "CARDIOLOGY", "COPY", "FILED", "SEEN", "WARD 3")
_INKS: tuple[RGB, ...] = ((45, 60, 150), (170, 35, 50), (95, 45, 135), (35, 95, 70))
_LINE_SHARE = 0.025
_HIGHEST_SHARE = 0.2
_EMS_A_LETTER = 0.8
_WIDTH_MM = (25.0, 60.0)
_WORN_SHARE = 0.5


@dataclass(frozen=True)
class Stamp(SheetFault):
    """One stamp somewhere on the sheet, its ink uneven.

    Attributes:
        density: how much of the light its ink takes away where it is densest.
    """

    family: ClassVar[str] = "stamp"
    worst: ClassVar[dict[str, float]] = {"density": 0.85}

    density: float = 0.0

    def mark(self, pixels: Pixels, px_per_mm: float, rng: np.random.Generator) -> Pixels:
        """See `SheetFault`."""
        side = max(8, round(rng.uniform(*_WIDTH_MM) * px_per_mm))
        is_round, word = rng.random() < 0.5, str(rng.choice(_WORDS))
        design = _round_design(side, word) if is_round else _square_design(side, word)
        angle = rng.uniform(-25, 25)
        turn = cv2.getRotationMatrix2D((side / 2, side / 2), angle, 1.0)
        turned = cv2.warpAffine(design, turn, (side, side)).astype(np.float32) / 255
        worn = 1 - _WORN_SHARE * np.abs(smooth_noise(side, side, side / 3, rng))
        worn *= 1 - 0.15 * np.abs(white_noise(side, side, rng))
        corner = rng.uniform(-0.3, 0.9, 2) * (pixels.shape[1], pixels.shape[0])
        stamped = pixels.copy()
        density = np.clip(self.density * worn * turned, 0, 1).astype(np.float32)
        ink = _INKS[int(rng.integers(len(_INKS)))]
        lay_ink(stamped, density, (int(corner[0]), int(corner[1])), ink)
        return stamped


def _round_design(side: int, word: str) -> NDArray[np.uint8]:
    design = np.zeros((side, side), np.uint8)
    line = max(1, round(_LINE_SHARE * side))
    middle = (side // 2, side // 2)
    for radius in (0.44, 0.36):
        cv2.circle(design, middle, round(radius * side), 255, line, cv2.LINE_AA)
    _set_word(design, word, 0.6)
    return design


def _square_design(side: int, word: str) -> NDArray[np.uint8]:
    design = np.zeros((side, side), np.uint8)
    line = max(1, round(_LINE_SHARE * side))
    corners = (round(0.08 * side), round(0.34 * side)), (round(0.92 * side), round(0.66 * side))
    cv2.rectangle(design, *corners, 255, line, cv2.LINE_AA)
    _set_word(design, word, 0.74)
    return design


def _set_word(design: NDArray[np.uint8], word: str, width_share: float) -> None:
    """Write a word into the middle, as large as a share of the width allows."""
    from PIL import Image, ImageDraw

    side = len(design)
    image = Image.fromarray(design)
    size_px = min(_HIGHEST_SHARE * side, width_share * side / (_EMS_A_LETTER * len(word)))
    font = pillow_font("DejaVuSans-Bold", max(4.0, round(size_px)))
    ImageDraw.Draw(image).text((side / 2, side / 2), word, fill=255, font=font, anchor="mm")
    design[:] = np.asarray(image)
