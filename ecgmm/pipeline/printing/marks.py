"""What machines and people put on the paper around the trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM, PIXELS_PER_MV, STRIP_HEIGHT_PX
from ecgmm.paper.camera.handwriting import Handwriting
from ecgmm.paper.layouts import TWELVE_LEADS
from ecgmm.paper.raster import PIXELS_PER_SAMPLE, StripStyle, draw_ink
from ecgmm.pipeline.lettering.wording import random_line
from ecgmm.pipeline.printing.row import Row, another_lead
from ecgmm.pipeline.printing.style import median_mv

_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX_SMALL,
    cv2.FONT_HERSHEY_PLAIN,
)
_PITCH_MM = (20.0, 36.0)
_PULSE_WIDTHS_MM = (2, 5, 5)
_BOXED_SHARE = 0.15
_BAR_MM = (2.0, 5.0)
_TICK_MM = 3.0
_DASH_MM = 1.5
_NAMED_SHARE = 0.85
_BAR_SHARE = 0.75
_MOST_LINES = 3
_MOST_WORDS = 4


def draw_neighbours(
    ink: NDArray[np.uint8],
    signal_mv: NDArray[np.float32],
    style: StripStyle,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """Ink of the rows above and below: the same beats in other leads, as far as they reach in."""
    pitch_px = rng.uniform(*_PITCH_MM) * PIXELS_PER_MM
    sides = ((-1, 1), (-1,), (1,))[int(rng.integers(3))]
    for side in sides:
        lead = another_lead(signal_mv, rng)
        middle_px = style.baseline_px - median_mv(signal_mv) * PIXELS_PER_MV
        neighbour = replace(
            style, baseline_px=middle_px + side * pitch_px + median_mv(lead) * PIXELS_PER_MV
        )
        np.minimum(ink, draw_ink(lead, neighbour, ink.shape[1]), out=ink)
    return ink


def draw_pulse(
    ink: NDArray[np.uint8], row: Row, middle_px: float, style: StripStyle, rng: np.random.Generator
) -> None:
    """The reference pulse in the place that the row leaves it: 1 mV high, 2 or 5 mm wide."""
    first_px, end_px = (sample * PIXELS_PER_SAMPLE for sample in row.pulse)
    width_px = _PULSE_WIDTHS_MM[int(rng.integers(len(_PULSE_WIDTHS_MM)))] * PIXELS_PER_MM
    leftmost_px = first_px - width_px / 2 if first_px == 0 else first_px
    left_px = rng.uniform(leftmost_px, max(end_px - width_px, first_px + 1))
    top_px = middle_px - PIXELS_PER_MV
    x = (first_px, left_px, left_px, left_px + width_px, left_px + width_px, end_px)
    y = (middle_px, middle_px, top_px, top_px, middle_px, middle_px)
    points = np.rint(np.column_stack([x, y])).astype(np.int32)
    cv2.polylines(ink, [points], False, style.ink, style.ink_width_px, cv2.LINE_AA)
    if rng.random() < _BOXED_SHARE:
        margin_px = rng.uniform(1, 3) * PIXELS_PER_MM
        left_top = round(first_px), round(top_px - margin_px)
        cv2.rectangle(ink, left_top, (round(end_px), round(middle_px + margin_px)), style.ink, 1)


def draw_borders(
    ink: NDArray[np.uint8], row: Row, middle_px: float, style: StripStyle, rng: np.random.Generator
) -> None:
    """What parts the leads where the row goes over to another one, and their names."""
    has_separators, has_names = rng.random() < _BAR_SHARE, rng.random() < _NAMED_SHARE
    separator = _SEPARATORS[int(rng.integers(len(_SEPARATORS)))]
    half_px = rng.uniform(*_BAR_MM) * PIXELS_PER_MM
    thickness = int(rng.integers(1, 4))
    below = rng.uniform(4, 8) if rng.random() < 0.5 else -rng.uniform(5, 14)
    foot_px = round(middle_px + below * PIXELS_PER_MM)
    font, size = _typeface(rng)
    first = int(rng.integers(len(TWELVE_LEADS)))
    for number, start in enumerate(row.starts):
        x = round(start * PIXELS_PER_SAMPLE)
        if has_separators and number > 0:
            for top_px, bottom_px in separator(middle_px, half_px):
                ends = (x, round(top_px)), (x, round(bottom_px))
                cv2.line(ink, *ends, style.ink, thickness)
        if has_names:
            name = TWELVE_LEADS[(first + 3 * number) % len(TWELVE_LEADS)]
            _write(ink, name, (x + 1, foot_px), style.ink, font, size)


Strokes = list[tuple[float, float]]
"""Top and bottom of each stroke of what stands between two leads."""


def _bar(middle_px: float, half_px: float) -> Strokes:
    return [(middle_px - half_px, middle_px + half_px)]


def _ticks(middle_px: float, half_px: float) -> Strokes:
    """One above the trace and one below it."""
    far_px = half_px + _TICK_MM * PIXELS_PER_MM
    return [(middle_px - far_px, middle_px - half_px), (middle_px + half_px, middle_px + far_px)]


def _dashes(_middle_px: float, _half_px: float) -> Strokes:
    dash_px = _DASH_MM * PIXELS_PER_MM
    return [(top, top + dash_px) for top in np.arange(0, STRIP_HEIGHT_PX, 2 * dash_px).tolist()]


def _column(_middle_px: float, _half_px: float) -> Strokes:
    """A line through this row and its neighbours."""
    return [(0, STRIP_HEIGHT_PX)]


_SEPARATORS: tuple[Callable[[float, float], Strokes], ...] = (_bar, _ticks, _dashes, _column)


def draw_frame(ink: NDArray[np.uint8], style: StripStyle, rng: np.random.Generator) -> None:
    """A line of the frame around the page's rows: above or below, at the left or the right."""
    height, width = ink.shape
    thickness = int(rng.integers(1, 4))
    if rng.random() < 0.5:
        y = int(rng.integers(0, height // 4))
        y = y if rng.random() < 0.5 else height - 1 - y
        cv2.line(ink, (0, y), (width, y), style.ink, thickness)
    else:
        x = int(rng.integers(0, width // 40))
        x = x if rng.random() < 0.5 else width - 1 - x
        cv2.line(ink, (x, 0), (x, height), style.ink, thickness)


def draw_writing(ink: NDArray[np.uint8], style: StripStyle, rng: np.random.Generator) -> None:
    """Header, footer and figures near the strip's edges."""
    font, size = _typeface(rng)
    for _ in range(int(rng.integers(1, _MOST_LINES + 1))):
        text = random_line(rng)
        near_top = rng.random() < 0.5
        foot_px = rng.uniform(4, 34) if near_top else STRIP_HEIGHT_PX + 8 - rng.uniform(0, 26)
        place = int(rng.integers(-20, ink.shape[1] - 30)), round(foot_px)
        _write(ink, text, place, style.ink, font, size)


def handwrite(
    picture: NDArray[np.uint8], strength: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Words in ballpoint anywhere, over the trace too."""
    words = 1 + round((_MOST_WORDS - 1) * strength)
    return Handwriting(words=words).mark(picture, PIXELS_PER_MM, rng)


def _typeface(rng: np.random.Generator) -> tuple[int, float]:
    return _FONTS[int(rng.integers(len(_FONTS)))], float(rng.uniform(0.35, 0.6))


def _write(
    ink: NDArray[np.uint8], text: str, place: tuple[int, int], grey: int, font: int, size: float
) -> None:
    if font == cv2.FONT_HERSHEY_PLAIN:
        size *= 2
    cv2.putText(ink, text, place, font, size, grey, 1, cv2.LINE_AA)
