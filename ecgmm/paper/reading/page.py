"""From a photo of a page to the strips on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.picture import Picture
from ecgmm.paper.reading.cut import StripCutter
from ecgmm.paper.reading.geometry import Geometry, find_geometry
from ecgmm.paper.reading.rectify import MM_PER_BOX, mesh_points
from ecgmm.paper.reading.rows import ROW_MM, Row, find_upright_rows
from ecgmm.paper.reading.sheet import Sheet, lay_flat
from ecgmm.paper.strips import PaperStrip

LEAST_WEIGHT = 0.05
LEAST_VISIBLE = 0.6
LEAST_COVERAGE = 0.3
LARGEST_RESIDUAL = 0.05
CLEAR_PULSE = 0.7


@dataclass(frozen=True)
class PageRow:
    """One row of a page and how it was read.

    Attributes:
        strip: the row on the time grid.
        leads: how many leads it shows in turn: 1 in a rhythm row, 4 in rows of 2.5 s each.
        pixels_per_mm: scale of the photo along the row.
        confidence: from 0 to 1.
        refusal: why the row is not to be read; empty where it is.
        baseline_px: `[51, 2]` (x, y) in the photo, along 0 mV, one point every 5 mm.
    """

    strip: PaperStrip
    leads: int
    pixels_per_mm: float
    confidence: float
    refusal: str
    baseline_px: NDArray[np.float32]


@dataclass(frozen=True)
class PageReading:
    """What was found on a photographed page.

    Attributes:
        rows: from top to bottom; none where there is no page.
        refusal: why nothing was found; empty where something was.
        quarter_turns: how often the photo has to be turned clockwise to stand upright.
    """

    rows: tuple[PageRow, ...]
    refusal: str = ""
    quarter_turns: int = 0


def read_page(picture: Picture) -> PageReading:
    """Find the rows of a photographed page.

    Args:
        picture: of paper with a printed 5 mm grid, however turned, folded or curled.

    Returns:
        Its rows, each with the reason where it cannot be trusted.
    """
    geometry = find_geometry(picture.rgb)
    if geometry is None:
        return PageReading((), "No grid of ECG paper was found.")
    sheet, rows = find_upright_rows(lay_flat(geometry))
    if sum(row.weight for row in rows) < LEAST_WEIGHT:
        return PageReading((), "A grid was found, but no row that begins with a reference pulse.")
    cutter = StripCutter(picture.rgb, geometry, sheet.mesh)
    return PageReading(
        tuple(_read_row(row, geometry, sheet, cutter) for row in rows),
        quarter_turns=sheet.quarter_turns,
    )


def _read_row(row: Row, geometry: Geometry, sheet: Sheet, cutter: StripCutter) -> PageRow:
    columns = (row.start_mm + np.arange(0, ROW_MM + 1, MM_PER_BOX)) / MM_PER_BOX
    points = mesh_points(sheet.mesh, columns, np.array([row.baseline_mm / MM_PER_BOX]))[0]
    baseline_px = (points + 0.5) / geometry.scale - 0.5
    length_px = float(np.linalg.norm(np.diff(baseline_px, axis=0), axis=1).sum())
    return PageRow(
        strip=PaperStrip(cutter.cut(row.start_mm, row.baseline_mm)),
        leads=row.leads,
        pixels_per_mm=length_px / ROW_MM,
        confidence=_confidence(row),
        refusal=_refusal(row, geometry),
        baseline_px=baseline_px,
    )


def _confidence(row: Row) -> float:
    return min(1.0, row.pulse.score / CLEAR_PULSE) * row.visible * row.coverage


def _refusal(row: Row, geometry: Geometry) -> str:
    if geometry.mesh.residual_px > LARGEST_RESIDUAL * geometry.box_px:
        return "The grid is too uneven to be pulled straight: flatten the paper, take a new photo."
    if row.visible < LEAST_VISIBLE:
        return f"Only {row.visible:.0%} of the row is in the picture."
    if row.coverage < LEAST_COVERAGE:
        return f"A trace was found in only {row.coverage:.0%} of the row: too faint or blurred."
    return ""
