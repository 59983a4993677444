"""Rows whose reference pulse is cut off or covered: a trace where the next row should be."""

from __future__ import annotations

import numpy as np

from ecgmm.paper.reading.pulses import SPACING_TOLERANCE, Pulse
from ecgmm.paper.reading.sheet import ROW_MM, SHEET_PIXELS_PER_MM, Sheet

INKED = 0.25
BASELINE_HALF_MM = 1.0
REACH_MM = 10.0
LEAST_ON_BASELINE = 0.4
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
    above = _onward(sheet, pulses[0], -spacing_mm, MOST_ROWS - len(pulses))
    below = _onward(sheet, pulses[-1], spacing_mm, MOST_ROWS - len(pulses) - len(above))
    return (*reversed(above), *pulses, *below)


def _onward(sheet: Sheet, pulse: Pulse, spacing_mm: float, most: int) -> list[Pulse]:
    found: list[Pulse] = []
    while len(found) < most:
        tolerance_mm = SPACING_TOLERANCE * abs(spacing_mm)
        baseline_mm = _trace_near(sheet, pulse.end_mm, pulse.baseline_mm + spacing_mm, tolerance_mm)
        if baseline_mm is None:
            break
        pulse = Pulse(pulse.end_mm, baseline_mm, score=0.0)
        found.append(pulse)
    return found


def _trace_near(
    sheet: Sheet, left_mm: float, middle_mm: float, tolerance_mm: float
) -> float | None:
    """Height at which most of a trace lies, near an expected one; None where there is none."""
    scale = SHEET_PIXELS_PER_MM
    columns = slice(round(left_mm * scale), round((left_mm + ROW_MM) * scale))
    top = max(0, round((middle_mm - tolerance_mm - REACH_MM) * scale))
    bottom = round((middle_mm + tolerance_mm + REACH_MM) * scale)
    ink = sheet.ink[top:bottom, columns] > INKED
    on_paper = sheet.paper[top:bottom, columns].mean(axis=0) > 0.5
    half, reach = round(BASELINE_HALF_MM * scale), round(REACH_MM * scale)
    if len(ink) <= 2 * reach or on_paper.sum() < LEAST_COVERAGE * ROW_MM * scale:
        return None
    ink = ink[:, on_paper]
    heights = range(reach, len(ink) - reach)
    on_baseline = [ink[y - half : y + half + 1].any(axis=0).mean() for y in heights]
    best = int(np.argmax(on_baseline))
    y = heights[best]
    coverage = ink[y - reach : y + reach + 1].any(axis=0).mean()
    if on_baseline[best] < LEAST_ON_BASELINE or coverage < LEAST_COVERAGE:
        return None
    return (top + y) / scale
