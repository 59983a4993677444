"""Typefaces as machines have them: the system's fonts, plotters' strokes, screens' dots."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

SYSTEM_FONTS = Path("/usr/share/fonts")
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/.:-%()*+="
_UNREADABLE = ("D050000L", "LastResort", "Z003", "cmti")  # dingbats, boxes, scripts
_OPAQUE = 255
_DOT_SHARE = 0.15
_SMALLEST_DOTS_PX = 9
_HERSHEY = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_PLAIN,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_COMPLEX_SMALL,
)
_HERSHEY_SHARE = 0.15


@dataclass(frozen=True)
class Glyph:
    """A character in ink.

    Attributes:
        ink: `[height, width]` uint8, 255 where it is full.
        left_px: of the ink's left edge, from the pen.
        top_px: of its upper edge, from the base line; negative above it.
        advance_px: how far the pen moves.
    """

    ink: NDArray[np.uint8]
    left_px: float
    top_px: float
    advance_px: float


class Typeface(Protocol):
    """Draws characters of one size."""

    cap_height_px: float

    def glyph(self, letter: str) -> Glyph:
        """One character."""


class FontFile:
    """A TrueType or OpenType font."""

    def __init__(self, path: Path, cap_height_px: float, *, in_dots: bool = False):
        """Open a font.

        Args:
            path: the font's file.
            cap_height_px: height of its capitals.
            in_dots: whether it is drawn on a coarse matrix and enlarged, as needle printers and
                old screens do.
        """
        from PIL import ImageFont

        self._shrink = max(1.0, cap_height_px / _SMALLEST_DOTS_PX) if in_dots else 1.0
        self._in_dots = in_dots
        em_px = _em_of_cap(path) * cap_height_px / self._shrink
        self._font = ImageFont.truetype(str(path), em_px)
        self.cap_height_px = cap_height_px

    def glyph(self, letter: str) -> Glyph:
        """One character."""
        from PIL import Image, ImageDraw

        left, top, right, bottom = self._font.getbbox(letter, anchor="ls")
        width, height = max(1, round(right - left) + 1), max(1, round(bottom - top) + 1)
        tile = Image.new("1" if self._in_dots else "L", (width, height))
        ImageDraw.Draw(tile).text((-left, -top), letter, fill=_OPAQUE, font=self._font, anchor="ls")
        ink = np.asarray(tile, np.uint8) * (_OPAQUE if self._in_dots else 1)
        if self._shrink > 1:
            factor = self._shrink
            large = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST)
            ink = np.asarray(large, np.uint8)
        advance = self._font.getlength(letter)
        return Glyph(ink, left * self._shrink, top * self._shrink, advance * self._shrink)


class Strokes:
    """One of Hershey's plotter fonts, as pen recorders and OpenCV write."""

    def __init__(self, font: int, cap_height_px: float, thickness_px: int):
        """Choose a font.

        Args:
            font: OpenCV's number of it.
            cap_height_px: height of its capitals.
            thickness_px: of its strokes.
        """
        self._font, self._thickness_px = font, thickness_px
        (_, full_px), _ = cv2.getTextSize("H", font, 10.0, 1)
        self._scale = 10.0 * cap_height_px / full_px
        self.cap_height_px = cap_height_px

    def glyph(self, letter: str) -> Glyph:
        """One character."""
        (advance, height), below = cv2.getTextSize(
            letter, self._font, self._scale, self._thickness_px
        )
        pad = self._thickness_px + 2
        tile = np.zeros((height + below + 2 * pad, advance + 2 * pad), np.uint8)
        cv2.putText(
            tile,
            letter,
            (pad, pad + height),
            self._font,
            self._scale,
            _OPAQUE,
            self._thickness_px,
            cv2.LINE_AA,
        )
        return Glyph(tile, -pad, -height - pad, advance)


def random_typeface(cap_height_px: float, rng: np.random.Generator) -> Typeface:
    """Some machine's typeface at a size."""
    if rng.random() < _HERSHEY_SHARE:
        thickest = max(1, round(cap_height_px / 8))
        font = _HERSHEY[int(rng.integers(len(_HERSHEY)))]
        return Strokes(font, cap_height_px, int(rng.integers(1, thickest + 1)))
    families = font_families()
    files = families[sorted(families)[int(rng.integers(len(families)))]]
    path = files[int(rng.integers(len(files)))]
    return FontFile(path, cap_height_px, in_dots=bool(rng.random() < _DOT_SHARE))


@cache
def font_families() -> dict[str, tuple[Path, ...]]:
    """The fonts of matplotlib and of the system that have every character, by family."""
    import matplotlib

    own = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    found: dict[str, list[Path]] = {}
    for path in sorted([*own.glob("*.ttf"), *SYSTEM_FONTS.rglob("*.[to]tf")]):
        if not any(word in path.stem for word in _UNREADABLE) and _has_letters(path):
            found.setdefault(path.stem.split("-")[0], []).append(path)
    return {family: tuple(files) for family, files in found.items()}


def _has_letters(path: Path) -> bool:
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(path, lazy=True) as font:
            return set(map(ord, _LETTERS)) <= set(font.getBestCmap() or ())
    except (TTLibError, KeyError):
        return False


@cache
def _em_of_cap(path: Path) -> float:
    """The size of the type, its em, over the height of its capitals."""
    from PIL import ImageFont

    font = ImageFont.truetype(str(path), 100)
    _, top, _, bottom = font.getbbox("H", anchor="ls")
    return 100 / max(bottom - top, 1)
