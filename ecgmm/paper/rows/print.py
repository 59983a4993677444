"""What is printed on a page, put to use: which way is up, its scale, the names of its leads."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.options import PageOptions
from ecgmm.paper.rows.layout import ROW_MM, Printed, find_rows
from ecgmm.paper.rows.names import NamePlace
from ecgmm.paper.rows.page import FoundPage
from ecgmm.paper.sheet import FINE_PX_PER_MM, Sheet
from ecgmm.paper.style import GAINS_MM_PER_MV, SPEEDS_MM_PER_S
from ecgmm.paper.words import (
    PlacedLead,
    PrintedFacts,
    Word,
    find_arrangement,
    printed_facts,
    read_words,
)

TELLING = 1.0
"""Evidence of about one sure name: upside down hardly anything looks like one."""

SURE = 2.5
"""Evidence that nothing upside down reaches."""

_PLAINLY_READ = 5.0
"""Evidence of about half of the names of a page: the grid hides nothing."""

_PAPER_QUANTILE = 0.9
_DARK_OF_PAPER = 0.85
_HEAVY_GRID = 0.3
"""Share of a page that is darker than its paper; that of traces, print and a light grid is less."""


def with_print(
    page: FoundPage, words: Sequence[Word], options: PageOptions, *, is_upright: bool
) -> FoundPage:
    """The same page, read as its print and what is stated of it say.

    Args:
        page: as its traces and pulses tell it.
        words: what its document holds as text, in pixels of the picture.
        options: what is stated; it overrules the print.
        is_upright: whether it is known to be the right way up.
    """
    facts = printed_facts(words)
    sheet = page.sheet
    px_per_mm: float
    if facts.leads:
        leads = facts.leads
        places_mm = sheet.from_picture(_places(leads))
        px_per_mm = sheet.px_per_mm(0.0, 0.0, ROW_MM)[1]
    else:
        facts, sheet = _read_upright(sheet, is_upright)
        leads = _in_place(facts)
        px_per_mm = FINE_PX_PER_MM
        places_mm = _places(leads) / px_per_mm
    names = tuple(
        NamePlace(lead.name, float(x_mm), float(y_mm), lead.height_px / px_per_mm)
        for lead, (x_mm, y_mm) in zip(leads, places_mm, strict=True)
    )
    printed = Printed(
        options.speed_mm_per_s or _usual(facts.speed_mm_per_s, SPEEDS_MM_PER_S),
        options.gain_mm_per_mv or _usual(facts.gain_mm_per_mv, GAINS_MM_PER_MV),
        names,
        options.layout,
        is_upright=is_upright or facts.upright_evidence >= TELLING,
        heart_rate_bpm=facts.heart_rate_bpm,
        is_stated=options.speed_mm_per_s is not None or options.gain_mm_per_mv is not None,
    )
    rows = find_rows(sheet, printed)
    return page if rows is None else FoundPage(sheet, rows)


def _usual(printed: float | None, usual: Sequence[float]) -> float | None:
    """A printed number, if machines do print at it: a lost digit makes 5 mm/s of 25."""
    return printed if printed in usual else None


def _read_upright(sheet: Sheet, is_upright: bool) -> tuple[PrintedFacts, Sheet]:
    """The print of a sheet, which is turned upside down where more of it can be read so."""
    facts = _read(sheet)
    if is_upright or facts.upright_evidence >= SURE:
        return facts, sheet
    turned = sheet.turned(2)
    upside_down = _read(turned)
    is_turned = upside_down.upright_evidence >= max(TELLING, 1.5 * facts.upright_evidence)
    return (upside_down, turned) if is_turned else (facts, sheet)


def _read(sheet: Sheet) -> PrintedFacts:
    """What a sheet says, read without its grid where that hides the print."""
    facts = printed_facts(read_words(sheet.rgb, FINE_PX_PER_MM))
    if facts.upright_evidence >= _PLAINLY_READ or not _has_heavy_grid(sheet):
        return facts
    size = sheet.rgb.shape[1::-1]
    bare = cv2.resize(255 * (1 - sheet.ink), size, interpolation=cv2.INTER_CUBIC)
    without_grid = printed_facts(read_words(np.clip(bare, 0, 255).astype(np.uint8), FINE_PX_PER_MM))
    return max(facts, without_grid, key=lambda read: read.upright_evidence)


def _has_heavy_grid(sheet: Sheet) -> bool:
    """Whether a grid darkens so much of the paper that letters run together with it."""
    grey = sheet.rgb[::4, ::4].min(axis=2)
    paper = float(np.quantile(grey, _PAPER_QUANTILE))
    dark = float((grey < _DARK_OF_PAPER * paper).mean())
    return sheet.clearness > 0 and dark > _HEAVY_GRID


def _in_place(facts: PrintedFacts) -> tuple[PlacedLead, ...]:
    """The names that stand as on some usual page; all of them where there is no such page."""
    arrangement = find_arrangement(facts.leads)
    return facts.leads if arrangement is None else arrangement.leads


def _places(leads: Sequence[PlacedLead]) -> NDArray[np.float64]:
    """`[leads, 2]` left end and middle of the names of leads."""
    places = [(lead.left_px, lead.middle_px) for lead in leads]
    return np.array(places, np.float64).reshape(-1, 2)
