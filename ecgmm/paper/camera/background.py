"""What the sheet lies on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.fault import Fault
from ecgmm.paper.camera.noise import smooth_noise, white_noise

_WHITE = 255.0
_TEXEL_MM = 0.4
_THREAD_MM = 1.6
_WOODS = np.array(
    [(165, 118, 76), (128, 84, 52), (196, 158, 112), (62, 54, 50), (38, 35, 36)], np.float32
)


@dataclass(frozen=True)
class Background(Fault):
    """A table top: wood, woven cloth or a plain desk. Without it the table is white.

    Attributes:
        contrast: how far it is from white, 1 being its natural colour and texture.
    """

    family: ClassVar[str] = "background"
    worst: ClassVar[dict[str, float]] = {"contrast": 1.0}

    contrast: float = 0.0

    def table(
        self, height_px: int, width_px: int, px_per_mm: float, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        """The table without the sheet, `[height, width, 3]`."""
        rows, columns = (
            max(2, round(side / px_per_mm / _TEXEL_MM)) for side in (height_px, width_px)
        )
        paint = (_wood, _cloth, _desk)[int(rng.integers(3))]
        colour = _WHITE + self.contrast * (paint(rows, columns, rng) - _WHITE)
        texture = np.clip(colour, 0, _WHITE).astype(np.uint8)
        return np.asarray(cv2.resize(texture, (width_px, height_px)), np.uint8)


def _wood(rows: int, columns: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Boards: fibres a hundred times longer than wide, and slow waves of colour."""
    colour = _WOODS[int(rng.integers(len(_WOODS)))]
    upright = rng.random() < 0.5
    rows, columns = (columns, rows) if upright else (rows, columns)
    fibres = _stretched(smooth_noise(rows, max(2, columns // 100), 2.0, rng), columns)
    waves = _stretched(smooth_noise(rows, max(2, columns // 25), 14.0, rng), columns)
    tone = 1 + 0.13 * fibres + 0.12 * waves + 0.02 * white_noise(rows, columns, rng)
    tone = tone.T if upright else tone
    return tone[..., np.newaxis] * colour


def _stretched(noise: NDArray[np.float32], columns: int) -> NDArray[np.float32]:
    size = columns, len(noise)
    return np.asarray(cv2.resize(noise, size, interpolation=cv2.INTER_CUBIC), np.float32)


def _cloth(rows: int, columns: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Threads over and under each other, and the cloth's own gentle folds."""
    colour = rng.uniform(25, 160, 3).astype(np.float32)
    thread = 2 * np.pi * _TEXEL_MM / _THREAD_MM
    x = np.arange(columns, dtype=np.float32)[np.newaxis] * thread
    y = np.arange(rows, dtype=np.float32)[:, np.newaxis] * thread
    weave = 0.07 * np.sin(x) * np.sin(y)
    folds = 0.12 * smooth_noise(rows, columns, 260.0, rng)
    tone = 1 + weave + folds + 0.03 * white_noise(rows, columns, rng)
    return tone[..., np.newaxis] * colour


def _desk(rows: int, columns: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """A plain laminate, light or dark, a little speckled."""
    colour = (rng.uniform(35, 225) + rng.uniform(-12, 12, 3)).astype(np.float32)
    tone = 1 + 0.05 * smooth_noise(rows, columns, 400.0, rng)
    tone = tone + 0.025 * white_noise(rows, columns, rng)
    return tone[..., np.newaxis] * colour
