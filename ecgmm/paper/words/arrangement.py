"""Which arrangement of leads a page has, by where their names stand."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.words.facts import PlacedLead

LEAST_SCORE = 2.5
"""Two sure names and something of a third: fewer can stand anywhere."""

_BASES = ("3x4", "6x2", "4x3", "12x1", "6x1")
_CABRERA = {"I": "aVL", "II": "I", "III": "aVR", "aVR": "II", "aVL": "aVF", "aVF": "III"}
"""Cabrera's order of the limb leads, from the left shoulder to the right foot."""

_CHEST_ALONE = LAYOUTS["12x1"].rows[6:]
"""The second page of machines that print the limb leads on the first."""

_ACROSS, _DOWN = 0.2, 0.3
_CONTRADICTION = 0.5
_SURE = 0.6
_MISSING = 0.02

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Arrangement:
    """Where the names of a page's leads stand.

    Attributes:
        rows: names of the leads of each row, rhythm rows included.
        columns_px: left end of the names of each column.
        rows_px: height of the names of each row.
        leads: the names that stand where they should, rhythm rows included.
        score: sum of the confidences of the names that stand where they should, less what is
            missing or stands elsewhere; from `LEAST_SCORE` to about the number of leads.
    """

    rows: Rows
    columns_px: tuple[float, ...]
    rows_px: tuple[float, ...]
    leads: tuple[PlacedLead, ...]
    score: float


@dataclass(frozen=True)
class _Lattice:
    """Where column `c` and row `r` begin: `left + c * across`, `top + r * down`."""

    left: float
    across: float
    top: float
    down: float

    def fits(self, lead: PlacedLead, row: int, column: int) -> bool:
        across = self.across or 4 * self.down
        return (
            abs(lead.left_px - self.left - column * self.across) < _ACROSS * across
            and abs(lead.middle_px - self.top - row * self.down) < _DOWN * self.down
        )


def find_arrangement(leads: Sequence[PlacedLead]) -> Arrangement | None:
    """The usual arrangement, or Cabrera's, that most of the names agree with.

    Args:
        leads: names as they were read; some may be wrong, or missing.

    Returns:
        The best one; None where too few names stand in any.
    """
    found = [
        _arrangement(leads, rows, lattice)
        for rows in _known_rows()
        for lattice in _lattices(leads, rows)
    ]
    best = max(found, key=lambda of: of.score, default=None)
    return best if best is not None and best.score >= LEAST_SCORE else None


def _known_rows() -> Iterator[Rows]:
    for name in _BASES:
        rows = LAYOUTS[name].rows
        yield rows
        yield tuple(tuple(_CABRERA.get(lead, lead) for lead in row) for row in rows)
    yield _CHEST_ALONE


def _cells(rows: Rows) -> dict[str, tuple[int, int]]:
    return {lead: (r, c) for r, row in enumerate(rows) for c, lead in enumerate(row)}


def _lattices(leads: Sequence[PlacedLead], rows: Rows) -> Iterator[_Lattice]:
    """Every lattice that two names give which differ in their row and, if they can, column."""
    cells = _cells(rows)
    known = [lead for lead in leads if lead.name in cells]
    for a, b in itertools.permutations(known, 2):
        (row_a, column_a), (row_b, column_b) = cells[a.name], cells[b.name]
        if row_b <= row_a or (column_a == column_b and len(rows[0]) > 1):
            continue
        down = (b.middle_px - a.middle_px) / (row_b - row_a)
        across = (b.left_px - a.left_px) / (column_b - column_a) if column_b != column_a else 0.0
        if down > 0 and (across > 0 or len(rows[0]) == 1):
            yield _Lattice(a.left_px - column_a * across, across, a.middle_px - row_a * down, down)


def _arrangement(leads: Sequence[PlacedLead], rows: Rows, lattice: _Lattice) -> Arrangement:
    cells = _cells(rows)
    in_place: dict[str, PlacedLead] = {}
    elsewhere: list[PlacedLead] = []
    for lead in leads:
        if lead.name in cells and lattice.fits(lead, *cells[lead.name]):
            if lead.name not in in_place or in_place[lead.name].confidence < lead.confidence:
                in_place[lead.name] = lead
        else:
            elsewhere.append(lead)
    rhythm = _rhythm(elsewhere, rows, lattice)
    wrong = [lead for lead in elsewhere if lead not in rhythm and _is_telling(lead)]
    score = sum(lead.confidence for lead in in_place.values())
    score -= _CONTRADICTION * sum(lead.confidence for lead in wrong)
    score -= _MISSING * (len(cells) - len(in_place))
    return Arrangement(
        rows=(*rows, *((lead.name,) for lead in rhythm)),
        columns_px=tuple(lattice.left + c * lattice.across for c in range(len(rows[0]))),
        rows_px=(
            *_row_heights(in_place, cells, len(rows), lattice),
            *(of.middle_px for of in rhythm),
        ),
        leads=(*in_place.values(), *rhythm),
        score=score,
    )


def _rhythm(leads: Sequence[PlacedLead], rows: Rows, lattice: _Lattice) -> list[PlacedLead]:
    """Names below the first column: those of rhythm rows."""
    last = lattice.top + (len(rows) - 1) * lattice.down
    below = [
        lead
        for lead in leads
        if len(rows[0]) > 1
        and abs(lead.left_px - lattice.left) < _ACROSS * lattice.across
        and lead.middle_px > last + lattice.down / 2
        and lead.confidence > _SURE
    ]
    return sorted(below, key=lambda lead: lead.middle_px)


def _is_telling(lead: PlacedLead) -> bool:
    """Whether a name that stands elsewhere counts: a stroke may be anything."""
    return lead.confidence > _SURE and set(lead.name) != {"I"}


def _row_heights(
    in_place: Mapping[str, PlacedLead],
    cells: Mapping[str, tuple[int, int]],
    rows: int,
    lattice: _Lattice,
) -> Iterator[float]:
    """The height of each row's names: their own where they were read, else the lattice's."""
    for row in range(rows):
        own = [lead.middle_px for name, lead in in_place.items() if cells[name][0] == row]
        yield float(np.median(own)) if own else lattice.top + row * lattice.down
