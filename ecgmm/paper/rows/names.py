"""Which lead each stretch of a row shows, as its printed names say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecgmm.paper.rows.places import RowPlace

_SAME_COLUMN_MM = 6.0
_BEFORE_NAME_MM = 1.5
_FEWEST_ROWS = 2
_SHORTEST_LEAD_MM = 20.0
_FARTHEST_MM = 22.0


@dataclass(frozen=True)
class NamePlace:
    """The name of a lead on a sheet.

    Attributes:
        name: as `layouts.TWELVE_LEADS` spells it.
        left_mm: its left end.
        middle_mm: the height of its middle.
    """

    name: str
    left_mm: float
    middle_mm: float


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

    Args:
        names: of each row, from left to right.
        start_mm: where the rows begin.
        end_mm: where they end.

    Returns:
        For each row the borders between its leads; none where it has a name at its start alone.
    """
    inner = [
        name.left_mm
        for row in names
        for name in row
        if start_mm + _SHORTEST_LEAD_MM < name.left_mm < end_mm - _SHORTEST_LEAD_MM / 2
    ]
    columns: list[float] = []
    left = sorted(inner)
    while left:
        column = [x for x in left if x - left[0] < _SAME_COLUMN_MM]
        if len(column) >= _FEWEST_ROWS:
            columns.append(float(np.median(column)))
        left = left[len(column) :]
    return tuple(
        tuple(x - _BEFORE_NAME_MM for x in columns)
        if any(abs(name.left_mm - x) < _SAME_COLUMN_MM for name in row for x in columns)
        else ()
        for row in names
    )
