"""A picture of pages as they were drawn, spoiled and read, side by side."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.page_kinds import Specimen
from benchmarks.trace_beats import find_trace_beats
from ecgmm.grid import PIXELS_PER_MM, STRIP_HEIGHT_PX, STRIP_S, STRIP_WIDTH_PX
from ecgmm.paper.find.grid_removal import remove_grid
from ecgmm.paper.find.mesh.darkness import line_darkness
from ecgmm.paper.rows.trace import follow_trace
from ecgmm.paper.strips import PaperStrip, PaperStrips

PANEL_PX = (390, 274)
CAPTION_PX = 22
PAGES_IN_A_LINE = 2
COLOURS = 96
MOST_STRIPS = 6
POINT_S = 0.2
RULER_BELOW = 1.0
TICK = 0.3
"""Place and half length of the ruler's ticks, in 0.2 s of the row."""

LARGE_BOX_PX = 5 * PIXELS_PER_MM

_ROW_RGB = (0, 150, 0)
_GRID_RGB = (0, 110, 230)
_BEAT_RGB = (225, 0, 0)


def card(specimen: Specimen, read: PaperStrips, word: str) -> NDArray[np.uint8]:
    """Three panels: the page as drawn; its picture with what was found on it; the strips.

    Below each row lies a ruler from its first to its last moment: a blue tick every 0.2 s, 5 mm of
    most papers, and a red dot at each beat of a plain detector.
    """
    beats = [_beats(strip.grey) for strip in read.strips]
    panels = [
        _fitted(specimen.drawn),
        _fitted(_marked(specimen.photo.pixels, read, beats)),
        _fitted(_stacked(read, beats)),
    ]
    caption = np.full((CAPTION_PX, sum(panel.shape[1] for panel in panels), 3), 255, np.uint8)
    place = (4, CAPTION_PX - 7)
    text = f"{word}: {specimen.title}"
    cv2.putText(caption, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
    return np.vstack([caption, np.hstack(panels)])


def save_contact_sheet(cards: list[NDArray[np.uint8]], file: Path) -> None:
    """Save cards side by side, in few colours so that the file stays small."""
    sheet = Image.fromarray(side_by_side(cards, PAGES_IN_A_LINE))
    sheet.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


def side_by_side(tiles: list[NDArray[np.uint8]], in_a_line: int) -> NDArray[np.uint8]:
    """Pictures of one size in lines of so many, the last filled up with white."""
    blank = np.full_like(tiles[0], 255)
    whole = tiles + [blank] * (-len(tiles) % in_a_line)
    lines = [
        np.hstack(whole[first : first + in_a_line]) for first in range(0, len(whole), in_a_line)
    ]
    return np.vstack(lines)


def _beats(grey: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Times of the beats on a strip, s, from its trace alone."""
    darkness = line_darkness(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB).astype(np.uint8))
    ink = remove_grid(darkness, LARGE_BOX_PX)
    return find_trace_beats(follow_trace(ink, STRIP_HEIGHT_PX / 2))


def _marked(
    pixels: NDArray[np.uint8], read: PaperStrips, beats: list[NDArray[np.float64]]
) -> NDArray[np.uint8]:
    """The picture with a ruler below each row."""
    canvas = np.ascontiguousarray(pixels).copy()
    thickness = max(1, round(canvas.shape[1] / 450))
    for strip, beats_s in zip(read.strips, beats, strict=True):
        if strip.baseline_px is not None:
            _mark_row(canvas, strip, strip.baseline_px.astype(np.float64), beats_s, thickness)
    return canvas


def _mark_row(
    canvas: NDArray[np.uint8],
    strip: PaperStrip,
    baseline_px: NDArray[np.float64],
    beats_s: NDArray[np.float64],
    thickness: int,
) -> None:
    on_baseline = baseline_px[: 1 + round(min(STRIP_S, strip.duration_s) / POINT_S)]
    across = np.gradient(on_baseline, axis=0)[:, ::-1] * (-1, 1)
    points = on_baseline + RULER_BELOW * across
    for point, side in zip(points, TICK * across, strict=True):
        ends = [tuple(np.round(point + sign * side).astype(int).tolist()) for sign in (-1, 1)]
        cv2.line(canvas, ends[0], ends[1], _GRID_RGB, thickness, cv2.LINE_AA)
    line = np.round(points).astype(np.int32)
    cv2.polylines(canvas, [line], False, _ROW_RGB, thickness, cv2.LINE_AA)
    time_s = POINT_S * np.arange(len(points))
    for beat_s in beats_s:
        if beat_s <= strip.duration_s:
            x, y = (round(float(np.interp(beat_s, time_s, points[:, axis]))) for axis in (0, 1))
            cv2.circle(canvas, (x, y), 3 * thickness, _BEAT_RGB, -1, cv2.LINE_AA)


def _stacked(read: PaperStrips, beats: list[NDArray[np.float64]]) -> NDArray[np.uint8]:
    """The strips below each other, their beats marked."""
    if not read.strips:
        return _words(read.faults)
    shown = []
    for strip, beats_s in zip(read.strips[:MOST_STRIPS], beats, strict=False):
        picture = cv2.cvtColor(strip.grey, cv2.COLOR_GRAY2RGB)
        for beat_s in beats_s:
            x = round(float(beat_s) / STRIP_S * STRIP_WIDTH_PX)
            cv2.line(picture, (x, 0), (x, 14), _BEAT_RGB, 4)
        shown.append(picture.astype(np.uint8))
    return np.vstack(shown)


def _words(faults: tuple[str, ...]) -> NDArray[np.uint8]:
    """Why nothing was read."""
    picture = np.full((300, 1000, 3), 255, np.uint8)
    for line, text in enumerate(faults):
        place = (10, 60 + 40 * line)
        cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 2)
    return picture


def _fitted(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture as large as fits into a panel, on white."""
    width, height = PANEL_PX
    scale = min((width - 6) / picture.shape[1], (height - 6) / picture.shape[0])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    panel = np.full((height, width, 3), 255, np.uint8)
    panel[: small.shape[0], : small.shape[1]] = small
    return panel
