"""The rows of a page: where each begins, and whether it changes its lead on the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ecgmm.grid import STRIP_S, STRIP_STEPS
from ecgmm.paper.reading.hidden_rows import add_hidden_rows
from ecgmm.paper.reading.pulses import Pulse, find_pulses
from ecgmm.paper.reading.sheet import ROW_MM, SHEET_PIXELS_PER_MM, Sheet

REACH_MM = 15.0
INKED = 0.25
LONGEST_LEAD_IN_MM = 6.0
LEAST_GAP_MM = 1.5
SPECK_PX = 1
GAP_REACH_MM = 4.0
GAP_SHARE_OF_TYPICAL = 0.3
CERTAIN_PULSE = 0.6
LEAST_OF_TYPICAL_COVERAGE = 0.8
BORDER_TOLERANCE_MM = 2.0
BORDER_HALF_MM = 2.0
ABOVE_BAR_MM = 6.0
BORDER_INKED_SHARE = 0.75


@dataclass(frozen=True)
class Row:
    """One row of a page.

    Attributes:
        start_mm: where its ten seconds begin, from the page's left.
        baseline_mm: height of its 0 mV, from the page's top.
        leads: how many leads it shows in turn: 1 in a rhythm row, 4 in rows of 2.5 s each.
        pulse: its reference pulse.
        seen: `[250]` from 0 to 1, how much of each step lies on paper in the picture.
        coverage: share of the visible columns in which there is ink.
    """

    start_mm: float
    baseline_mm: float
    leads: int
    pulse: Pulse
    seen: NDArray[np.float32]
    coverage: float

    @property
    def visible(self) -> float:
        """Share of its ten seconds that lies on paper in the picture."""
        return float(self.seen.mean())

    @property
    def border_s(self) -> tuple[float, ...]:
        """Where it changes its lead."""
        return tuple(STRIP_S * place / self.leads for place in range(1, self.leads))

    @property
    def weight(self) -> float:
        """How surely it is a row: a clear pulse, and a trace that runs on from it."""
        return self.pulse.weight * self.visible * self.coverage


def find_upright_rows(sheet: Sheet, *, is_upright: bool = False) -> tuple[Sheet, tuple[Row, ...]]:
    """Turn a page the right way up and find its rows.

    All four ways are tried: the pulses of a page upside down can look like a poor set.

    Args:
        sheet: the page as it lies in the photo.
        is_upright: whether it is known to lie there the right way up.

    Returns:
        The page as it is read, and its rows from top to bottom; none where no way shows any.
    """
    ways = range(1 if is_upright else 4)
    readings = [(turned, find_rows(turned)) for turned in map(sheet.turned, ways)]
    return max(readings, key=lambda reading: sum(row.weight for row in reading[1]))


def find_rows(sheet: Sheet) -> tuple[Row, ...]:
    """The rows of an upright page, from top to bottom, if any begin with a reference pulse.

    A doubtful pulse whose trace has more gaps than the page's others is a rest of the grid.
    """
    pulses = find_pulses(sheet.ink, SHEET_PIXELS_PER_MM)
    if not pulses:
        return ()
    start_mm = _start_mm(sheet, pulses)
    pulses = add_hidden_rows(sheet, pulses)
    bars = [_bars(sheet, start_mm, pulse.baseline_mm) for pulse in pulses]
    rows = [
        _describe(sheet, start_mm, pulse, leads)
        for pulse, leads in zip(pulses, _leads(bars), strict=True)
    ]
    least_coverage = LEAST_OF_TYPICAL_COVERAGE * np.median([row.coverage for row in rows])
    return tuple(
        row for row in rows if row.pulse.score > CERTAIN_PULSE or row.coverage >= least_coverage
    )


def _start_mm(sheet: Sheet, pulses: tuple[Pulse, ...]) -> float:
    """Where the traces begin: at the pulses' right edges, or after the gap behind their feet."""
    end_mm = float(np.median([pulse.end_mm for pulse in pulses]))
    darkest = [
        _window(sheet.ink, pulse.baseline_mm, end_mm, ROW_MM, GAP_REACH_MM).max(axis=0, initial=0)
        for pulse in pulses
    ]
    level = np.mean(darkest, axis=0)
    lead_in = level[: round(LONGEST_LEAD_IN_MM * SHEET_PIXELS_PER_MM)]
    is_blank = lead_in < GAP_SHARE_OF_TYPICAL * np.median(level)
    blank = np.flatnonzero(ndimage.binary_closing(is_blank, np.ones(SPECK_PX + 2)))
    runs = np.split(blank, np.flatnonzero(np.diff(blank) > 1) + 1)
    gaps = [run for run in runs if len(run) >= LEAST_GAP_MM * SHEET_PIXELS_PER_MM]
    if not gaps or gaps[0][-1] + 1 >= len(lead_in):
        return end_mm
    return end_mm + (gaps[0][-1] + 0.5) / SHEET_PIXELS_PER_MM


def _describe(sheet: Sheet, start_mm: float, pulse: Pulse, leads: int) -> Row:
    paper = _window(sheet.paper, pulse.baseline_mm, start_mm, ROW_MM, REACH_MM)
    on_paper = paper.mean(axis=0) > 0.5
    seen = np.zeros(STRIP_STEPS * SHEET_PIXELS_PER_MM, np.float32)
    seen[: len(on_paper)] = on_paper
    inked = _inked_columns(sheet.ink, pulse.baseline_mm, start_mm, ROW_MM)
    return Row(
        start_mm=start_mm,
        baseline_mm=pulse.baseline_mm,
        leads=leads,
        pulse=pulse,
        seen=seen.reshape(STRIP_STEPS, -1).mean(axis=1),
        coverage=float(inked[on_paper].mean()) if on_paper.any() else 0.0,
    )


def _inked_columns(
    ink: NDArray[np.float32], baseline_mm: float, left_mm: float, width_mm: float
) -> NDArray[np.bool_]:
    return _window(ink, baseline_mm, left_mm, width_mm, REACH_MM).max(axis=0, initial=0) > INKED


def _bars(sheet: Sheet, start_mm: float, baseline_mm: float) -> tuple[bool, bool, bool]:
    """Whether a bar stands on the baseline at 2.5, 5 and 7.5 s.

    A bar reaches as far up as down and ends there; a beat mostly goes on upward.
    """
    found = []
    for quarter in (1, 2, 3):
        left_mm = start_mm + quarter * ROW_MM / 4 - BORDER_TOLERANCE_MM
        width_mm = 2 * BORDER_TOLERANCE_MM
        inner = _window(sheet.ink, baseline_mm, left_mm, width_mm, BORDER_HALF_MM) > INKED
        above = _window(sheet.ink, baseline_mm - ABOVE_BAR_MM, left_mm, width_mm, 1.0) > INKED
        is_bar = (inner.mean(axis=0) > BORDER_INKED_SHARE) & (
            above.mean(axis=0) < BORDER_INKED_SHARE
        )
        found.append(bool(is_bar.any()))
    return found[0], found[1], found[2]


def _leads(bars: list[tuple[bool, bool, bool]]) -> list[int]:
    """Number of leads in each row, from the bars between them.

    A page of two columns has bars at 5 s alone, in most of its rows; elsewhere a single bar is
    a beat.
    """
    halved = np.mean([row == (False, True, False) for row in bars]) > 0.5
    return [2 if halved and row[1] else 4 if sum(row) >= 2 else 1 for row in bars]


def _window(
    plane: NDArray[np.float32] | NDArray[np.bool_],
    middle_mm: float,
    left_mm: float,
    width_mm: float,
    reach_mm: float,
) -> NDArray[np.float32] | NDArray[np.bool_]:
    """The part of a plane around a height; it ends where the plane ends."""
    scale = SHEET_PIXELS_PER_MM
    top, bottom = (max(0, round((middle_mm + side * reach_mm) * scale)) for side in (-1, 1))
    left = max(0, round(left_mm * scale))
    return plane[top : bottom + 1, left : left + round(width_mm * scale)]
