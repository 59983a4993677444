"""What was assumed of a page where nothing on it said, and how doubtful that is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ecgmm.grid import MM_PER_MV, PAPER_SPEED_MM_PER_S
from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.rows.layout import ROW_MM, PageRows
from ecgmm.paper.rows.page import FoundPage
from ecgmm.paper.rows.stated import stated_layout

AGREEING_LENGTH, NEAR_LENGTH = 0.025, 0.1
"""Rows of machines are as long as is usual to a fortieth; what is off by more than a tenth is a row
of another kind, of a wrist device or cut by hand."""


class Assumption(NamedTuple):
    """Something that was assumed, or taken from the print, in a sentence.

    Attributes:
        sentence: what.
        doubt: what may be wrong then, in a few words for beside the verdict; empty where it is
            usual to be right.
    """

    sentence: str
    doubt: str = ""


def assumptions(page: FoundPage) -> Iterator[Assumption]:
    """What a person should know about how a page was read."""
    rows = page.rows
    yield from _of_scale(page)
    yield from _of_layout(rows)
    if not (rows.printed.is_upright or rows.pulses):
        lies = "turned" if page.sheet.quarter_turns else "as it lies"
        yield Assumption(
            f"Nothing on it says which way is up: it was read {lies}.", "way up assumed"
        )
    if rows.covered_mm:
        yield Assumption(
            f"The first {rows.covered_mm:.0f} mm were left out, as a covered reference pulse."
        )
    if rows.goes_on:
        yield Assumption("Its rows were read one after the other: they do not show the same beats.")


def whole_row_s(rows: PageRows) -> float | None:
    """How long a row that shows several leads in turn, whose names are known, lasts: 250 mm.

    Rows of one lead may have any length: None.
    """
    is_shared = any(len(names) > 1 for names in rows.names)
    return ROW_MM / rows.speed_mm_per_s if is_shared else None


def _of_layout(rows: PageRows) -> Iterator[Assumption]:
    """That the layout that was stated does not fit what was found."""
    name, found = rows.printed.layout, len(rows.places)
    if name is None or stated_layout(name, found) is not None:
        return
    has = len(LAYOUTS[name].rows)
    yield Assumption(
        f"Layout {name} has {has} row{'s' * (has > 1)}, and {found} were found: it was not used.",
        "layout not as stated",
    )


def _of_scale(page: FoundPage) -> Iterator[Assumption]:
    rows = page.rows
    is_told = rows.printed.speed_mm_per_s is not None or rows.printed.gain_mm_per_mv is not None
    scale = f"{rows.speed_mm_per_s:g} mm/s and {rows.gain_mm_per_mv:g} mm/mV"
    if not page.sheet.clearness:
        is_doubtful = rows.clearest_pulse is None and not rows.printed.is_stated
        yield Assumption(
            "No grid of ECG paper was found: each row was taken as 10 s wide.",
            "scale assumed" if is_doubtful else "",
        )
    if rows.printed.is_stated:
        yield Assumption(f"Read at {scale}, as was stated.")
        return
    if rows.clearest_pulse is None and not is_told:
        yield Assumption(f"No reference pulse was found: {scale} are assumed.")
    elif (rows.speed_mm_per_s, rows.gain_mm_per_mv) != (PAPER_SPEED_MM_PER_S, MM_PER_MV):
        yield Assumption(
            f"Read at {scale}, as its {'print' if is_told else 'reference pulse'} says."
        )
    usual_s = ROW_MM / rows.speed_mm_per_s
    length_s = rows.duration_s(0)
    is_near = AGREEING_LENGTH < abs(length_s / usual_s - 1) < NEAR_LENGTH
    if is_near and len(rows.places) > 1 and not rows.goes_on:
        yield Assumption(
            f"Its rows are {length_s:.1f} s long, where {usual_s:g} s are usual: the paper's scale "
            "may be off by as much.",
            "scale uncertain",
        )
