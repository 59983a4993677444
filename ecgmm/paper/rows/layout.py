"""The rows of a page and the clock that they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import MM_PER_MV, PAPER_SPEED_MM_PER_S, PIXELS_PER_MM, STRIP_S
from ecgmm.paper.layouts import CHOSEN_LEAD, Layout
from ecgmm.paper.rows.borders import Border, find_borders
from ecgmm.paper.rows.clock import rows_go_on
from ecgmm.paper.rows.lead_names import names_of_one_lead, usual_lead_names
from ecgmm.paper.rows.names import NamePlace, borders_by_names, names_of_rows
from ecgmm.paper.rows.places import (
    INKED,
    LINE_END_MM,
    SHORTEST_ROW_MM,
    RowPlace,
    band_along,
    common_end,
    find_row_places,
)
from ecgmm.paper.rows.pulses import PULSE_S, TELLS_TIME_MM, Pulses, find_pulses
from ecgmm.paper.rows.stated import stated_borders, stated_layout
from ecgmm.paper.sheet import Sheet

ROW_MM = STRIP_S * PAPER_SPEED_MM_PER_S
LEAST_LEAD_IN_MM, LARGEST_LEAD_IN_MM = 10.0, 17.0
"""Length of a reference pulse with its feet; by so much is a row of 10 s too long whose pulse is
covered."""

_LEAD_IN_MM = 8.0
_SHORTEST_GAP_MM = 1.0
_NEAR_MM = 4.0
_FOOT_MM = 1.0
_SHORTEST_FOOT_MM, _LONGEST_FOOT_MM = 1.5, 8.0
"""Of a reference pulse that touches its row: by so much does a row of 10 s look too long."""


@dataclass(frozen=True)
class PageRows:
    """The rows of a sheet before they are cut.

    Attributes:
        places: from top to bottom.
        borders: of each row.
        start_mm: where their clock begins.
        end_mm: where it ends.
        pulses: every column of reference pulses.
        starts_mm: where each row begins, which is elsewhere only where it goes on from the last.
        covered_mm: what was left out at their left end, as a pulse that is covered.
        printed: what the page says of itself, and what is stated of it.
        names: the leads of each row in turn; none where they are not known.
        goes_on: whether each row continues the one above.
    """

    places: tuple[RowPlace, ...]
    borders: tuple[tuple[Border, ...], ...]
    start_mm: float
    end_mm: float
    pulses: tuple[Pulses, ...]
    goes_on: bool
    starts_mm: tuple[float, ...]
    covered_mm: float
    printed: Printed
    names: tuple[tuple[str, ...], ...]

    @property
    def clearest_pulse(self) -> Pulses | None:
        """The column of pulses that most rows show most clearly."""
        return max(self.pulses, key=lambda pulses: pulses.rows * pulses.score, default=None)

    @property
    def speed_mm_per_s(self) -> float:
        """Paper speed: the one printed, the pulse's, or the usual one."""
        if self.printed.speed_mm_per_s is not None:
            return self.printed.speed_mm_per_s
        pulse = self.clearest_pulse
        if pulse is None or pulse.width_mm < TELLS_TIME_MM:
            return PAPER_SPEED_MM_PER_S
        return pulse.width_mm / PULSE_S

    @property
    def gain_mm_per_mv(self) -> float:
        """Height of a millivolt: the one printed, the pulse's, or the usual one."""
        if self.printed.gain_mm_per_mv is not None:
            return self.printed.gain_mm_per_mv
        pulse = self.clearest_pulse
        return MM_PER_MV if pulse is None else pulse.height_mm

    def duration_s(self, row: int) -> float:
        """How long a row is."""
        return (self.end_mm - self.starts_mm[row]) / self.speed_mm_per_s

    def first_s(self, row: int) -> float:
        """When a row begins on the clock of the page."""
        return sum(map(self.duration_s, range(row))) if self.goes_on else 0.0


@dataclass(frozen=True)
class Printed:
    """What a page says of itself, or a person of it.

    Attributes:
        speed_mm_per_s: paper speed; None where nothing says.
        gain_mm_per_mv: height of a millivolt; None where nothing says.
        names: the names of leads, where they are printed.
        layout: the name of its layout, where it is stated.
        is_upright: whether it says which way is up.
        heart_rate_bpm: as the machine measured it; a check only.
        is_stated: whether speed or gain is what a person says of the page.
    """

    speed_mm_per_s: float | None = None
    gain_mm_per_mv: float | None = None
    names: tuple[NamePlace, ...] = ()
    layout: str | None = None
    is_upright: bool = False
    heart_rate_bpm: float | None = None
    is_stated: bool = False


NOTHING_PRINTED = Printed()


def find_rows(sheet: Sheet, printed: Printed = NOTHING_PRINTED) -> PageRows | None:
    """The rows of an upright sheet; None where there are none."""
    places = find_row_places(sheet.ink, sheet.seen)
    if not places:
        return None
    pulses = find_pulses(sheet.ink, places)
    left_mm = common_end([place.left_mm for place in places], inward=1)
    right_mm = common_end([place.right_mm for place in places], inward=-1)
    start_mm, end_mm = left_mm, right_mm
    ends_mm = (right_mm - left_mm) / 8
    for column in pulses:
        if column.rise_mm < left_mm + ends_mm:
            start_mm = max(start_mm, start_after(sheet.ink, places, column))
        elif column.fall_mm > right_mm - ends_mm:
            end_mm = min(end_mm, column.rise_mm - _FOOT_MM)
    if end_mm - start_mm < SHORTEST_ROW_MM:
        start_mm, end_mm = left_mm, right_mm
    foot_mm = end_mm - start_mm - ROW_MM
    if _SHORTEST_FOOT_MM < foot_mm < _LONGEST_FOOT_MM:
        if start_mm > left_mm:
            start_mm += foot_mm
        elif end_mm < right_mm:
            end_mm -= foot_mm
    covered_mm = end_mm - start_mm - ROW_MM
    is_covered = not pulses and LEAST_LEAD_IN_MM < covered_mm < LARGEST_LEAD_IN_MM
    if is_covered:
        start_mm += covered_mm
    stated = stated_layout(printed.layout, len(places))
    goes_on = stated.continues if stated else rows_go_on(sheet.ink, places, start_mm, end_mm)
    starts_mm = (start_mm,) * len(places)
    if goes_on and all(column.rows == 1 for column in pulses):
        starts_mm = (start_mm, *(place.left_mm for place in places[1:]))
    borders = find_borders(sheet.ink, places, start_mm, end_mm)
    if stated:
        borders = stated_borders(stated, borders, start_mm, end_mm)
    printed_names = names_of_rows(printed.names, places)
    if not any(borders) and stated is None:
        by_names = borders_by_names(printed_names, start_mm, end_mm)
        borders = tuple(tuple(Border(x_mm, by_name=True) for x_mm in row) for row in by_names)
    names = _names(stated, printed_names, borders)
    if goes_on:
        names = names_of_one_lead(names)
    return PageRows(
        places,
        borders,
        start_mm,
        end_mm,
        pulses,
        goes_on,
        starts_mm,
        covered_mm if is_covered else 0.0,
        printed,
        names,
    )


def _names(
    stated: Layout | None,
    of_rows: Sequence[Sequence[NamePlace]],
    borders: Sequence[Sequence[Border]],
) -> tuple[tuple[str, ...], ...]:
    """The leads of each row: those of the stated layout, those printed, or the usual ones."""
    counts = [len(row) + 1 for row in borders]
    if stated is not None and not any(CHOSEN_LEAD in row for row in stated.rows):
        return stated.rows
    usual = tuple(tuple(names.split()) for names in usual_lead_names(counts))
    return tuple(
        tuple(name.name for name in row) if len(row) == count else instead
        for row, count, instead in zip(of_rows, counts, usual, strict=True)
    )


def start_after(ink: NDArray[np.float32], rows: Sequence[RowPlace], pulses: Pulses) -> float:
    """Where the rows' clock begins, mm: behind the gap after the pulse, or at its right flank."""
    left = round(pulses.fall_mm * PIXELS_PER_MM)
    ahead = slice(left, left + round(_LEAD_IN_MM * PIXELS_PER_MM))
    bands = [band_along(ink, row.level_mm, _NEAR_MM, _NEAR_MM)[:, ahead] for row in rows]
    inked = np.mean([(band > INKED).any(axis=0) for band in bands], axis=0) > 0.5
    changes = np.flatnonzero(np.diff(np.concatenate(([True], inked)).astype(int)))
    gaps = [
        (first, last)
        for first, last in zip(changes[::2], changes[1::2], strict=False)
        if last - first >= _SHORTEST_GAP_MM * PIXELS_PER_MM
    ]
    if not gaps:
        return pulses.fall_mm
    return (left + gaps[0][1]) / PIXELS_PER_MM + LINE_END_MM
