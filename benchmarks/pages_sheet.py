"""Thumbnails of real pages with what was read over them, framed by how they were read."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.contact_sheet import side_by_side
from ecgmm.analysis.reading import Reading
from ecgmm.grid import PIXELS_PER_MV
from ecgmm.paper.strips import PaperStrip, PaperStrips
from ecgmm.paper.trace.follow import TRACE_RATE_HZ, follow_ink

THUMBNAIL_PX = (460, 330)
PAGES_IN_A_LINE = 5

_FRAME_PX, _CAPTION_PX = 5, 20
_DRAWN_AT = 3
"""Traces are drawn at so many times a thumbnail's size and shrunk with it."""

_FRAME_RGB = {
    "right": (20, 150, 40),
    "warned": (240, 170, 0),
    "refused": (120, 120, 120),
    "silent": (220, 0, 0),
}
_TRACE_RGB, _BEAT_RGB = (0, 60, 255), (225, 0, 0)
_POINT_S = 0.2
_BEAT_MM = 6.0
_USUAL_PX_PER_MM = 4.0


def thumbnail(
    rgb: NDArray[np.uint8], paper: PaperStrips, reading: Reading | None, word: str, caption: str
) -> NDArray[np.uint8]:
    """A page with each trace as it was followed (blue) and a stroke at each beat (red).

    Args:
        rgb: `[height, width, 3]` of the picture.
        paper: what was found in it.
        reading: the beats; None where the page was refused before.
        word: `right`, `warned`, `refused` or `silent`, which gives the frame's colour.
        caption: what stands below.
    """
    width, height = (side - 2 * _FRAME_PX for side in THUMBNAIL_PX)
    scale = min(width / rgb.shape[1], (height - _CAPTION_PX) / rgb.shape[0])
    enlarged = _DRAWN_AT * scale
    large = cv2.resize(rgb, None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_AREA).astype(
        np.uint8
    )
    for strip in paper.strips:
        if strip.baseline_px is not None:
            _draw(large, strip, enlarged, reading)
    size = (round(rgb.shape[1] * scale), round(rgb.shape[0] * scale))
    small = cv2.resize(large, size, interpolation=cv2.INTER_AREA)
    tile = np.full((THUMBNAIL_PX[1], THUMBNAIL_PX[0], 3), _FRAME_RGB[word], np.uint8)
    tile[_FRAME_PX:-_FRAME_PX, _FRAME_PX:-_FRAME_PX] = 255
    tile[_FRAME_PX : _FRAME_PX + size[1], _FRAME_PX : _FRAME_PX + size[0]] = small
    place = (_FRAME_PX + 3, THUMBNAIL_PX[1] - _FRAME_PX - 6)
    cv2.putText(tile, caption, place, cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
    return tile


def save_sheet(thumbnails: list[NDArray[np.uint8]], file: Path) -> None:
    """Save thumbnails side by side."""
    Image.fromarray(side_by_side(thumbnails, PAGES_IN_A_LINE)).save(file)


def _draw(
    picture: NDArray[np.uint8], strip: PaperStrip, scale: float, reading: Reading | None
) -> None:
    baseline_px = np.asarray(strip.baseline_px, np.float64)
    trace_mv = follow_ink(strip.followed).trace_mv[: round(strip.duration_s * TRACE_RATE_HZ)]
    time_s = np.arange(len(trace_mv)) / TRACE_RATE_HZ
    points = _on_page(strip, baseline_px, time_s, trace_mv)
    for run in np.ma.clump_unmasked(np.ma.masked_invalid(trace_mv)):
        line = np.round(scale * points[run]).astype(np.int32)
        cv2.polylines(picture, [line], False, _TRACE_RGB, _DRAWN_AT - 1, cv2.LINE_AA)
    beats_s = [] if reading is None else [beat.time_s - strip.start_s for beat in reading.beats]
    for beat_s in beats_s:
        if 0 <= beat_s <= strip.duration_s:
            reach_mv = np.array([-1.0, 1.0]) * _BEAT_MM * _USUAL_PX_PER_MM / PIXELS_PER_MV
            ends = _on_page(strip, baseline_px, np.array([beat_s, beat_s]), reach_mv)
            first, last = np.round(scale * ends).astype(int).tolist()
            cv2.line(picture, first, last, _BEAT_RGB, _DRAWN_AT - 1, cv2.LINE_AA)


def _on_page(
    strip: PaperStrip,
    baseline_px: NDArray[np.float64],
    time_s: NDArray[np.float64],
    above_mv: NDArray[np.floating],
) -> NDArray[np.float64]:
    """`[points, 2]` where moments of a strip, so far above its middle, lie in the picture."""
    at_s = _POINT_S * np.arange(len(baseline_px))
    on_line = np.stack([np.interp(time_s, at_s, side) for side in baseline_px.T], axis=-1)
    along = np.gradient(baseline_px, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    up = np.stack([np.interp(time_s, at_s, side) for side in (along[:, 1], -along[:, 0])], axis=-1)
    height_mm = np.asarray(above_mv) * PIXELS_PER_MV / _USUAL_PX_PER_MM
    px_per_mm = _px_per_mm(strip, baseline_px)
    return np.asarray(on_line + (height_mm * px_per_mm)[:, np.newaxis] * up, np.float64)


def _px_per_mm(strip: PaperStrip, baseline_px: NDArray[np.float64]) -> float:
    """The picture's scale upward; without a grid, that along 25 mm/s."""
    if strip.px_per_mm is not None:
        return strip.px_per_mm[1]
    length_px = np.linalg.norm(np.diff(baseline_px, axis=0), axis=1).sum()
    return float(length_px / (25.0 * _POINT_S * (len(baseline_px) - 1)))
