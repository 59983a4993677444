"""The reference pulses at the left end of the rows: 1 mV for 0.2 s, an open box of paper."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.reading.crossings import subpixel_peaks

PULSE_WIDTH_MM = 5.0
PULSE_HEIGHT_MM = 10.0
MARGIN_MM = 2.5
CHANCE_SCORE = 0.3
LEAST_SCORE = 0.45
LEAST_INK = 0.2
LEAST_SPACING_MM = 9.0
LARGEST_SPACING_MM = 70.0
SPREAD_COST_PER_MM = 0.1
MOST_CANDIDATES = 80
SIDE_TOLERANCE_MM = 2.5
SPACING_TOLERANCE = 0.1


@dataclass(frozen=True)
class Pulse:
    """A reference pulse on the flat page.

    Attributes:
        end_mm: its right edge, from the page's left.
        baseline_mm: its foot, from the page's top.
        score: correlation with a drawn pulse, up to 1.
    """

    end_mm: float
    baseline_mm: float
    score: float

    @property
    def weight(self) -> float:
        """How much it counts among others: little for what letters and beats reach."""
        return max(0.0, self.score - CHANCE_SCORE) ** 2


def find_pulses(ink: NDArray[np.float32], pixels_per_mm: float) -> tuple[Pulse, ...]:
    """Find the column of reference pulses, one a row, at about regular distances.

    Args:
        ink: `[height, width]` flat page without its grid, see `grid_removal.remove_grid`.
        pixels_per_mm: its resolution.

    Returns:
        The pulses from top to bottom: the column of highest total score. May be empty.
    """
    candidates = _candidates(ink, pixels_per_mm)
    best: tuple[Pulse, ...] = ()
    best_score = 0.0
    for first in candidates:
        column = [p for p in candidates if abs(p.end_mm - first.end_mm) < SIDE_TOLERANCE_MM]
        for second in column:
            chain = _chain(first, second, column)
            score = _chain_score(chain)
            if score > best_score:
                best, best_score = chain, score
    return best


def _candidates(ink: NDArray[np.float32], pixels_per_mm: float) -> list[Pulse]:
    """Places that look like a pulse, the likeliest first."""
    template = _template(pixels_per_mm)
    if ink.shape[0] <= template.shape[0] or ink.shape[1] <= template.shape[1]:
        return []
    blurred = np.asarray(cv2.GaussianBlur(ink, (0, 0), 0.25 * pixels_per_mm), np.float32)
    match = np.asarray(cv2.matchTemplate(blurred, template, cv2.TM_CCOEFF_NORMED), np.float32)
    match[~_inked(blurred, template)] = 0
    reach = round(2 * pixels_per_mm)
    match[[0, -1], :] = match[:, [0, -1]] = 0
    peak = (match >= cv2.dilate(match, np.ones((2 * reach + 1,) * 2))) & (match > LEAST_SCORE)
    y, x = np.nonzero(peak)
    order = np.argsort(-match[y, x])[:MOST_CANDIDATES]
    corner_mm = subpixel_peaks(match, x[order], y[order]) / pixels_per_mm
    return [
        Pulse(
            end_mm=float(corner[0] + MARGIN_MM + PULSE_WIDTH_MM),
            baseline_mm=float(corner[1] + MARGIN_MM + PULSE_HEIGHT_MM),
            score=float(score),
        )
        for corner, score in zip(corner_mm, match[y[order], x[order]], strict=True)
    ]


def _inked(blurred: NDArray[np.float32], template: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether there is a good part of a pulse's ink: the correlation of blank paper is noise."""
    height, width = template.shape
    total = cv2.boxFilter(
        blurred, -1, (width, height), anchor=(0, 0), normalize=False, borderType=cv2.BORDER_CONSTANT
    )
    valid = total[: blurred.shape[0] - height + 1, : blurred.shape[1] - width + 1]
    return valid > LEAST_INK * template.sum()


def _template(pixels_per_mm: float) -> NDArray[np.float32]:
    """A drawn pulse: two flanks and a top, blank paper inside and around it."""
    fine = 4
    scale = pixels_per_mm * fine
    height = round((PULSE_HEIGHT_MM + 2 * MARGIN_MM) * scale)
    width = round((PULSE_WIDTH_MM + 2 * MARGIN_MM) * scale)
    picture = np.zeros((height, width), np.float32)
    left, top = MARGIN_MM * scale, MARGIN_MM * scale
    right, foot = left + PULSE_WIDTH_MM * scale, top + PULSE_HEIGHT_MM * scale
    outline = np.array([[left, foot], [left, top], [right, top], [right, foot]]).round()
    cv2.polylines(picture, [outline.astype(np.int32)], False, 1.0, round(0.4 * scale))
    size = (round(width / fine), round(height / fine))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 0.4 * pixels_per_mm), np.float32)


def _chain(first: Pulse, second: Pulse, column: list[Pulse]) -> tuple[Pulse, ...]:
    """Pulses from above `first` downward, each about as far from the last as `second` is."""
    spacing_mm = second.baseline_mm - first.baseline_mm
    if first is second:
        return (first,)
    if not LEAST_SPACING_MM <= spacing_mm <= LARGEST_SPACING_MM:
        return ()
    above = _onward(first, -spacing_mm, column)
    return (*reversed(above), first, *_onward(first, spacing_mm, column))


def _onward(pulse: Pulse, spacing_mm: float, column: list[Pulse]) -> list[Pulse]:
    """The pulses beyond one, at about equal distances; the clearest where there are several."""
    chain: list[Pulse] = []
    while True:
        expected_mm = pulse.baseline_mm + spacing_mm
        near = [
            other
            for other in column
            if abs(other.baseline_mm - expected_mm) < SPACING_TOLERANCE * abs(spacing_mm)
        ]
        if not near:
            return chain
        pulse = max(near, key=lambda other: other.score)
        chain.append(pulse)


def _chain_score(chain: tuple[Pulse, ...]) -> float:
    """Total score less what unequal sides cost."""
    if not chain:
        return 0.0
    spread_mm = float(np.std([pulse.end_mm for pulse in chain]))
    return sum(pulse.weight for pulse in chain) - SPREAD_COST_PER_MM * spread_mm
