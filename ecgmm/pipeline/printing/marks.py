"""What machines and people put on the paper around the trace."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM, PIXELS_PER_MV, STRIP_HEIGHT_PX
from ecgmm.paper.camera.handwriting import Handwriting
from ecgmm.paper.raster import PIXELS_PER_SAMPLE, StripStyle, draw_ink
from ecgmm.pipeline.printing.row import Row, another_lead
from ecgmm.pipeline.printing.style import median_mv

LEAD_NAMES = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")

_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX_SMALL,
    cv2.FONT_HERSHEY_PLAIN,
)
_LINES = (
    "25 mm/s", "10 mm/mV", "25mm/s   10mm/mV   0.05-150 Hz", "HR 72 bpm", "ID: 40217", "MLII",
    "Vent. rate 88   PR 164 ms   QRS 92 ms   QT/QTc 392/421", "Name:", "1/2", "22-Nov 10:41",
    "Normal sinus rhythm", "F 50~", "Age 63 yrs", "Unconfirmed report",
)  # fmt: skip
_PITCH_MM = (20.0, 36.0)
_PULSE_WIDTH_MM = 5
_BAR_MM = (2.0, 5.0)
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
    """The reference pulse at the row's left end: 5 mm wide, 10 mm high."""
    end_px = row.pulse_end * PIXELS_PER_SAMPLE
    width_px = _PULSE_WIDTH_MM * PIXELS_PER_MM
    left_px = rng.uniform(-width_px / 2, max(end_px - width_px, 1))
    top_px = middle_px - PIXELS_PER_MV
    x = (left_px - width_px, left_px, left_px, left_px + width_px, left_px + width_px, end_px)
    y = (middle_px, middle_px, top_px, top_px, middle_px, middle_px)
    points = np.rint(np.column_stack([x, y])).astype(np.int32)
    cv2.polylines(ink, [points], False, style.ink, style.ink_width_px, cv2.LINE_AA)


def draw_borders(
    ink: NDArray[np.uint8], row: Row, middle_px: float, style: StripStyle, rng: np.random.Generator
) -> None:
    """Bars where the row goes over to another lead, and the leads' names."""
    has_bars, has_names = rng.random() < _BAR_SHARE, rng.random() < _NAMED_SHARE
    half_px = rng.uniform(*_BAR_MM) * PIXELS_PER_MM
    thickness = int(rng.integers(1, 4))
    below = rng.uniform(4, 8) if rng.random() < 0.5 else -rng.uniform(5, 14)
    foot_px = round(middle_px + below * PIXELS_PER_MM)
    font, size = _typeface(rng)
    first = int(rng.integers(len(LEAD_NAMES)))
    for number, border in enumerate((row.pulse_end, *row.borders)):
        x = round(border * PIXELS_PER_SAMPLE)
        if has_bars and number > 0:
            ends = (x, round(middle_px - half_px)), (x, round(middle_px + half_px))
            cv2.line(ink, *ends, style.ink, thickness)
        if has_names:
            name = LEAD_NAMES[(first + 3 * number) % len(LEAD_NAMES)]
            _write(ink, name, (x + 1, foot_px), style.ink, font, size)


def draw_writing(ink: NDArray[np.uint8], style: StripStyle, rng: np.random.Generator) -> None:
    """Header, footer and figures near the strip's edges."""
    font, size = _typeface(rng)
    for _ in range(int(rng.integers(1, _MOST_LINES + 1))):
        text = _LINES[int(rng.integers(len(_LINES)))]
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
