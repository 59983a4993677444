"""Rows whose reference pulse is cut off or covered: a trace where the next row should be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.reading.pulses import SPACING_TOLERANCE, Pulse
from ecgmm.paper.reading.rectify import MM_PER_BOX
from ecgmm.paper.reading.sheet import ROW_MM, SHEET_PIXELS_PER_MM, Sheet

LEAST_INK = 0.25
LEAST_OF_TYPICAL_INK = 0.8
BASELINE_HALF_MM = 1.0
REACH_MM = 10.0
LEAST_ON_BASELINE = 0.4
LARGEST_BESIDE = 0.6
LEAST_COVERAGE = 0.85
MOST_ROWS = 12


def add_hidden_rows(sheet: Sheet, pulses: tuple[Pulse, ...]) -> tuple[Pulse, ...]:
    """Go on above the first and below the last pulse for as long as there are traces.

    Args:
        sheet: the upright page.
        pulses: those found, from top to bottom.

    Returns:
        Them, and one of score 0 for each further row. A single pulse tells no distance of rows
        and is returned alone.
    """
    if len(pulses) < 2:
        return pulses
    spacing_mm = float(np.median(np.diff([pulse.baseline_mm for pulse in pulses])))
    level = LEAST_OF_TYPICAL_INK * np.median([_ink_level(sheet, pulse) for pulse in pulses])
    inked = sheet.ink > max(level, LEAST_INK)
    above = _onward(sheet, inked, pulses[0], -spacing_mm, MOST_ROWS - len(pulses))
    most_below = MOST_ROWS - len(pulses) - len(above)
    return (*reversed(above), *pulses, *_onward(sheet, inked, pulses[-1], spacing_mm, most_below))


def _ink_level(sheet: Sheet, pulse: Pulse) -> float:
    """How dark the trace of a row is: of the grid's lines only faint rests are left."""
    rows, columns = _area(pulse.end_mm, pulse.baseline_mm, REACH_MM)
    darkest = sheet.ink[rows, columns].max(axis=0, initial=0)
    return float(np.median(darkest[darkest > LEAST_INK])) if darkest.max() > LEAST_INK else 0.0


def _onward(
    sheet: Sheet, inked: NDArray[np.bool_], pulse: Pulse, spacing_mm: float, most: int
) -> list[Pulse]:
    found: list[Pulse] = []
    while len(found) < most:
        expected_mm = pulse.baseline_mm + spacing_mm
        tolerance_mm = SPACING_TOLERANCE * abs(spacing_mm)
        baseline_mm = _trace_near(sheet, inked, pulse.end_mm, expected_mm, tolerance_mm)
        if baseline_mm is None:
            break
        pulse = Pulse(pulse.end_mm, baseline_mm, score=0.0)
        found.append(pulse)
    return found


def _trace_near(
    sheet: Sheet, inked: NDArray[np.bool_], left_mm: float, middle_mm: float, tolerance_mm: float
) -> float | None:
    """Height at which most of a trace lies, near an expected one; None where there is none.

    Rests of the grid's lines are told from a trace by their likes one box above and below.
    """
    scale = SHEET_PIXELS_PER_MM
    rows, columns = _area(left_mm, middle_mm, REACH_MM + tolerance_mm)
    on_paper = sheet.paper[rows, columns].sum(axis=0) > REACH_MM * scale
    if on_paper.sum() < LEAST_COVERAGE * ROW_MM * scale:
        return None
    ink = inked[rows, columns][:, on_paper]
    half, reach, box = (round(x * scale) for x in (BASELINE_HALF_MM, REACH_MM, MM_PER_BOX))
    heights = range(half, len(ink) - half)
    share = {y: ink[y - half : y + half + 1].any(axis=0).mean() for y in heights}
    y = max(range(reach, len(ink) - reach), key=share.__getitem__, default=None)
    if y is None or share[y] < LEAST_ON_BASELINE:
        return None
    if max(share[y - box], share[y + box]) > LARGEST_BESIDE * share[y]:
        return None
    if ink[y - reach : y + reach + 1].any(axis=0).mean() < LEAST_COVERAGE:
        return None
    return (rows.start + y) / scale


def _area(left_mm: float, middle_mm: float, reach_mm: float) -> tuple[slice, slice]:
    """Rows and columns of a sheet around ten seconds of a row."""
    top, bottom = (max(0, round((middle_mm + s * reach_mm) * SHEET_PIXELS_PER_MM)) for s in (-1, 1))
    left, right = (max(0, round(x * SHEET_PIXELS_PER_MM)) for x in (left_mm, left_mm + ROW_MM))
    return slice(top, bottom), slice(left, right)
