"""The rows of a page: where each begins, and whether it changes its lead on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PAPER_SPEED_MM_PER_S, STRIP_S
from ecgmm.paper.reading.pulses import Pulse
from ecgmm.paper.reading.sheet import SHEET_PIXELS_PER_MM, Sheet

RowKind = Literal["rhythm", "segments"]

ROW_MM = STRIP_S * PAPER_SPEED_MM_PER_S
REACH_MM = 15.0
INKED = 0.25
LONGEST_LEAD_IN_MM = 10.0
LEAST_GAP_MM = 1.5
BORDER_TOLERANCE_MM = 2.0
BORDER_HALF_MM = 2.0
BORDER_INKED_SHARE = 0.75


@dataclass(frozen=True)
class Row:
    """One row of a page.

    Attributes:
        start_mm: where its ten seconds begin, from the page's left.
        baseline_mm: height of its 0 mV, from the page's top.
        kind: `rhythm`, one lead for ten seconds, or `segments`, a new lead every 2.5 s.
        pulse_score: how clear its reference pulse is, up to 1.
        visible: share of its ten seconds that lies on paper in the picture.
        coverage: share of the visible columns in which there is ink.
    """

    start_mm: float
    baseline_mm: float
    kind: RowKind
    pulse_score: float
    visible: float
    coverage: float


def find_rows(sheet: Sheet) -> tuple[Row, ...]:
    """The rows that begin with a reference pulse, from top to bottom."""
    if not sheet.pulses:
        return ()
    start_mm = _start_mm(sheet)
    return tuple(_describe(sheet, start_mm, pulse) for pulse in sheet.pulses)


def _start_mm(sheet: Sheet) -> float:
    """Where the traces begin: at the pulses' right edges or after the gap behind them."""
    end_mm = float(np.median([pulse.end_mm for pulse in sheet.pulses]))
    inked = np.mean(
        [
            _inked_columns(sheet.ink, pulse.baseline_mm, end_mm, LONGEST_LEAD_IN_MM)
            for pulse in sheet.pulses
        ],
        axis=0,
    )
    blank = np.flatnonzero(inked < 0.5)
    runs = np.split(blank, np.flatnonzero(np.diff(blank) > 1) + 1)
    gaps = [run for run in runs if len(run) >= LEAST_GAP_MM * SHEET_PIXELS_PER_MM]
    if not gaps or gaps[-1][-1] == len(inked) - 1:
        return end_mm
    return end_mm + (gaps[-1][-1] + 1) / SHEET_PIXELS_PER_MM


def _describe(sheet: Sheet, start_mm: float, pulse: Pulse) -> Row:
    paper = _window(sheet.paper, pulse.baseline_mm, start_mm, ROW_MM, REACH_MM)
    on_paper = paper.mean(axis=0) > 0.5
    visible = float(on_paper.sum() / (ROW_MM * SHEET_PIXELS_PER_MM))
    inked = _inked_columns(sheet.ink, pulse.baseline_mm, start_mm, ROW_MM)
    return Row(
        start_mm=start_mm,
        baseline_mm=pulse.baseline_mm,
        kind="segments" if _changes_lead(sheet, start_mm, pulse.baseline_mm) else "rhythm",
        pulse_score=pulse.score,
        visible=visible,
        coverage=float(inked[on_paper].mean()) if on_paper.any() else 0.0,
    )


def _inked_columns(
    ink: NDArray[np.float32], baseline_mm: float, left_mm: float, width_mm: float
) -> NDArray[np.bool_]:
    return _window(ink, baseline_mm, left_mm, width_mm, REACH_MM).max(axis=0, initial=0) > INKED


def _changes_lead(sheet: Sheet, start_mm: float, baseline_mm: float) -> bool:
    """Whether bars stand on the baseline at two or more of 2.5, 5 and 7.5 s."""
    bars = 0
    for quarter in (1, 2, 3):
        left_mm = start_mm + quarter * ROW_MM / 4 - BORDER_TOLERANCE_MM
        window = _window(sheet.ink, baseline_mm, left_mm, 2 * BORDER_TOLERANCE_MM, BORDER_HALF_MM)
        bars += bool(window.size and (window > INKED).mean(axis=0).max() > BORDER_INKED_SHARE)
    return bars >= 2


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
