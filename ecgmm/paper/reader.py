"""From any picture to the strips of ECG in it: the one way in for pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import STRIP_HEIGHT_PX, STRIP_WIDTH_PX
from ecgmm.paper.find.even.light import dark_on_light, evenly_lit
from ecgmm.paper.find.ink import ink_of
from ecgmm.paper.find.mesh.geometry import Geometry
from ecgmm.paper.find.picture_fault import picture_fault
from ecgmm.paper.find.sheets import sheets_with_grid
from ecgmm.paper.options import NOTHING_STATED, PageOptions
from ecgmm.paper.picture import Picture
from ecgmm.paper.rows.assumed import assumptions, whole_row_s
from ecgmm.paper.rows.blank import find_blank_page
from ecgmm.paper.rows.page import FoundPage, find_page
from ecgmm.paper.rows.places import find_row_places
from ecgmm.paper.rows.print import with_print
from ecgmm.paper.rows.read import ReadRow, read_rows
from ecgmm.paper.sheet import Sheet
from ecgmm.paper.strips import PaperStrip, PaperStrips, RefusedRow

SMALLEST_WIDTH_PX = 200
SMALLEST_HEIGHT_PX = 40

_WHOLE_EVIDENCE = 4.0
_OF_UNUSUAL_LENGTH = 0.5
_OF_ODD_BOXES = 0.5
_NO_ROWS = "A grid was found, but no row of ECG."


@dataclass(frozen=True)
class PageReading:
    """What was found in a picture.

    Attributes:
        rows: the strips of every row, from top to bottom; none where there is no ECG.
        faults: what was assumed, or why there are none, in words.
        doubts: which of that may well be wrong; see `PaperStrips.doubts`.
        whole_row_s: see `PaperStrips.whole_row_s`.
        quarter_turns: how often the picture has to be turned clockwise to stand upright.
        grid_px: where the crossings of its 5 mm lines are; see `PaperStrips.grid_px`.
        printed_rate_bpm: the heart rate that the page says; None where it says none.
        name: what a report calls the picture.
        page: the sheet that the rows were cut from; None where there are none.
    """

    rows: tuple[ReadRow, ...]
    faults: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    whole_row_s: float | None = None
    quarter_turns: int = 0
    grid_px: NDArray[np.float64] | None = None
    printed_rate_bpm: float | None = None
    name: str = ""
    page: FoundPage | None = None

    @property
    def strips(self) -> PaperStrips:
        """The rows that are to be read, and what is to be said of the others."""
        refused = tuple(
            RefusedRow(f"Row {row.number + 1}: {row.refusal}", row.baseline_px, row.strip.px_per_mm)
            for row in self.rows
            if row.refusal
        )
        return PaperStrips(
            strips=tuple(row.strip for row in self.rows if not row.refusal),
            faults=(*self.faults, *(row.reason for row in refused)),
            doubts=self.doubts,
            whole_row_s=self.whole_row_s,
            name=self.name,
            refused=refused,
            grid_px=self.grid_px,
            printed_rate_bpm=self.printed_rate_bpm,
        )


def read_paper(
    picture: Picture, *, is_upright: bool = False, options: PageOptions = NOTHING_STATED
) -> PaperStrips:
    """Find the rows of ECG in a picture and cut them into strips on the common grid.

    - The grid says where every point of the paper lies and how large a millimetre is: an even
      one all over a scan, a mesh on a photo. Without a grid, rows are taken as 10 s long.
    - Reference pulses tell speed and gain, and where the rows begin or end; without them 25 mm/s
      and 10 mm/mV are assumed.
    - Of several ways to lay the paper flat, the one that most evidence speaks for is taken.
    - A picture of 1000 x 160 pixels is a strip already and is only turned to grey.

    Args:
        picture: any picture.
        is_upright: whether it is known to be the right way up.
        options: what is known of its paper; it overrules what is found on it.

    Returns:
        The strips; none, and the reason in words, where there is nothing to be read.
    """
    if picture.rgb.shape[:2] == (STRIP_HEIGHT_PX, STRIP_WIDTH_PX):
        return _as_it_is(picture)
    read = read_page(picture, is_upright=is_upright, options=options).strips
    if read.strips:
        return read
    fault = picture_fault(picture.rgb)
    return replace(read, faults=(fault,)) if fault else read


def read_page(
    picture: Picture, *, is_upright: bool = False, options: PageOptions = NOTHING_STATED
) -> PageReading:
    """`read_paper` with what became of every row."""
    height, width = picture.rgb.shape[:2]
    if width < SMALLEST_WIDTH_PX or height < SMALLEST_HEIGHT_PX:
        fault = (
            f"Too small: {width} x {height} pixels; at least {SMALLEST_WIDTH_PX} x "
            f"{SMALLEST_HEIGHT_PX} are needed."
        )
        return PageReading((), (fault,), name=picture.name)
    best, geometry = _best_with_grid(picture.rgb, is_upright)
    grid_px = None if geometry is None else geometry.grid_px
    if best is None:
        blank = find_blank_page(picture.rgb, is_upright=is_upright)
        if isinstance(blank, str):
            fault = blank if geometry is None else _NO_ROWS
            return PageReading((), (fault,), grid_px=grid_px, name=picture.name)
        best = blank
    best = with_print(best, picture.words, options, is_upright=is_upright)
    assumed = tuple(assumptions(best))
    return PageReading(
        rows=read_rows(best.sheet, best.rows),
        faults=tuple(each.sentence for each in assumed),
        doubts=tuple(each.doubt for each in assumed if each.doubt),
        whole_row_s=whole_row_s(best.rows),
        quarter_turns=best.sheet.quarter_turns,
        grid_px=grid_px,
        printed_rate_bpm=best.rows.printed.heart_rate_bpm,
        name=picture.name,
        page=best,
    )


def _best_with_grid(
    rgb: NDArray[np.uint8], is_upright: bool
) -> tuple[FoundPage | None, Geometry | None]:
    """The page that most evidence speaks for, and the mesh of the picture's grid."""
    best: FoundPage | None = None
    mesh: Geometry | None = None
    last: Sheet | None = None
    for sheet, geometry in sheets_with_grid(rgb):
        page = None if sheet is last else find_page(sheet, is_upright=is_upright)
        is_best = page is not None and (best is None or _belief(page) > _belief(best))
        best = page if is_best else best
        if is_best or best is None or sheet is last:
            mesh = geometry or mesh
        last = sheet
        if best is not None and best.has_usual_length and _belief(best) > _WHOLE_EVIDENCE:
            break
    return best, mesh


def _belief(page: FoundPage) -> float:
    """The evidence for a page; rows of an unusual length and odd boxes speak against its scale."""
    of_length = 1.0 if page.has_usual_length else _OF_UNUSUAL_LENGTH
    return page.evidence * of_length * (1.0 if page.has_square_boxes else _OF_ODD_BOXES)


def _as_it_is(picture: Picture) -> PaperStrips:
    """A picture that is a strip already, if a trace runs along it."""
    light = dark_on_light(picture.rgb)
    seen = np.ones(light.shape[:2], bool)
    even = evenly_lit(light)
    if not any(
        find_row_places(ink_of(even, seen, has_grid=has_grid), seen) for has_grid in (True, False)
    ):
        return PaperStrips((), ("No ECG in it: no trace runs along it.",), picture.name)
    grey = cv2.cvtColor(light, cv2.COLOR_RGB2GRAY).astype(np.uint8)
    x = np.linspace(0, STRIP_WIDTH_PX, 51)
    middle = np.stack([x, np.full(len(x), STRIP_HEIGHT_PX / 2)], axis=-1)
    return PaperStrips((PaperStrip(grey, baseline_px=middle),), name=picture.name)
