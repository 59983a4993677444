"""From a photo of a page to the strips on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import (
    PIXELS_PER_MM,
    STEP_S,
    STRIP_S,
    STRIP_STEPS,
    STRIP_WIDTH_PX,
)
from ecgmm.paper.picture import Picture
from ecgmm.paper.reading.cut import StripCutter
from ecgmm.paper.reading.geometry import Geometry, find_geometry
from ecgmm.paper.reading.lead_names import usual_lead_names
from ecgmm.paper.reading.own_ink import OwnInk, StripInk, find_ink, keep_own_ink
from ecgmm.paper.reading.rectify import MM_PER_BOX, mesh_points
from ecgmm.paper.reading.rows import Row, find_upright_rows
from ecgmm.paper.reading.sheet import ROW_MM, Sheet, lay_flat
from ecgmm.paper.strips import PaperStrip, PaperStrips, RefusedRow

LEAST_WEIGHT = 0.05
LEAST_VISIBLE = 0.6
LEAST_COVERAGE = 0.3
CLEAR_PULSE = 0.7
CONFIDENCE_WITHOUT_PULSE = 0.5
BORDER_HALF_S = 0.09
BORDER_WEIGHT = 0.1


@dataclass(frozen=True)
class PageRow:
    """One row of a page and how it was read.

    Attributes:
        strip: the row on the time grid, with its scale in the photo and its confidence.
        leads: how many leads it shows in turn: 1 in a rhythm row, 4 in rows of 2.5 s each.
        refusal: why the row is not to be read; empty where it is.
        baseline_px: `[51, 2]` (x, y) in the photo, along 0 mV, one point every 5 mm.
        trace_px: `[1000]` height of the trace in each column of the strip, px from the top.
    """

    strip: PaperStrip
    leads: int
    refusal: str
    baseline_px: NDArray[np.float32]
    trace_px: NDArray[np.int64]


@dataclass(frozen=True)
class PageReading:
    """What was found on a photographed page.

    Attributes:
        rows: from top to bottom; none where there is no page.
        refusal: why nothing was found; empty where something was.
        quarter_turns: how often the photo has to be turned clockwise to stand upright.
        name: what a report calls the photo.
    """

    rows: tuple[PageRow, ...]
    refusal: str = ""
    quarter_turns: int = 0
    name: str = ""

    @property
    def strips(self) -> PaperStrips:
        """The rows that are to be read, and what is to be said of the others."""
        refused = tuple(
            RefusedRow(f"Row {number}: {row.refusal}", row.baseline_px, row.strip.px_per_mm)
            for number, row in enumerate(self.rows, start=1)
            if row.refusal
        )
        faults = tuple(row.reason for row in refused)
        return PaperStrips(
            strips=tuple(row.strip for row in self.rows if not row.refusal),
            faults=(self.refusal, *faults) if self.refusal else faults,
            name=self.name,
            refused=refused,
        )


def read_page(picture: Picture) -> PageReading:
    """Find the rows of a photographed page.

    Args:
        picture: of paper with a printed grid whose rows begin with reference pulses, however
            turned, folded or curled. Paper speed is taken as 25 mm/s, gain as 10 mm/mV.

    Returns:
        Its rows, each with the reason where it cannot be trusted.
    """
    geometry = find_geometry(picture.rgb)
    if geometry is None:
        return PageReading((), "No grid of ECG paper was found.", name=picture.name)
    return read_page_on(picture, geometry)


def read_page_on(picture: Picture, geometry: Geometry, *, is_upright: bool = False) -> PageReading:
    """`read_page`, where the grid is found already; only one way up if it is known."""
    sheet, rows = find_upright_rows(lay_flat(geometry), is_upright=is_upright)
    if sum(row.weight for row in rows) < LEAST_WEIGHT:
        refusal = "A grid was found, but no row of ECG that begins with a reference pulse."
        return PageReading((), refusal, name=picture.name)
    cutter = StripCutter(picture.rgb, geometry, sheet.mesh)
    names = usual_lead_names([row.leads for row in rows])
    strips = [find_ink(*cutter.cut(row.start_mm, row.baseline_mm)) for row in rows]
    return PageReading(
        tuple(
            _read_row(row, name, _own_ink(number, rows, strips), geometry, sheet)
            for number, (row, name) in enumerate(zip(rows, names, strict=True))
        ),
        quarter_turns=sheet.quarter_turns,
        name=picture.name,
    )


def _read_row(row: Row, lead_name: str, ink: OwnInk, geometry: Geometry, sheet: Sheet) -> PageRow:
    baseline_px = _along(row, 0.0, geometry, sheet)
    strip = PaperStrip(
        grey=ink.grey,
        lead_name=lead_name,
        px_per_mm=_scale(row, geometry, sheet),
        confidence=_confidence(row),
        step_weight=_step_weight(row),
        baseline_px=baseline_px,
    )
    return PageRow(strip, row.leads, _refusal(row), baseline_px, ink.trace_px)


def _own_ink(number: int, rows: Sequence[Row], strips: Sequence[StripInk]) -> OwnInk:
    """A row with its own ink alone: strips of one page lie exactly above each other."""
    own = rows[number]
    return keep_own_ink(
        strips[number],
        others_px=[
            strip.trace_px + PIXELS_PER_MM * (row.baseline_mm - own.baseline_mm)
            for row, strip in zip(rows, strips, strict=True)
            if row is not own
        ],
        borders_px=[round(border_s / STRIP_S * STRIP_WIDTH_PX) for border_s in own.border_s],
    )


def _scale(row: Row, geometry: Geometry, sheet: Sheet) -> tuple[float, float]:
    """Typical pixels of the photo a millimetre, along the row and across it."""
    along_px = np.diff(_along(row, 0.0, geometry, sheet), axis=0)
    sides_px = [_along(row, side_mm, geometry, sheet) for side_mm in (-MM_PER_BOX, MM_PER_BOX)]
    return (
        float(np.linalg.norm(along_px, axis=1).mean() / MM_PER_BOX),
        float(np.linalg.norm(sides_px[1] - sides_px[0], axis=1).mean() / (2 * MM_PER_BOX)),
    )


def _along(
    row: Row, below_baseline_mm: float, geometry: Geometry, sheet: Sheet
) -> NDArray[np.float32]:
    """`[51, 2]`, where a parallel of the row's baseline lies in the photo, every 5 mm."""
    columns = (row.start_mm + np.arange(0, ROW_MM + 1, MM_PER_BOX)) / MM_PER_BOX
    height = np.array([row.baseline_mm + below_baseline_mm]) / MM_PER_BOX
    return (mesh_points(sheet.mesh, columns, height)[0] + 0.5) / geometry.scale - 0.5


def _step_weight(row: Row) -> NDArray[np.float32]:
    """Less next to a border between leads: a bar there, or the leap, looks like a beat."""
    middle_s = (np.arange(STRIP_STEPS) + 0.5) * STEP_S
    weight = row.seen.copy()
    for border_s in row.border_s:
        weight[np.abs(middle_s - border_s) < BORDER_HALF_S] *= BORDER_WEIGHT
    return weight


def _confidence(row: Row) -> float:
    certainty_of_row = max(CONFIDENCE_WITHOUT_PULSE, min(1.0, row.pulse.score / CLEAR_PULSE))
    return certainty_of_row * row.visible * row.coverage


def _refusal(row: Row) -> str:
    if row.visible < LEAST_VISIBLE:
        return f"only {row.visible:.0%} of it is in the picture."
    if row.coverage < LEAST_COVERAGE:
        return f"a trace is seen in only {row.coverage:.0%} of it; it is too faint or blurred."
    return ""
