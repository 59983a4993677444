"""Which lead each stretch of a row shows, as its printed names say."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecgmm.paper.rows.places import RowPlace

_SAME_COLUMN_MM = 6.0
_BEFORE_NAME_MM = 1.5
_FEWEST_ROWS = 2
_FEWEST_EVEN = 3
_SURE_ROWS = 3
_FAR_MM = 10.0
"""More than between a border and the name behind it."""
_SAME_STEP_MM = 2.5
_ROWS_WITHOUT_RHYTHM = 3
"""Pages with a row of one lead along them have more rows."""
_WHOLE_ROW_MM = 200.0
"""8 s: beside columns as long as whole rows no row shows one lead all along."""
_SHORTEST_LEAD_MM = 20.0
_FARTHEST_MM = 22.0
_LETTER_EM = 1.0
"""Width of a capital in a wide type, in heights of one."""

_ROOM_EM = 0.3


@dataclass(frozen=True)
class NamePlace:
    """The name of a lead on a sheet.

    Attributes:
        name: as `layouts.TWELVE_LEADS` spells it.
        left_mm: its left end.
        middle_mm: the height of its middle.
        cap_height_mm: how tall its capitals are; 0 where that is not known.
    """

    name: str
    left_mm: float
    middle_mm: float
    cap_height_mm: float = 0.0

    @property
    def box_mm(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the letters, with some room around them."""
        em_mm = self.cap_height_mm
        return (
            self.left_mm - _ROOM_EM * em_mm,
            self.middle_mm - (0.5 + _ROOM_EM) * em_mm,
            self.left_mm + (_LETTER_EM * len(self.name) + _ROOM_EM) * em_mm,
            self.middle_mm + (0.5 + _ROOM_EM) * em_mm,
        )


def names_of_rows(
    names: Sequence[NamePlace], rows: Sequence[RowPlace]
) -> tuple[tuple[NamePlace, ...], ...]:
    """The names that belong to each row, from left to right: those printed nearest to it.

    Machines print names all above or all below their rows: whichever side leaves less over.
    """
    levels_mm = np.array([row.baseline_mm for row in rows])
    if not len(levels_mm) or not names:
        return ((),) * len(rows)
    heights_mm = np.array([name.middle_mm for name in names])
    below_mm = heights_mm[:, np.newaxis] - levels_mm
    spacing_mm = float(np.median(np.diff(levels_mm))) if len(levels_mm) > 1 else 2 * _FARTHEST_MM
    shift_mm = min(
        (-0.25 * spacing_mm, 0.0, 0.25 * spacing_mm),
        key=lambda shift: float(np.abs(below_mm - shift).min(axis=1).sum()),
    )
    row_of = np.abs(below_mm - shift_mm).argmin(axis=1)
    near = np.abs(below_mm).min(axis=1) < _FARTHEST_MM
    return tuple(
        tuple(
            sorted(
                (
                    name
                    for name, of, is_near in zip(names, row_of, near, strict=True)
                    if of == row and is_near
                ),
                key=lambda name: name.left_mm,
            )
        )
        for row in range(len(rows))
    )


def borders_by_names(
    names: Sequence[Sequence[NamePlace]], start_mm: float, end_mm: float
) -> tuple[tuple[float, ...], ...]:
    """Where each row changes its lead: just before the names that stand below each other.

    Where too few names can be read for that, single ones at even distances tell it too.

    Args:
        names: of each row, from left to right.
        start_mm: where the rows begin.
        end_mm: where they end.

    Returns:
        For each row the borders between its leads; none where it has a name at its start alone.
    """
    inner_mm = [
        [
            name.left_mm
            for name in row
            if start_mm + _SHORTEST_LEAD_MM < name.left_mm < end_mm - _SHORTEST_LEAD_MM / 2
        ]
        for row in names
    ]
    columns_mm = _columns(sorted(left_mm for row in inner_mm for left_mm in row))
    divided = [
        any(abs(left_mm - x_mm) < _SAME_COLUMN_MM for left_mm in row for x_mm in columns_mm)
        for row in inner_mm
    ]
    last = max((number for number, is_divided in enumerate(divided) if is_divided), default=-1)
    longest_mm = max(np.diff([start_mm, *columns_mm, end_mm]), default=0.0)
    has_rhythm_row = len(divided) > _ROWS_WITHOUT_RHYTHM and longest_mm < _WHOLE_ROW_MM
    if last >= 0 and not has_rhythm_row:
        last = len(divided) - 1
    return tuple(
        tuple(x_mm - _BEFORE_NAME_MM for x_mm in columns_mm) if number <= last else ()
        for number in range(len(divided))
    )


def names_contradict(
    names: Sequence[Sequence[NamePlace]], borders_mm: Sequence[float], start_mm: float
) -> bool:
    """Whether a name stands below the other in three rows or more, where nothing divides them.

    Beats that stand below each other are taken for bars between leads; names are not.

    Args:
        names: of each row, from left to right.
        borders_mm: where bars divide the rows.
        start_mm: where the rows begin; what stands there is the name of a row's first lead.
    """
    if not borders_mm:
        return False
    lefts_mm = [name.left_mm for row in names for name in row]
    inner_mm = [left_mm for left_mm in lefts_mm if left_mm > start_mm + _SHORTEST_LEAD_MM]
    far_mm = [
        left_mm
        for left_mm in inner_mm
        if all(abs(left_mm - border_mm) > _FAR_MM for border_mm in borders_mm)
    ]
    return any(
        sum(abs(other_mm - left_mm) < _SAME_COLUMN_MM / 2 for other_mm in far_mm) >= _SURE_ROWS
        for left_mm in far_mm
    )


def _columns(left_mm: Sequence[float]) -> list[float]:
    """Where names stand below each other, or where single ones stand at even distances.

    Args:
        left_mm: left ends of names inside the rows, ascending.
    """
    groups: list[list[float]] = []
    for x_mm in left_mm:
        if groups and x_mm - groups[-1][0] < _SAME_COLUMN_MM:
            groups[-1].append(x_mm)
        else:
            groups.append([x_mm])
    at_mm = [float(np.median(group)) for group in groups]
    of_several = [
        x_mm for x_mm, group in zip(at_mm, groups, strict=True) if len(group) >= _FEWEST_ROWS
    ]
    return max(_evenly_spaced(at_mm), of_several, key=len)


def _evenly_spaced(at_mm: Sequence[float]) -> list[float]:
    """The longest even series that these places leave hardly a gap in; nothing below three."""
    best: list[float] = []
    for first_mm, second_mm in itertools.combinations(at_mm, 2):
        step_mm = second_mm - first_mm
        if step_mm < _SHORTEST_LEAD_MM:
            continue
        steps = (np.array(at_mm) - first_mm) / step_mm
        fits = np.abs(steps - np.round(steps)) * step_mm < _SAME_STEP_MM
        numbers = np.unique(np.round(steps[fits]))
        series = np.arange(numbers.min(), numbers.max() + 1)
        if len(numbers) >= max(_FEWEST_EVEN, len(series) - 1, len(best) + 1):
            best = [float(first_mm + number * step_mm) for number in series]
    return best
