"""From a picture to the strips of ECG in it.

What is read here is one row, upright and flat: screenshots, drawn strips, machine reports, clean
scans. Paper speed is taken as 25 mm/s and gain as 10 mm/mV, as on nearly all paper ECGs.
"""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PAPER_SPEED_MM_PER_S, PIXELS_PER_MM, STRIP_HEIGHT_PX, STRIP_S, STRIP_WIDTH_PX
from ecgmm.paper.flat.cut import cut_strips, start_times_s
from ecgmm.paper.flat.grid_lines import find_comb
from ecgmm.paper.flat.lean import measure_lean, straighten
from ecgmm.paper.flat.scale import Box, Grid, find_grid
from ecgmm.paper.flat.trace import NoTraceError, Trace, find_trace, ink_mask, ink_over_grid
from ecgmm.paper.picture import Picture
from ecgmm.paper.strips import PaperStrip, PaperStrips

SMALLEST_WIDTH_PX = 200
SMALLEST_HEIGHT_PX = 40
LARGEST_AREA_PX = 12_000_000
CONFIDENCE_WITHOUT_GRID = 0.4

ROW_MM = STRIP_S * PAPER_SPEED_MM_PER_S

_STRIP_ASPECT = STRIP_WIDTH_PX / STRIP_HEIGHT_PX
_NEAR_ASPECT = 0.15
_WHOLE_WIDTH_SHARE = 0.9
_DARK_SCREEN_LEVEL = 100
_PAPER_QUANTILE = 0.1
_SMALLEST_CELL_PX = 8
_CELLS = 250
_BACKGROUND_NIB = np.ones((9, 9), np.uint8)
_CLEAR_GRID = 0.5
_WHOLE_ROW_TOLERANCE = 0.01
_PAPER_EDGE_MM = 2.0
_WORKING_PX_PER_MM = 2 * PIXELS_PER_MM


def read_strips(picture: Picture) -> PaperStrips:
    """Cut a picture of one row of ECG into strips on the common grid.

    - The grid gives the scale. Margins, titles and axes around it are left out; the first strip
      begins where the trace begins; the middle of the trace's range is at mid-height.
    - A row longer than 10 s gives strips that overlap by 2 s or more, a shorter one is filled up
      with paper.
    - A picture of 1000 x 160 pixels is a strip already and is only turned to grey.
    - Without a grid, a picture of about that shape is taken as 10 s wide, and says so.
    - A bright trace on a dark screen is inverted.

    Args:
        picture: any picture.

    Returns:
        The strips in order of time; none, and the reason, where no single row of ECG is seen.
    """
    light = _dark_on_light(_bounded(picture.rgb))
    try:
        if light.shape[:2] == (STRIP_HEIGHT_PX, STRIP_WIDTH_PX):
            return PaperStrips((_as_it_is(light),), name=picture.name)
        return _read_row(light, picture.name)
    except NoTraceError as error:
        return PaperStrips((), (str(error),), picture.name)


def _bounded(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    shrink = math.sqrt(LARGEST_AREA_PX / (rgb.shape[0] * rgb.shape[1]))
    if shrink >= 1:
        return rgb
    shrunk = cv2.resize(rgb, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    return shrunk.astype(np.uint8)


def _dark_on_light(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture itself, or its negative when it is a bright trace on a dark screen."""
    return 255 - rgb if np.median(_grey(rgb)[::4, ::4]) < _DARK_SCREEN_LEVEL else rgb


def _grey(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.uint8)


def _as_it_is(light: NDArray[np.uint8]) -> PaperStrip:
    """A picture that is a strip: ink among upright grid lines, or a trace on blank paper."""
    even = _evenly_lit(light)
    ink = ink_over_grid(even)
    lines = find_comb(_darkness(even))
    if lines is None or lines.correlation < _CLEAR_GRID:
        find_trace(ink, (PIXELS_PER_MM, PIXELS_PER_MM))
    else:
        ink_mask(ink)
    return PaperStrip(_grey(light))


def _read_row(light: NDArray[np.uint8], name: str) -> PaperStrips:
    height, width = light.shape[:2]
    if width < SMALLEST_WIDTH_PX or height < SMALLEST_HEIGHT_PX:
        raise NoTraceError(
            f"Too small: {width} x {height} pixels; at least {SMALLEST_WIDTH_PX} x "
            f"{SMALLEST_HEIGHT_PX} are needed."
        )
    light = _evenly_lit(light)
    light = straighten(light, measure_lean(_darkness(light)))
    grid = find_grid(_darkness(light))
    if grid is not None:
        return PaperStrips(tuple(_strips_on(light, grid)), name=name)
    strips = _strips_on(light, _grid_of_whole_strip(width, height))
    fault = "No grid of ECG paper was found: the picture was taken as 10 s wide."
    return PaperStrips(tuple(strips), (fault,), name)


def _evenly_lit(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture as if its background were white everywhere."""
    height, width = rgb.shape[:2]
    cell = max(_SMALLEST_CELL_PX, max(height, width) // _CELLS)
    coarse_size = max(1, width // cell), max(1, height // cell)
    coarse = cv2.resize(rgb, coarse_size, interpolation=cv2.INTER_AREA)
    background = cv2.GaussianBlur(cv2.dilate(coarse, _BACKGROUND_NIB), (0, 0), 3)
    level = cv2.resize(background, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.divide(rgb, level, scale=255).astype(np.uint8)


def _darkness(light: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`[height, width]` how much of any colour each pixel lacks against plain paper.

    Red, green, blue and grey lines are all seen best in the channel that they lack most.
    """
    red, green, blue = np.moveaxis(light, 2, 0)
    lacking = 255 - np.minimum(np.minimum(red, green), blue)
    plain = np.uint8(np.quantile(lacking[::4, ::4], _PAPER_QUANTILE))
    return np.maximum(lacking, plain) - plain


def _grid_of_whole_strip(width: int, height: int) -> Grid:
    """The scale of a picture without a grid that has about the shape of a strip."""
    if abs(width / height / _STRIP_ASPECT - 1) > _NEAR_ASPECT:
        raise NoTraceError(
            "No grid of ECG paper was found, nor has the picture the shape of a strip, 25 to 4."
        )
    px_per_mm = width / ROW_MM
    return Grid((px_per_mm, px_per_mm), Box(0, 0, width, height), clearness=0.0)


def _strips_on(light: NDArray[np.uint8], grid: Grid) -> list[PaperStrip]:
    paper, px_per_mm = _cut_out(light, grid)
    trace = _over_whole_row(find_trace(ink_over_grid(paper), px_per_mm), paper.shape[1], px_per_mm)
    length_px = trace.end_px - trace.start_px
    if not grid.clearness and length_px < _WHOLE_WIDTH_SHARE * paper.shape[1]:
        raise NoTraceError("No grid of ECG paper: cut the picture to 10 s, without margins.")
    duration_s = length_px / (px_per_mm[0] * PAPER_SPEED_MM_PER_S)
    starts_s = start_times_s(duration_s)
    cuts = cut_strips(_grey(paper), trace, px_per_mm, starts_s)
    return [
        PaperStrip(
            grey=cut,
            start_s=start_s,
            duration_s=min(STRIP_S, duration_s - start_s),
            px_per_mm=grid.px_per_mm if grid.clearness else None,
            confidence=_confidence(grid, trace),
        )
        for cut, start_s in zip(cuts, starts_s, strict=True)
    ]


def _cut_out(light: NDArray[np.uint8], grid: Grid) -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """The paper alone, shrunk to twice the strips' resolution where it is finer, and its scale."""
    box = grid.paper
    paper = light[box.top : box.bottom, box.left : box.right]
    width, height = (
        round(size * min(1.0, _WORKING_PX_PER_MM / px_per_mm))
        for size, px_per_mm in zip((box.width, box.height), grid.px_per_mm, strict=True)
    )
    px_per_mm = grid.px_per_mm[0] * width / box.width, grid.px_per_mm[1] * height / box.height
    scaled = cv2.resize(paper, (width, height), interpolation=cv2.INTER_AREA)
    return scaled.astype(np.uint8), px_per_mm


def _over_whole_row(trace: Trace, width_px: int, px_per_mm: tuple[float, float]) -> Trace:
    """The trace over all of its paper, where that is 10 s wide: it may leave it and return."""
    missing_mm = trace.start_px / px_per_mm[0], (width_px - trace.end_px) / px_per_mm[0]
    width_mm = width_px / px_per_mm[0]
    if abs(width_mm / ROW_MM - 1) > _WHOLE_ROW_TOLERANCE or max(missing_mm) < _PAPER_EDGE_MM:
        return trace
    return replace(trace, start_px=0, end_px=width_px)


def _confidence(grid: Grid, trace: Trace) -> float:
    certainty_of_scale = max(CONFIDENCE_WITHOUT_GRID, min(1.0, grid.clearness / _CLEAR_GRID))
    return certainty_of_scale * trace.coverage
