"""Where the rows of a page change their lead: the bars and dashes that stand between leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM, pixels
from ecgmm.paper.rows.levels import band_along
from ecgmm.paper.rows.places import INKED, RowPlace

COLUMNS = (4, 2, 3, 5)
"""Leads that rows show in turn, the usual first."""

_SEARCH_MM = 3.5
_REACH_MM = 6.0
_INNER_MM = 2.0
_FULL = 0.75
_DASHED = 0.6
_SAME_PLACE_MM = 0.8
_SAME_LENGTH_MM = 2.0
_LEAST_SHARE = 0.35
_LEAST_BORDERS = 0.6
_FEWEST_ROWS = 2


@dataclass(frozen=True)
class Border:
    """A place where a row changes its lead.

    Attributes:
        middle_mm: where, from the sheet's left.
        bar_mm: left, top, right and bottom of the bar that stands there; None where there is none.
        by_name: whether only the name behind it tells where it is.
    """

    middle_mm: float
    bar_mm: tuple[float, float, float, float] | None = None
    by_name: bool = False


@dataclass(frozen=True)
class _Bar:
    """An upright bar or a pair of dashes: where, and how far it reaches from its row's level."""

    first_mm: float
    last_mm: float
    level_mm: float
    above_mm: float
    below_mm: float

    @property
    def middle_mm(self) -> float:
        return (self.first_mm + self.last_mm) / 2

    @property
    def length_mm(self) -> float:
        return self.above_mm + self.below_mm


def find_borders(
    ink: NDArray[np.float32], rows: Sequence[RowPlace], start_mm: float, end_mm: float
) -> tuple[tuple[Border, ...], ...]:
    """Find the borders of every row.

    Bars stand at the same place in most rows, at equal parts of them, and all look alike. In a row
    that is alone nothing tells bars from beats of a steady rate.

    Args:
        ink: `[height, width]` 4 px/mm, see `Sheet.ink`.
        rows: the rows.
        start_mm: where the first lead begins.
        end_mm: where the last one ends.

    Returns:
        For each row its borders from left to right; none for a row of one lead.
    """
    if len(rows) < _FEWEST_ROWS:
        return ((),) * len(rows)
    bars = [_bars(ink, row) for row in rows]
    for columns in COLUMNS:
        middles_mm = np.linspace(start_mm, end_mm, columns + 1)[1:-1]
        usual = _usual(bars, middles_mm)
        if usual is None:
            continue
        offset_mm, length_mm = usual
        at_mm = [float(middle_mm + offset_mm) for middle_mm in middles_mm]
        own = [_own_bars(row, at_mm, length_mm) for row in bars]
        reach_mm = _usual_reach([bar for of_row in own for bar in of_row if bar is not None])
        return _down_to_the_last([_of_row(of_row, at_mm, reach_mm) for of_row in own], at_mm)
    return ((),) * len(rows)


def _usual(
    bars: Sequence[Sequence[_Bar]], middles_mm: NDArray[np.float64]
) -> tuple[float, float] | None:
    """How far from the equal parts of the rows bars stand, and how long they are.

    None where too few bars of one length stand at the same distance from them.
    """
    near = [
        (row, place, float(bar.middle_mm - middle_mm), bar.length_mm)
        for row, of_row in enumerate(bars)
        for place, middle_mm in enumerate(middles_mm)
        for bar in of_row
        if abs(bar.middle_mm - middle_mm) < _SEARCH_MM
    ]

    def alike(offset_mm: float, length_mm: float) -> set[tuple[int, int]]:
        return {
            (row, place)
            for row, place, of_mm, long_mm in near
            if abs(of_mm - offset_mm) < _SAME_PLACE_MM and long_mm > length_mm - _SAME_LENGTH_MM
        }

    kinds = [(offset_mm, length_mm) for _, _, offset_mm, length_mm in near]
    best = max(kinds, key=lambda kind: len(alike(*kind)) - abs(kind[0]), default=None)
    if best is None:
        return None
    places = alike(*best)
    is_usual = len(places) >= max(2, _LEAST_SHARE * len(bars) * len(middles_mm))
    stand_at = len({place for _, place in places}) / len(middles_mm)
    return best if is_usual and stand_at >= _LEAST_BORDERS else None


def _own_bars(bars: Sequence[_Bar], at_mm: Sequence[float], length_mm: float) -> list[_Bar | None]:
    """The bar of a row at each border, or one that touches a beat; None where none stands."""
    return [
        next(
            (
                bar
                for bar in bars
                if abs(bar.middle_mm - middle_mm) < _SAME_PLACE_MM
                and bar.length_mm > length_mm - _SAME_LENGTH_MM
            ),
            None,
        )
        for middle_mm in at_mm
    ]


def _usual_reach(bars: Sequence[_Bar]) -> tuple[float, float]:
    """How far the bars of a page reach above and below the level of their rows."""
    above_mm, below_mm = np.median([(bar.above_mm, bar.below_mm) for bar in bars], axis=0)
    return float(above_mm), float(below_mm)


def _of_row(
    own: Sequence[_Bar | None], at_mm: Sequence[float], reach_mm: tuple[float, float]
) -> tuple[Border, ...]:
    """The borders of one row, if bars of its own stand at most of them."""
    if np.mean([bar is not None for bar in own]) < _LEAST_BORDERS:
        return ()
    return tuple(
        Border(middle_mm, None if bar is None else _box_mm(bar, reach_mm))
        for middle_mm, bar in zip(at_mm, own, strict=True)
    )


def _box_mm(bar: _Bar, reach_mm: tuple[float, float]) -> tuple[float, float, float, float]:
    """Where a bar stands: a beat that touches it makes it longer than those of the page are."""
    above_mm, below_mm = (
        own_mm if own_mm < usual_mm + _SAME_LENGTH_MM else usual_mm
        for own_mm, usual_mm in zip((bar.above_mm, bar.below_mm), reach_mm, strict=True)
    )
    return bar.first_mm, bar.level_mm - above_mm, bar.last_mm, bar.level_mm + below_mm


def _down_to_the_last(
    borders: list[tuple[Border, ...]], at_mm: Sequence[float]
) -> tuple[tuple[Border, ...], ...]:
    """Rows of one lead stand below the others: what stands above a divided row is divided."""
    last = max((number for number, row in enumerate(borders) if row), default=-1)
    plain = tuple(Border(middle_mm) for middle_mm in at_mm)
    return tuple(row or (plain if number < last else ()) for number, row in enumerate(borders))


def _bars(ink: NDArray[np.float32], row: RowPlace) -> list[_Bar]:
    """What stands upright on a row: over and under its level, or beyond it on both sides."""
    mask = (ink > INKED).astype(np.uint8)
    narrow = band_along(mask, row.level_mm, _REACH_MM, _REACH_MM)
    wide = cv2.dilate(mask, np.ones((1, 3), np.uint8)).astype(np.uint8)
    band = band_along(wide, row.level_mm, _REACH_MM, _REACH_MM)
    middle, inner = pixels(_REACH_MM), pixels(_INNER_MM)
    is_short = narrow[middle - inner : middle + inner + 1].mean(axis=0) > _FULL
    above, below = band[: middle - inner], band[middle + inner + 1 :]
    is_long = (above.mean(axis=0) > _DASHED) & (below.mean(axis=0) > _DASHED)
    columns = np.flatnonzero(is_short | is_long)
    if not len(columns):
        return []
    runs = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    return [_bar(band, row, int(run[0]), int(run[-1]) + 1) for run in runs]


def _bar(band: NDArray[np.uint8], row: RowPlace, first: int, last: int) -> _Bar:
    filled = np.flatnonzero(band[:, first:last].mean(axis=1) > 0.5)
    middle = len(band) // 2
    return _Bar(
        first / PIXELS_PER_MM,
        last / PIXELS_PER_MM,
        float(np.median(row.level_mm[first:last])),
        (middle - filled.min(initial=middle)) / PIXELS_PER_MM,
        (filled.max(initial=middle) - middle) / PIXELS_PER_MM,
    )
