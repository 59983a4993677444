"""What stands on a page's rows and is no trace: reference pulses, what parts leads, frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.page import LARGE_BOX_MM, Box, Row
from ecgmm.paper.style import PageStyle, Separator

PULSE_MV = 1.0

Stroke = tuple[tuple[float, float], tuple[float, float]]

_FOOT_MM = LARGE_BOX_MM / 2
_BAR_HALF_MM = 2.5
_TICK_MM = (2.0, 5.0)
_DASH_MM = 1.5
_BOX_MARGIN_MM = 1.5


def pulse_width_mm(style: PageStyle) -> float:
    """How wide the reference pulse is, without its feet."""
    return style.pulse_s * style.speed_mm_per_s


def lead_in_mm(style: PageStyle) -> float:
    """Room at the left of a row: the pulse with a box before and after it, or one box."""
    has_pulse = style.pulse and style.pulse_at in ("left", "box")
    return 2 * LARGE_BOX_MM + pulse_width_mm(style) if has_pulse else LARGE_BOX_MM


def pulse_mm(
    left_mm: float, row_mm: float, baseline_mm: float, style: PageStyle
) -> NDArray[np.float64]:
    """The reference pulse of a row: 1 mV, a box before the row begins, after it ends, or amid it.

    Args:
        left_mm: where the row begins.
        row_mm: how long it is.
        baseline_mm: height of the pulse's feet.
        style: how it is printed.

    Returns:
        `[6, 2]` corners; none where the style has no pulse.
    """
    if not style.pulse:
        return np.empty((0, 2))
    wide_mm = pulse_width_mm(style)
    rise_mm = {
        "right": left_mm + row_mm + LARGE_BOX_MM,
        "middle": left_mm + (row_mm - wide_mm) / 2,
    }.get(style.pulse_at, left_mm - LARGE_BOX_MM - wide_mm)
    top_mm = baseline_mm - PULSE_MV * style.gain_mm_per_mv
    x = np.array([-_FOOT_MM, 0, 0, wide_mm, wide_mm, wide_mm + _FOOT_MM])
    y = np.array([baseline_mm, baseline_mm, top_mm, top_mm, baseline_mm, baseline_mm])
    return np.column_stack([rise_mm + x, y])


def blank_spans_mm(
    left_mm: float, row_mm: float, leads: int, style: PageStyle
) -> list[tuple[float, float]]:
    """Where a row's trace is left out: around a change of lead, and where a pulse stands in it."""
    changes = left_mm + row_mm * np.arange(1, leads) / leads
    spans = [(at - style.gap_mm / 2, at + style.gap_mm / 2) for at in changes if style.gap_mm > 0]
    if style.pulse and style.pulse_at == "middle":
        half_mm = pulse_width_mm(style) / 2 + _FOOT_MM
        spans.append((left_mm + row_mm / 2 - half_mm, left_mm + row_mm / 2 + half_mm))
    return spans


def separators_mm(rows: Sequence[Row], style: PageStyle) -> NDArray[np.float64]:
    """`[strokes, 2, 2]`, both ends of each stroke between two leads."""
    strokes = _SEPARATORS[style.separator](rows) if style.separators else []
    return np.array(list(strokes), np.float64).reshape(-1, 2, 2)


def frame_mm(grid: Box, rows: Sequence[Row], style: PageStyle) -> list[NDArray[np.float64]]:
    """The line around the grid, and those around pulses in boxes."""
    boxes = [grid] if style.frame else []
    if style.pulse and style.pulse_at == "box":
        boxes += [_around(row.pulse_mm) for row in rows]
    return [_outline(box) for box in boxes]


def _changes(rows: Iterable[Row]) -> Iterator[tuple[Row, float]]:
    for row in rows:
        for trace in row.traces[1:]:
            yield row, float(trace.points_mm[0, 0])


def _upright(x: float, top: float, bottom: float) -> Stroke:
    return (x, top), (x, bottom)


def _bars(rows: Sequence[Row]) -> Iterator[Stroke]:
    for row, x in _changes(rows):
        yield _upright(x, row.baseline_mm - _BAR_HALF_MM, row.baseline_mm + _BAR_HALF_MM)


def _ticks(rows: Sequence[Row]) -> Iterator[Stroke]:
    near, far = _TICK_MM
    for row, x in _changes(rows):
        yield _upright(x, row.baseline_mm - far, row.baseline_mm - near)
        yield _upright(x, row.baseline_mm + near, row.baseline_mm + far)


def _dashes(rows: Sequence[Row]) -> Iterator[Stroke]:
    half_mm = _pitch_mm(rows) / 2
    for row, x in _changes(rows):
        for top in np.arange(row.baseline_mm - half_mm, row.baseline_mm + half_mm, 2 * _DASH_MM):
            yield _upright(x, top, top + _DASH_MM)


def _columns(rows: Sequence[Row]) -> Iterator[Stroke]:
    """A line at each change through all the rows that change there."""
    half_mm = _pitch_mm(rows) / 2
    at: dict[float, list[float]] = {}
    for row, x in _changes(rows):
        at.setdefault(round(x, 1), []).append(row.baseline_mm)
    for x, baselines in at.items():
        yield _upright(x, min(baselines) - half_mm, max(baselines) + half_mm)


_SEPARATORS: dict[Separator, Callable[[Sequence[Row]], Iterator[Stroke]]] = {
    "bar": _bars,
    "ticks": _ticks,
    "dashes": _dashes,
    "column": _columns,
}


def _pitch_mm(rows: Sequence[Row]) -> float:
    return rows[1].baseline_mm - rows[0].baseline_mm if len(rows) > 1 else 4 * LARGE_BOX_MM


def _around(points_mm: NDArray[np.float64]) -> Box:
    (left, top), (right, bottom) = points_mm.min(axis=0), points_mm.max(axis=0)
    margin = _BOX_MARGIN_MM
    return Box(left - margin, top - margin, right + margin, bottom + margin)


def _outline(box: Box) -> NDArray[np.float64]:
    left, top, right, bottom = box.left_mm, box.top_mm, box.right_mm, box.bottom_mm
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])
