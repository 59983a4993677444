"""Paper and pens for what is not an ECG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MV, STRIP_HEIGHT_PX
from ecgmm.paper.raster import PIXELS_PER_SAMPLE, StripStyle, draw_grid, draw_ink
from ecgmm.pipeline.printing.config import PictureConfig
from ecgmm.pipeline.printing.style import random_style

_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX_SMALL,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
)
_WORDS = (
    "the", "patient", "was", "seen", "on", "ward", "with", "report", "date", "total", "and", "of",
    "account", "monday", "invoice", "result", "figure", "is", "not", "a", "to", "garden", "letter",
    "page", "sum", "lead", "II", "mg", "daily", "name", "address", "42", "3.14", "2019", "100 %",
)  # fmt: skip
_NO_SIGNAL = np.zeros(2, np.float32)


def blank_style(rng: np.random.Generator, gridless: float = 0.0) -> StripStyle:
    """Paper, grid and ink as ECG machines use them; 0 mV is at mid-height.

    Args:
        rng: source of chance.
        gridless: share of papers without a grid.
    """
    style = random_style(_NO_SIGNAL, PictureConfig(gridless=gridless), rng)
    return replace(style, baseline_px=STRIP_HEIGHT_PX / 2)


def sheet(style: StripStyle, width_px: int) -> NDArray[np.uint8]:
    """`[160, width_px]`, paper with its grid."""
    picture = np.full((STRIP_HEIGHT_PX, width_px), style.paper, np.uint8)
    draw_grid(picture, style)
    return picture


def samples_of(width_px: int) -> int:
    """How many samples at 125 Hz a picture of that width holds."""
    return round(width_px / PIXELS_PER_SAMPLE)


def draw_channels(
    channels_mv: Sequence[NDArray[np.float32]], style: StripStyle, width_px: int
) -> NDArray[np.uint8]:
    """Traces one above the other, evenly spaced over the strip's height."""
    picture = sheet(style, width_px)
    spacing_px = STRIP_HEIGHT_PX / len(channels_mv)
    for number, channel_mv in enumerate(channels_mv):
        middle_px = (number + 0.5) * spacing_px + float(np.median(channel_mv)) * PIXELS_PER_MV
        placed = replace(style, baseline_px=middle_px)
        np.minimum(picture, draw_ink(channel_mv, placed, width_px), out=picture)
    return picture


def write(
    picture: NDArray[np.uint8], text: str, place: tuple[int, int], grey: int, size: float, font: int
) -> None:
    """Set a line of text, its left end and foot at `place`, in place."""
    thickness = 1 if size < 1 else 2
    cv2.putText(picture, text, place, font, size, grey, thickness, cv2.LINE_AA)


def random_words(count: int, rng: np.random.Generator) -> str:
    """Some words that make no sense."""
    return " ".join(_WORDS[i] for i in rng.integers(len(_WORDS), size=count))


def random_font(rng: np.random.Generator) -> int:
    """One of OpenCV's typefaces."""
    return _FONTS[int(rng.integers(len(_FONTS)))]
