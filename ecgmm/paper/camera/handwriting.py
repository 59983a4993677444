"""What a doctor wrote on the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.fault import Pixels, SheetFault
from ecgmm.paper.camera.surface import RGB, lay_ink, pen_strokes

_LETTERS: dict[str, tuple[tuple[float, float], ...]] = {
    "a": ((0.6, 0.9), (0.2, 0.9), (0, 0.45), (0.2, 0), (0.6, 0.9), (0.6, 0.2), (0.8, 0)),
    "b": ((0, 0.3), (0.3, 1.7), (0.1, 1.9), (0.1, 0.2), (0.4, 0), (0.5, 0.5), (0.7, 0.8)),
    "c": ((0.5, 0.8), (0.25, 1), (0, 0.5), (0.2, 0), (0.6, 0.2)),
    "d": ((0.5, 0.9), (0.1, 0.8), (0, 0.2), (0.3, 0), (0.6, 1.9), (0.6, 0.1), (0.8, 0.1)),
    "e": ((0, 0.4), (0.5, 0.6), (0.4, 1), (0.1, 0.8), (0.1, 0.2), (0.4, 0), (0.7, 0.2)),
    "f": ((0, 0.2), (0.4, 1.8), (0.2, 1.9), (0.1, -0.9), (0.3, -0.5), (0.2, 0.1), (0.6, 0.3)),
    "g": ((0.5, 0.9), (0.1, 0.8), (0.1, 0.2), (0.5, 0.9), (0.45, -0.8), (0.1, -0.7), (0.8, 0.2)),
    "h": ((0, 0.1), (0.3, 1.8), (0.1, 1.9), (0.15, 0), (0.4, 1), (0.6, 0.1), (0.9, 0.1)),
    "i": ((0, 0.3), (0.2, 1), (0.2, 0.2), (0.4, 0)),
    "l": ((0, 0.2), (0.4, 1.7), (0.2, 2), (0.1, 1.6), (0.15, 0.2), (0.4, 0)),
    "m": ((0, 0), (0, 1), (0.1, 0), (0.35, 1), (0.4, 0), (0.65, 1), (0.75, 0.1), (1, 0.1)),
    "n": ((0, 0), (0, 1), (0.1, 0), (0.4, 1), (0.5, 0.1), (0.75, 0.1)),
    "o": ((0.4, 1), (0, 0.7), (0, 0.2), (0.35, 0), (0.6, 0.4), (0.4, 1), (0.75, 0.8)),
    "p": ((0, 0.9), (0, -0.9), (0.1, 0.7), (0.4, 1), (0.6, 0.5), (0.3, 0), (0.8, 0.1)),
    "r": ((0, 0), (0, 1), (0.1, 0.5), (0.35, 1), (0.5, 0.8), (0.6, 0.1)),
    "s": ((0, 0.1), (0.35, 1), (0.5, 0.3), (0.25, 0), (0.1, 0.1), (0.65, 0.1)),
    "t": ((0, 0.3), (0.25, 1.7), (0.2, 0.3), (0.4, 0), (0.55, 0.2)),
    "u": ((0, 0.9), (0, 0.2), (0.3, 0), (0.5, 0.9), (0.5, 0.1), (0.75, 0.1)),
    "v": ((0, 0.9), (0.2, 0), (0.45, 0.9), (0.65, 0.85)),
    "w": ((0, 0.9), (0.1, 0.1), (0.3, 0.7), (0.45, 0.1), (0.65, 0.9), (0.85, 0.85)),
}  # fmt: skip
"""The pen's path through each letter: x to the right, y upwards, 1 the height of an a."""

_WORDS = (
    "sinus", "normal", "no change", "old infarct", "review", "repeat", "stable", "lvh", "discussed",
    "regular", "see notes", "ward three", "afib", "fast", "improved",
)  # fmt: skip
_PENS: tuple[RGB, ...] = ((30, 45, 140), (25, 25, 30), (35, 60, 165), (175, 30, 40))
_PEN_MM = (0.35, 0.7)
_HEIGHT_MM = (2.5, 5.0)
_SPACE = 0.8
_LETTER_SPACE = 0.15
_SMOOTHINGS = 3
_HAND = 0.08


@dataclass(frozen=True)
class Handwriting(SheetFault):
    """Words in ballpoint anywhere on the sheet, some of them underlined or ringed.

    Attributes:
        words: how many.
    """

    family: ClassVar[str] = "handwriting"
    worst: ClassVar[dict[str, float]] = {"words": 6}

    words: int = 0

    def mark(self, pixels: Pixels, px_per_mm: float, rng: np.random.Generator) -> Pixels:
        """See `SheetFault`."""
        written = pixels.copy()
        pen = _PENS[int(rng.integers(len(_PENS)))]
        pen_px = rng.uniform(*_PEN_MM) * px_per_mm
        size = np.array([pixels.shape[1], pixels.shape[0]])
        for _ in range(self.words):
            strokes = _written(str(rng.choice(_WORDS)), rng)
            strokes += _emphasis(float(strokes[-1][:, 0].max()), rng)
            place = rng.uniform((0.0, 0.1), (0.8, 0.95)) * size
            scale = rng.uniform(*_HEIGHT_MM) * px_per_mm
            angle = rng.normal(0, 0.06)
            density, corner = pen_strokes(
                [place + scale * _turned(stroke, angle) for stroke in strokes], pen_px
            )
            lay_ink(written, density, corner, pen)
        return written


def _written(words: str, rng: np.random.Generator) -> list[NDArray[np.float64]]:
    """`[points, 2]`, the pen's path through each word; y downwards, 1 the height of an a."""
    slant = rng.uniform(0.0, 0.4)
    strokes: list[NDArray[np.float64]] = []
    for word in words.split():
        x = float(strokes[-1][:, 0].max()) + _SPACE if strokes else 0.0
        path = _smooth(_path(word, x, rng))
        strokes.append(np.stack([path[:, 0] + slant * path[:, 1], -path[:, 1]], axis=-1))
    return strokes


def _path(word: str, x: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """The letters of a word in an unsteady hand, one after the other from `x` on."""
    points = []
    for letter in word:
        shape = np.array(_LETTERS[letter], np.float64)
        shape[:, 0] *= rng.uniform(0.85, 1.2)
        shape[:, 0] += x
        points.append(shape + rng.normal(0, _HAND, shape.shape))
        x = float(points[-1][-1, 0]) + _LETTER_SPACE
    return np.concatenate(points)


def _emphasis(width: float, rng: np.random.Generator) -> list[NDArray[np.float64]]:
    """Sometimes a line under the words or a ring around them."""
    kind = rng.choice(["none", "line", "ring"], p=[0.6, 0.25, 0.15])
    if kind == "line":
        ends = np.array([(0, 1.2), (0.5 * width, 1.1), (width, 1.3)])
        return [_smooth(ends + rng.normal(0, _HAND, ends.shape))]
    if kind == "ring":
        turn = np.linspace(0, 2.15 * np.pi, 16)
        ring = np.stack([0.5 + 0.62 * np.cos(turn), -0.4 + 1.9 * np.sin(turn)], -1) * (width, 1)
        return [_smooth(ring + rng.normal(0, _HAND, ring.shape))]
    return []


def _smooth(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut the corners of a path a few times (Chaikin 1974)."""
    for _ in range(_SMOOTHINGS):
        before, after = points[:-1], points[1:]
        cut = np.stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after], axis=1)
        points = np.concatenate([points[:1], cut.reshape(-1, 2), points[-1:]])
    return points


def _turned(points: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    cos, sin = np.cos(angle), np.sin(angle)
    return points @ np.array([[cos, sin], [-sin, cos]])
