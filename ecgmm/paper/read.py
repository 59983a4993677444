"""From a flat picture to the strips of ECG in it.

Flat are screenshots, drawn strips, machine reports and scans: what no camera has seen. Paper speed
is taken as 25 mm/s and gain as 10 mm/mV, as on nearly all paper ECGs, where no reference pulse
says otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import (
    MM_PER_MV,
    PAPER_SPEED_MM_PER_S,
    PIXELS_PER_MM,
    STRIP_HEIGHT_PX,
    STRIP_WIDTH_PX,
)
from ecgmm.paper.flat.blank_paper import lay_out_blank_paper
from ecgmm.paper.flat.grid_lines import find_comb
from ecgmm.paper.flat.lean import measure_lean, measure_row_lean, straighten
from ecgmm.paper.flat.light import dark_on_light, darkness, evenly_lit
from ecgmm.paper.flat.paper import Paper, cut_paper
from ecgmm.paper.flat.row_places import RowPlace
from ecgmm.paper.flat.rows import ROW_MM, PageRows, PlacedStrip, cut_rows, find_rows
from ecgmm.paper.flat.scale import find_grid
from ecgmm.paper.flat.trace import (
    NoTraceError,
    find_trace,
    ink_mask,
    ink_over_grid,
)
from ecgmm.paper.picture import Picture
from ecgmm.paper.strips import PaperStrip, PaperStrips

SMALLEST_WIDTH_PX = 200
SMALLEST_HEIGHT_PX = 40
LARGEST_AREA_PX = 6_000_000

_WHOLE_ROW_TOLERANCE = 0.01
_PAPER_EDGE_MM = 2.0
_CLEAR_GRID = 0.5
_LEAST_STRAIGHT = 0.55
_FAINT_INK = 2.5
"""By how much faint traces are darkened, where writing on the page is much darker."""


@dataclass(frozen=True)
class FlatReading:
    """What was found in a flat picture.

    Attributes:
        rows: from top to bottom; none where there is no ECG.
        faults: what speaks against them, or what was assumed, in words.
        name: what a report calls the picture.
    """

    rows: tuple[PlacedStrip, ...]
    faults: tuple[str, ...] = ()
    name: str = ""

    @property
    def strips(self) -> PaperStrips:
        """The strips, each with its place."""
        placed = tuple(replace(row.strip, baseline_px=row.baseline_px) for row in self.rows)
        return PaperStrips(placed, self.faults, self.name)


def read_strips(picture: Picture) -> PaperStrips:
    """Cut a flat picture into strips on the common grid: the strips of `read_flat`."""
    return read_flat(picture).strips


def read_flat(picture: Picture) -> FlatReading:
    """Find the rows of a flat picture, and cut them into strips on the common grid.

    - The grid gives the scale. Margins, text and axes around the rows are left out; the clock
      begins where the rows begin, behind the reference pulse.
    - The reference pulse gives paper speed and gain; without one the usual ones are assumed.
    - Without a grid, rows are taken as 10 s long.
    - A row longer than 10 s gives strips that overlap by 2 s or more, a shorter one is filled up
      with paper. Rows that do not show the same beats go on one after the other.
    - A picture of 1000 x 160 pixels is a strip already and is only turned to grey.
    - A bright trace on a dark screen is inverted.

    Args:
        picture: any picture.

    Returns:
        The rows in order of time and from top to bottom; none, and the reason, where no ECG is
        seen. Whatever was assumed is said in the faults.
    """
    try:
        rgb, shrink = _bounded(picture.rgb)
        light = dark_on_light(rgb)
        if light.shape[:2] == (STRIP_HEIGHT_PX, STRIP_WIDTH_PX):
            return FlatReading((_as_it_is(light),), name=picture.name)
        rows, faults = _read_page(light)
    except NoTraceError as error:
        return FlatReading((), (str(error),), picture.name)
    return FlatReading(tuple(_enlarged(row, shrink) for row in rows), faults, picture.name)


def _bounded(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """The picture at no more than 6 megapixels, 10 px/mm of an A4 page, and how it was shrunk."""
    shrink = min(1.0, math.sqrt(LARGEST_AREA_PX / (rgb.shape[0] * rgb.shape[1])))
    if shrink == 1:
        return rgb, shrink
    shrunk = cv2.resize(rgb, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    return shrunk.astype(np.uint8), shrink


def _enlarged(row: PlacedStrip, shrink: float) -> PlacedStrip:
    """The row's place and scale in the picture before it was shrunk."""
    if shrink == 1:
        return row
    scale = row.strip.px_per_mm
    enlarged = None if scale is None else (scale[0] / shrink, scale[1] / shrink)
    return PlacedStrip(
        replace(row.strip, px_per_mm=enlarged), (row.baseline_px + 0.5) / shrink - 0.5
    )


def _as_it_is(light: NDArray[np.uint8]) -> PlacedStrip:
    """A picture that is a strip: ink among upright grid lines, or a trace on blank paper."""
    even = evenly_lit(light)
    ink = ink_over_grid(even)
    lines = find_comb(darkness(even))
    if lines is None or lines.correlation < _CLEAR_GRID:
        find_trace(ink, (PIXELS_PER_MM, PIXELS_PER_MM))
    else:
        ink_mask(ink)
    x = np.linspace(0, STRIP_WIDTH_PX, 51)
    middle = np.stack([x, np.full(len(x), STRIP_HEIGHT_PX / 2)], axis=-1)
    grey = cv2.cvtColor(light, cv2.COLOR_RGB2GRAY).astype(np.uint8)
    return PlacedStrip(PaperStrip(grey), middle)


def _read_page(light: NDArray[np.uint8]) -> tuple[tuple[PlacedStrip, ...], tuple[str, ...]]:
    height, width = light.shape[:2]
    if width < SMALLEST_WIDTH_PX or height < SMALLEST_HEIGHT_PX:
        raise NoTraceError(
            f"Too small: {width} x {height} pixels; at least {SMALLEST_WIDTH_PX} x "
            f"{SMALLEST_HEIGHT_PX} are needed."
        )
    paper = _find_paper(evenly_lit(light))
    ink = paper.ink()
    rows = find_rows(ink) or find_rows(np.minimum(_FAINT_INK * ink, 1)) or _single_row(paper)
    rows = _over_whole_paper(rows, paper)
    return tuple(cut_rows(paper, ink, rows)), tuple(_assumptions(paper, rows))


def _find_paper(light: NDArray[np.uint8]) -> Paper:
    """The paper of an evenly lit picture, by its grid or else by its rows."""
    lines = darkness(light)
    lean = measure_lean(lines)
    straight = straighten(light, lean)
    grid = find_grid(lines if straight is light else darkness(straight))
    if grid is not None and grid.clearness < _LEAST_STRAIGHT:
        raise NoTraceError("The grid is not even: the paper was photographed, and not from above.")
    if grid is not None:
        return cut_paper(straight, lean, grid)
    lean = measure_row_lean(lines)
    return lay_out_blank_paper(straighten(light, lean), lean)


def _single_row(paper: Paper) -> PageRows:
    """A row that does not look like one, but is the only thing on the paper."""
    trace = find_trace(ink_over_grid(paper.light), paper.px_per_mm)
    across, down = paper.px_per_mm
    left_mm, right_mm = trace.start_px / across, trace.end_px / across
    place = RowPlace(left_mm, right_mm, trace.middle_px / down, trace.coverage)
    return PageRows((place,), left_mm, left_mm, right_mm, pulse=None, goes_on=False)


def _over_whole_paper(rows: PageRows, paper: Paper) -> PageRows:
    """The rows over all of their paper, where that is 10 s wide: they may leave it and return."""
    width_mm = paper.size_mm[0]
    missing_mm = max(rows.start_mm, width_mm - rows.end_mm)
    is_whole = paper.clearness and abs(width_mm / ROW_MM - 1) < _WHOLE_ROW_TOLERANCE
    if rows.pulse or not is_whole or missing_mm < _PAPER_EDGE_MM:
        return rows
    return replace(rows, start_mm=0.0, end_mm=width_mm)


def _assumptions(paper: Paper, rows: PageRows) -> list[str]:
    """What a person should know about how the scale was found."""
    said = []
    if not paper.clearness:
        said.append("No grid of ECG paper was found: each row was taken as 10 s wide.")
    if rows.pulse is None:
        said.append("No reference pulse was found: 25 mm/s and 10 mm/mV are assumed.")
    elif (rows.speed_mm_per_s, rows.gain_mm_per_mv) != (PAPER_SPEED_MM_PER_S, MM_PER_MV):
        scale = f"{rows.speed_mm_per_s:g} mm/s and {rows.gain_mm_per_mv:g} mm/mV"
        said.append(f"Read at {scale}, as its reference pulse says.")
    left_out_mm = rows.start_mm - rows.left_mm
    if rows.pulse is None and left_out_mm > 0:
        said.append(f"The first {left_out_mm:.0f} mm were left out, as a covered reference pulse.")
    if rows.goes_on:
        said.append("Its rows were read one after the other: they do not show the same beats.")
    return said
