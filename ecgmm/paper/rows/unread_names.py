"""Where names of leads stand that could not be read: as far from their leads as the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from ecgmm.paper.rows.layout import PageRows
from ecgmm.paper.rows.names import NamePlace

_FARTHEST_MM = 22.0
"""From where its lead begins; more than between rows that are close."""
_FEWEST_READ = 3
_SAME_PLACE_MM = 1.5

_Lead = tuple[str, float, float]
"""Its name, where it begins, and the height of its row's baseline."""


def names_on(rows: PageRows) -> tuple[NamePlace, ...]:
    """The names of leads on a page: those that were read, and where the others must stand.

    A printer puts every name equally far from where its lead begins, but for those at the rows'
    start. A beat that crosses a name makes it hard to read, and is itself hard to follow there.
    """
    missing: dict[bool, list[_Lead]] = defaultdict(list)
    read: dict[bool, list[tuple[_Lead, NamePlace]]] = defaultdict(list)
    for is_first, lead in _leads(rows):
        own = next((name for name in rows.printed.names if _is_of(name, lead)), None)
        if own is None:
            missing[is_first].append(lead)
        else:
            read[is_first].append((lead, own))
    unread = [
        NamePlace(name, begins_mm + right_mm, baseline_mm + below_mm, cap_height_mm)
        for is_first, (right_mm, below_mm, cap_height_mm) in _usual_places(read)
        for name, begins_mm, baseline_mm in missing[is_first]
    ]
    return (*rows.printed.names, *unread)


def _leads(rows: PageRows) -> Iterator[tuple[bool, _Lead]]:
    """Each lead whose name is known, and whether its row begins with it."""
    for row, names in enumerate(rows.names):
        begins_mm = [rows.starts_mm[row], *(border.middle_mm for border in rows.borders[row])]
        if len(begins_mm) == len(names):
            for place, (name, x_mm) in enumerate(zip(names, begins_mm, strict=True)):
                yield place == 0, (name, x_mm, rows.places[row].baseline_mm)


def _is_of(name: NamePlace, lead: _Lead) -> bool:
    return (
        name.name == lead[0]
        and abs(name.left_mm - lead[1]) < _FARTHEST_MM
        and abs(name.middle_mm - lead[2]) < _FARTHEST_MM
    )


def _usual_places(
    read: dict[bool, list[tuple[_Lead, NamePlace]]],
) -> Iterator[tuple[bool, tuple[float, float, float]]]:
    """How far to the right of and below where leads begin names stand, and how tall they are."""
    for is_first, pairs in read.items():
        places = np.array(
            [
                (name.left_mm - lead[1], name.middle_mm - lead[2], name.cap_height_mm)
                for lead, name in pairs
            ]
        )
        usual = np.median(places, axis=0)
        is_usual = (np.abs(places - usual)[:, :2] < _SAME_PLACE_MM).all(axis=1)
        if is_usual.sum() >= _FEWEST_READ:
            right_mm, below_mm, cap_height_mm = (float(value) for value in usual)
            yield is_first, (right_mm, below_mm, cap_height_mm)
