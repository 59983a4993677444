"""The rows of a picture: what is read, and where in the picture it lies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.picture import Picture
from ecgmm.paper.reader import read_paper
from ecgmm.paper.reading.page import PageRow, read_page
from ecgmm.paper.strips import PaperStrip, PaperStrips
from ecgmm.web.locate import locate_strip


@dataclass(frozen=True)
class PlacedRow:
    """One row and its place in the picture.

    Attributes:
        points_px: `[points, 2]` (x, y) along its 0 mV, one point every 5 mm; None where its place
            is not known.
        start_s: where it begins on the clock of the picture's rows.
        duration_s: how much of it is ECG.
        lead_name: as printed; empty where it is not known.
        px_per_mm: scale found there, horizontally and vertically.
        confidence: how sure it is that this is a row, from 0 to 1.
        refusal: why it was not read; empty where it was.
    """

    points_px: NDArray[np.float64] | None
    start_s: float
    duration_s: float
    lead_name: str = ""
    px_per_mm: tuple[float, float] | None = None
    confidence: float = 1.0
    refusal: str = ""

    def scaled(self, factor: float) -> PlacedRow:
        """The row in the same picture, enlarged."""
        points_px = None if self.points_px is None else self.points_px * factor
        scale = self.px_per_mm and (self.px_per_mm[0] * factor, self.px_per_mm[1] * factor)
        return replace(self, points_px=points_px, px_per_mm=scale)

    def to_json(self) -> dict[str, Any]:
        """The row as the page draws it."""
        points = None if self.points_px is None else np.round(self.points_px, 1).tolist()
        return {
            "points": points,
            "start_s": self.start_s,
            "duration_s": self.duration_s,
            "lead": self.lead_name,
            "px_per_mm": self.px_per_mm,
            "confidence": round(self.confidence, 3),
            "refusal": self.refusal,
        }


@dataclass(frozen=True)
class PictureRows:
    """Everything found in one picture: the strips to read, and every row's place."""

    strips: PaperStrips
    rows: tuple[PlacedRow, ...]


def find_rows(picture: Picture) -> PictureRows:
    """Find the rows of a picture as `ecgmm analyze` does, and where they lie in it.

    Args:
        picture: upright, of any size.

    Returns:
        Its rows; none, and the reason, where there are none.
    """
    strips = read_paper(picture)
    rows = tuple(_placed(strip, locate_strip(picture.rgb, strip)) for strip in strips.strips)
    if all(row.points_px is not None for row in rows) and rows:
        return PictureRows(strips, rows)
    page = read_page(picture)
    if len(page.strips.strips) == len(strips.strips):
        rows = tuple(_page_row(row) for row in page.rows)
    return PictureRows(strips, rows)


def _page_row(row: PageRow) -> PlacedRow:
    return replace(_placed(row.strip, row.baseline_px.astype(np.float64)), refusal=row.refusal)


def _placed(strip: PaperStrip, points_px: NDArray[np.float64] | None) -> PlacedRow:
    return PlacedRow(
        points_px=points_px,
        start_s=strip.start_s,
        duration_s=strip.duration_s,
        lead_name=strip.lead_name,
        px_per_mm=strip.px_per_mm,
        confidence=strip.confidence,
    )
