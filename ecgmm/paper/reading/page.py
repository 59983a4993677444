"""From a photo of a page to the strips on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.picture import Picture
from ecgmm.paper.reading.cut import StripCutter
from ecgmm.paper.reading.geometry import Geometry, find_geometry
from ecgmm.paper.reading.rectify import MM_PER_BOX, mesh_points
from ecgmm.paper.reading.rows import Row, find_upright_rows
from ecgmm.paper.reading.sheet import ROW_MM, Sheet, lay_flat
from ecgmm.paper.strips import PaperStrip, PaperStrips

LEAST_WEIGHT = 0.05
LEAST_VISIBLE = 0.6
LEAST_COVERAGE = 0.3
CLEAR_PULSE = 0.7
CONFIDENCE_WITHOUT_PULSE = 0.5


@dataclass(frozen=True)
class PageRow:
    """One row of a page and how it was read.

    Attributes:
        strip: the row on the time grid, with its scale in the photo and its confidence.
        leads: how many leads it shows in turn: 1 in a rhythm row, 4 in rows of 2.5 s each.
        refusal: why the row is not to be read; empty where it is.
        baseline_px: `[51, 2]` (x, y) in the photo, along 0 mV, one point every 5 mm.
    """

    strip: PaperStrip
    leads: int
    refusal: str
    baseline_px: NDArray[np.float32]


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
        refusals = [(f"Row {number}: ", row) for number, row in enumerate(self.rows, start=1)]
        faults = [where + row.refusal for where, row in refusals if row.refusal]
        return PaperStrips(
            strips=tuple(row.strip for row in self.rows if not row.refusal),
            faults=(self.refusal, *faults) if self.refusal else tuple(faults),
            name=self.name,
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
    sheet, rows = find_upright_rows(lay_flat(geometry))
    if sum(row.weight for row in rows) < LEAST_WEIGHT:
        refusal = "A grid was found, but no row of ECG that begins with a reference pulse."
        return PageReading((), refusal, name=picture.name)
    cutter = StripCutter(picture.rgb, geometry, sheet.mesh)
    return PageReading(
        tuple(_read_row(row, geometry, sheet, cutter) for row in rows),
        quarter_turns=sheet.quarter_turns,
        name=picture.name,
    )


def _read_row(row: Row, geometry: Geometry, sheet: Sheet, cutter: StripCutter) -> PageRow:
    along_mm = row.start_mm + np.arange(0, ROW_MM + 1, MM_PER_BOX)
    baseline_px = _in_photo(geometry, sheet, along_mm, np.array([row.baseline_mm]))[0]
    across_mm = row.baseline_mm + np.array([-MM_PER_BOX, MM_PER_BOX])
    across_px = _in_photo(geometry, sheet, along_mm, across_mm)
    strip = PaperStrip(
        grey=cutter.cut(row.start_mm, row.baseline_mm),
        px_per_mm=(
            float(np.linalg.norm(np.diff(baseline_px, axis=0), axis=1).mean() / MM_PER_BOX),
            float(np.linalg.norm(np.diff(across_px, axis=0), axis=-1).mean() / (2 * MM_PER_BOX)),
        ),
        confidence=_confidence(row),
    )
    return PageRow(strip, row.leads, _refusal(row), baseline_px)


def _in_photo(
    geometry: Geometry, sheet: Sheet, x_mm: NDArray[np.float64], y_mm: NDArray[np.float64]
) -> NDArray[np.float32]:
    """`[len(y_mm), len(x_mm), 2]`, where a raster of the flat page lies in the photo."""
    points = mesh_points(sheet.mesh, x_mm / MM_PER_BOX, y_mm / MM_PER_BOX)
    return (points + 0.5) / geometry.scale - 0.5


def _confidence(row: Row) -> float:
    certainty_of_row = max(CONFIDENCE_WITHOUT_PULSE, min(1.0, row.pulse.score / CLEAR_PULSE))
    return certainty_of_row * row.visible * row.coverage


def _refusal(row: Row) -> str:
    if row.visible < LEAST_VISIBLE:
        return f"only {row.visible:.0%} of it is in the picture."
    if row.coverage < LEAST_COVERAGE:
        return f"a trace is seen in only {row.coverage:.0%} of it; it is too faint or blurred."
    return ""
