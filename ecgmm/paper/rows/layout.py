"""The rows of a page and the clock that they share."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import MM_PER_MV, PAPER_SPEED_MM_PER_S, PIXELS_PER_MM, STRIP_S, pixels
from ecgmm.paper.layouts import CHOSEN_LEAD, Layout
from ecgmm.paper.rows.borders import Border, find_borders
from ecgmm.paper.rows.clock import rows_go_on
from ecgmm.paper.rows.edges import without_edges
from ecgmm.paper.rows.lead_names import names_of_one_lead, usual_lead_names
from ecgmm.paper.rows.levels import band_along
from ecgmm.paper.rows.names import NamePlace, borders_by_names, names_contradict, names_of_rows
from ecgmm.paper.rows.places import (
    INKED,
    LINE_END_MM,
    SHORTEST_ROW_MM,
    RowPlace,
    common_end,
    find_row_places,
)
from ecgmm.paper.rows.pulses import PULSE_S, TELLS_TIME_MM, Pulses, find_pulses, pulses_behind
from ecgmm.paper.rows.stated import stated_borders, stated_layout
from ecgmm.paper.sheet import Sheet

ROW_MM = STRIP_S * PAPER_SPEED_MM_PER_S
LEAST_LEAD_IN_MM, LARGEST_LEAD_IN_MM = 9.0, 17.0
"""Length of a reference pulse with its feet; by so much is a row of 10 s too long whose pulse is
covered."""

_LEAD_IN_MM = 8.0
_SHORTEST_GAP_MM = 1.0
_NEAR_MM = 4.0
_FOOT_MM = 1.0
_SHORTEST_FOOT_MM, _LONGEST_FOOT_MM = 1.5, 8.0
"""Of a reference pulse that touches its row: by so much does a row of 10 s look too long."""
_WHOLE_COLUMN_S = 8.0


@dataclass(frozen=True)
class PageRows:
    """The rows of a sheet before they are cut.

    Attributes:
        places: from top to bottom.
        borders: of each row.
        start_mm: where their clock begins.
        end_mm: where it ends.
        pulses: every column of reference pulses.
        starts_mm: where each row begins, which is elsewhere only where it goes on from the last, or
            is one of several columns that show the same seconds.
        ends_mm: where each row ends.
        covered_mm: what was left out at their left end, as a pulse that is covered.
        printed: what the page says of itself, and what is stated of it.
        names: the leads of each row in turn; none where they are not known.
        inner_pulses_mm: first and last place of each column of pulses among the leads, and of the
            blank paper beside it: no row shows a heart there.
        goes_on: whether each row continues the one above.
    """

    places: tuple[RowPlace, ...]
    borders: tuple[tuple[Border, ...], ...]
    start_mm: float
    end_mm: float
    pulses: tuple[Pulses, ...]
    goes_on: bool
    starts_mm: tuple[float, ...]
    ends_mm: tuple[float, ...]
    covered_mm: float
    printed: Printed
    names: tuple[tuple[str, ...], ...]
    inner_pulses_mm: tuple[tuple[float, float], ...] = ()

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
        return (self.ends_mm[row] - self.starts_mm[row]) / self.speed_mm_per_s

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
    places = without_edges(sheet.ink, sheet.seen, find_row_places(sheet.ink, sheet.seen))
    if not places:
        return None
    pulses = find_pulses(sheet.ink, places)
    start_mm, end_mm = _ends(sheet.ink, places, pulses)
    covered_mm = end_mm - start_mm - ROW_MM
    is_covered = not pulses and LEAST_LEAD_IN_MM < covered_mm < LARGEST_LEAD_IN_MM
    if is_covered:
        start_mm += covered_mm
    stated = stated_layout(printed.layout, len(places))
    goes_on = stated.continues if stated else rows_go_on(sheet.ink, places, start_mm, end_mm)
    starts_mm = (start_mm,) * len(places)
    if goes_on and all(column.rows == 1 for column in pulses):
        starts_mm = (start_mm, *(place.left_mm for place in places[1:]))
    printed_names = names_of_rows(printed.names, places)
    borders = find_borders(sheet.ink, places, start_mm, end_mm)
    if stated:
        borders = stated_borders(stated, borders, start_mm, end_mm)
    else:
        borders = _borders_or_names(borders, printed_names, start_mm, end_mm)
    names = _names(stated, printed_names, borders)
    if goes_on:
        names = names_of_one_lead(names)
    return columns_apart(
        PageRows(
            places,
            borders,
            start_mm,
            end_mm,
            pulses,
            goes_on,
            starts_mm,
            (end_mm,) * len(places),
            covered_mm if is_covered else 0.0,
            printed,
            names,
            tuple(_inner_pulses(sheet.ink, places, borders, pulses, (start_mm, end_mm))),
        )
    )


def _borders_or_names(
    borders: tuple[tuple[Border, ...], ...],
    names: Sequence[Sequence[NamePlace]],
    start_mm: float,
    end_mm: float,
) -> tuple[tuple[Border, ...], ...]:
    """The borders that were found, or those before names in print where these say otherwise."""
    found_mm = [border.middle_mm for row in borders for border in row]
    if found_mm and not names_contradict(names, found_mm, start_mm):
        return borders
    by_names = borders_by_names(names, start_mm, end_mm)
    return tuple(tuple(Border(x_mm, by_name=True) for x_mm in row) for row in by_names)


def _ends(
    ink: NDArray[np.float32], places: Sequence[RowPlace], pulses: Sequence[Pulses]
) -> tuple[float, float]:
    """Where most rows begin and end, their reference pulses left out."""
    left_mm = common_end([place.left_mm for place in places], inward=1)
    right_mm = common_end([place.right_mm for place in places], inward=-1)
    start_mm, end_mm = left_mm, right_mm
    ends_mm = (right_mm - left_mm) / 8
    for column in pulses:
        if column.rise_mm < left_mm + ends_mm:
            start_mm = max(start_mm, start_after(ink, places, column))
        elif column.fall_mm > right_mm - ends_mm:
            end_mm = min(end_mm, end_before(ink, places, column))
    if end_mm - start_mm < SHORTEST_ROW_MM:
        start_mm, end_mm = left_mm, right_mm
    foot_mm = end_mm - start_mm - ROW_MM
    if _SHORTEST_FOOT_MM < foot_mm < _LONGEST_FOOT_MM:
        if start_mm > left_mm or _is_gap_at(ink, places, left_mm + foot_mm):
            start_mm += foot_mm
        elif end_mm < right_mm or _is_gap_at(ink, places, right_mm - foot_mm):
            end_mm -= foot_mm
    return start_mm, end_mm


def _is_gap_at(ink: NDArray[np.float32], places: Sequence[RowPlace], x_mm: float) -> bool:
    """Whether rows have a gap within a millimetre or two of a place: beside a pulse's foot."""
    reach_mm = 2 * _SHORTEST_GAP_MM
    near = slice(*(round((x_mm + side) * PIXELS_PER_MM) for side in (-reach_mm, reach_mm)))
    return _end_of_gap(_inked(ink, places)[near]) is not None


def _inner_pulses(
    ink: NDArray[np.float32],
    places: Sequence[RowPlace],
    borders: Sequence[Sequence[Border]],
    pulses: Sequence[Pulses],
    ends_mm: tuple[float, float],
) -> Iterator[tuple[float, float]]:
    """First and last place of each column of pulses between the ends of the rows."""
    divided = [place for place, of_row in zip(places, borders, strict=True) if of_row]
    borders_of_a_row = next((of_row for of_row in borders if of_row), ())
    inner = [
        column
        for column in pulses
        if ends_mm[0] < column.rise_mm
        and column.fall_mm < ends_mm[1]
        and column.rows > len(places) / 2
    ]
    outer = max(pulses, key=lambda column: column.rows * column.score, default=None)
    if outer is not None and outer.rows > len(places) / 2:
        behind = [pulses_behind(ink, divided, at.middle_mm, outer) for at in borders_of_a_row]
        inner += [column for column in behind if column is not None]
    for column in inner:
        first_mm = min(
            (
                at.middle_mm
                for at in borders_of_a_row
                if 0 < column.rise_mm - at.middle_mm < LARGEST_LEAD_IN_MM
            ),
            default=column.rise_mm - _FOOT_MM,
        )
        last_mm = start_after(ink, divided or places, column)
        yield first_mm, max(last_mm, column.fall_mm + _FOOT_MM)


def columns_apart(rows: PageRows) -> PageRows:
    """The rows with each column as a row of its own, where a column is as long as a whole row.

    Pages of two columns of 10 s show the same seconds in both, as one of 2.5 s a lead never does.
    All columns are of one length: what the first or the last has more, such as the marks of an axis
    before it, is no ECG.
    """
    if rows.goes_on or not any(rows.borders):
        return rows
    columns = [
        list(itertools.pairwise((rows.start_mm, *(at.middle_mm for at in borders), rows.end_mm)))
        for borders in rows.borders
    ]
    length_mm = min(end_mm - start_mm for of_row in columns for start_mm, end_mm in of_row)
    if length_mm / rows.speed_mm_per_s < _WHOLE_COLUMN_S:
        return rows
    parts = [
        (place, name, end_mm - length_mm if number == 0 else start_mm)
        for place, of_row, names in zip(rows.places, columns, rows.names, strict=True)
        for number, (name, (start_mm, end_mm)) in enumerate(
            zip(names if len(names) == len(of_row) else ("",) * len(of_row), of_row, strict=True)
        )
    ]
    starts_mm = tuple(start_mm for _, _, start_mm in parts)
    ends_mm = tuple(start_mm + length_mm for start_mm in starts_mm)
    return replace(
        rows,
        places=tuple(
            replace(place, left_mm=start_mm, right_mm=end_mm)
            for (place, *_), start_mm, end_mm in zip(parts, starts_mm, ends_mm, strict=True)
        ),
        borders=((),) * len(parts),
        starts_mm=starts_mm,
        ends_mm=ends_mm,
        names=tuple((name,) if name else () for _, name, *_ in parts),
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
    left = pixels(pulses.fall_mm)
    ahead = slice(left, left + pixels(_LEAD_IN_MM))
    gap_px = _end_of_gap(_inked(ink, rows)[ahead])
    return pulses.fall_mm if gap_px is None else (left + gap_px) / PIXELS_PER_MM + LINE_END_MM


def end_before(ink: NDArray[np.float32], rows: Sequence[RowPlace], pulses: Pulses) -> float:
    """Where the rows' clock ends, mm: before the gap ahead of the pulse, or of its left foot."""
    right = pixels(pulses.rise_mm)
    behind = slice(max(0, right - pixels(_LEAD_IN_MM)), right)
    gap_px = _end_of_gap(_inked(ink, rows)[behind][::-1])
    if gap_px is None:
        return pulses.rise_mm - _FOOT_MM
    return (right - gap_px) / PIXELS_PER_MM - LINE_END_MM


def _inked(ink: NDArray[np.float32], rows: Sequence[RowPlace]) -> NDArray[np.bool_]:
    """`[columns]` whether most rows have ink near their level."""
    bands = [band_along(ink, row.level_mm, _NEAR_MM, _NEAR_MM) for row in rows]
    shares = np.mean([(band > INKED).any(axis=0) for band in bands], axis=0)
    return np.asarray(shares > 0.5, np.bool_)


def _end_of_gap(inked: NDArray[np.bool_]) -> int | None:
    """How far the first wide gap in the ink reaches; None where there is none."""
    changes = np.flatnonzero(np.diff(np.concatenate(([True], inked)).astype(int)))
    return next(
        (
            int(last)
            for first, last in zip(changes[::2], changes[1::2], strict=False)
            if last - first >= _SHORTEST_GAP_MM * PIXELS_PER_MM
        ),
        None,
    )
