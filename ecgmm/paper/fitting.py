"""Room for what is drawn: rows as far apart as their waves need, names where no ink is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.page import SMALL_BOX_MM, Label, Row

LEAST_REACH_MM = 4.0
"""To either side of a baseline: a flat lead has a row too."""
AIR_MM = 1.0
"""Between a name and the nearest ink."""
_WIDTH_OF_LETTER, _HEIGHT_OF_LETTER, _DESCENT = 0.75, 0.75, 0.05
"""Of the em: the widest capitals of names such as `aVR`, their height, and what hangs below."""
_STEP_MM = 0.5
_STEPS_ASIDE = 40
"""A name stays within 20 mm of its segment's left end."""


def fitted_rows(rows: Sequence[Row], top_mm: float, bottom_mm: float) -> tuple[Row, ...]:
    """The rows between two heights, each with the room that its waves need.

    Where there is too little for all of them neighbours overlap, as they do on a recorder's paper;
    the highest wave of the first row and the deepest of the last stay between the two.

    Args:
        rows: from top to bottom, wherever they were put.
        top_mm: the highest ink.
        bottom_mm: the lowest ink.
    """
    if not rows:
        return ()
    reaches = [_reach_mm(row) for row in rows]
    needed_mm = np.cumsum([0.0, *(above + below for above, below in reaches)])
    free_mm = bottom_mm - top_mm - needed_mm[-1]
    starts_mm = needed_mm[:-1] + free_mm * (np.arange(len(rows)) + 0.5) / len(rows)
    if free_mm < 0:
        starts_mm = _overlapping(needed_mm[:-1], reaches, bottom_mm - top_mm)
    baselines_mm = [
        top_mm + start_mm + above for start_mm, (above, _) in zip(starts_mm, reaches, strict=True)
    ]
    moved = (
        _moved(row, round((to_mm - row.baseline_mm) / SMALL_BOX_MM) * SMALL_BOX_MM)
        for row, to_mm in zip(rows, baselines_mm, strict=True)
    )
    return tuple(_with_pulses_apart(moved))


def clear_names(names: Sequence[Label], rows: Sequence[Row], top_mm: float) -> Iterator[Label]:
    """The names of leads where neither a trace, nor a pulse, nor another name is.

    Args:
        names: each at the left end of its segment, at the height where it would stand best.
        rows: the rows of the page.
        top_mm: the highest that a name may reach.
    """
    lines_mm = [_dense(line) for row in rows for line in _ink_mm(row)]
    ink_mm = np.concatenate([*lines_mm, np.empty((0, 2))])
    for name in names:
        placed = _clear(name, ink_mm, top_mm)
        left, top, right, bottom = _box_mm(placed)
        diagonals = np.array([[left, top], [right, bottom], [left, bottom], [right, top]])
        ink_mm = np.concatenate([ink_mm, _dense(diagonals)])
        yield placed


def _overlapping(
    starts_mm: NDArray[np.float64], reaches: Sequence[tuple[float, float]], room_mm: float
) -> NDArray[np.float64]:
    """Where rows begin that do not fit side by side: the first and the last keep to the room."""
    last_mm = room_mm - sum(reaches[-1])
    share = last_mm / starts_mm[-1] if starts_mm[-1] > 0 else 0.0
    return np.asarray(starts_mm * share, np.float64)


def _with_pulses_apart(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, without the pulses that would stand in one above them."""
    lowest_mm = -np.inf
    for row in rows:
        if len(row.pulse_mm) and row.pulse_mm[:, 1].min() <= lowest_mm:
            row = replace(row, pulse_mm=row.pulse_mm[:0])
        lowest_mm = row.pulse_mm[:, 1].max(initial=lowest_mm)
        yield row


def _ink_mm(row: Row) -> list[NDArray[np.float64]]:
    return [run for trace in row.traces for run in trace.runs_mm] + [row.pulse_mm]


def _dense(line_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """`[points, 2]`, a polyline with points at most half a millimetre apart."""
    if len(line_mm) < 2:
        return line_mm
    lengths_mm = np.hypot(*np.diff(line_mm, axis=0).T)
    at_mm = np.concatenate([[0.0], np.cumsum(lengths_mm)])
    wanted_mm = np.linspace(0.0, at_mm[-1], int(at_mm[-1] / _STEP_MM) + 2)
    return np.stack([np.interp(wanted_mm, at_mm, line_mm[:, axis]) for axis in (0, 1)], axis=1)


def _reach_mm(row: Row) -> tuple[float, float]:
    """How far the ink of a row goes above and below its baseline."""
    y_mm = np.concatenate(_ink_mm(row))[:, 1] - row.baseline_mm
    highest, lowest = y_mm.min(initial=-LEAST_REACH_MM), y_mm.max(initial=LEAST_REACH_MM)
    return float(-highest), float(lowest)


def _moved(row: Row, by_mm: float) -> Row:
    down = np.array([0.0, by_mm])
    return replace(
        row,
        baseline_mm=row.baseline_mm + by_mm,
        traces=tuple(replace(t, points_mm=t.points_mm + down) for t in row.traces),
        pulse_mm=row.pulse_mm + down,
    )


def _box_mm(label: Label) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a line of text."""
    right_mm = label.x_mm + _WIDTH_OF_LETTER * label.size_mm * len(label.text)
    top_mm = label.y_mm - _HEIGHT_OF_LETTER * label.size_mm
    return label.x_mm, top_mm, right_mm, label.y_mm + _DESCENT * label.size_mm


def _clear(label: Label, ink_mm: NDArray[np.float64], top_mm: float) -> Label:
    """The label at the free place nearest to its own; there where none is free."""
    left, highest, right, lowest = _box_mm(label)
    height_mm = lowest - highest
    best, moved_mm = label, np.inf
    for aside_mm in np.arange(_STEPS_ASIDE + 1) * _STEP_MM:
        near = (ink_mm[:, 0] > left + aside_mm - AIR_MM) & (
            ink_mm[:, 0] < right + aside_mm + AIR_MM
        )
        y_mm = np.sort(ink_mm[near, 1])
        borders = np.concatenate([[top_mm - AIR_MM], y_mm[y_mm > top_mm], [np.inf]])
        gaps = np.flatnonzero(np.diff(borders) >= height_mm + 2 * AIR_MM)
        for gap in gaps:
            first, last = borders[gap] + AIR_MM, borders[gap + 1] - AIR_MM - height_mm
            up_mm = float(np.clip(highest, first, last)) - highest
            if abs(up_mm) + aside_mm < moved_mm:
                moved_mm = abs(up_mm) + aside_mm
                best = replace(label, x_mm=label.x_mm + aside_mm, y_mm=label.y_mm + up_mm)
    return best
