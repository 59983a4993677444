"""The reference pulse at the left end of the rows of a flat page: 1 mV for 0.2 s."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.flat.row_places import INKED, LINE_END_MM, RASTER_PX_PER_MM, RowPlace
from ecgmm.paper.style import GAINS_MM_PER_MV, SPEEDS_MM_PER_S

PULSE_S = 0.2
PULSE_MV = 1.0

_MARGIN_MM = 2.0
_LEAST_INK = 0.2
_LINE_MM = 0.4
_BLUR_MM = 0.25
_SEARCH_LEFT_MM = 20.0
_LONGEST_FOOT_MM = 5.0
_HEIGHT_SLACK_MM = 1.5
_LEAD_IN_MM = 8.0
_SHORTEST_GAP_MM = 1.0
_NEAR_MM = 4.0


@dataclass(frozen=True)
class ReferencePulse:
    """The pulse that all rows of a page begin with.

    Attributes:
        fall_mm: its right flank, from the paper's left.
        width_mm: 0.2 s on this paper.
        height_mm: 1 mV on this paper.
        score: correlation with a drawn pulse, up to 1.
    """

    fall_mm: float
    width_mm: float
    height_mm: float
    score: float


def find_reference_pulse(
    ink: NDArray[np.float32], rows: Sequence[RowPlace], left_mm: float
) -> ReferencePulse:
    """Find the likeliest pulse, of any usual speed and gain, at the same place in all rows.

    Args:
        ink: `[height, width]` 4 px/mm, see `find_row_places`.
        rows: the rows; the pulse stands on their baselines.
        left_mm: their common left end, of the pulse or of the trace.

    Returns:
        What is most like a pulse at the rows' left ends; its score says how much.
    """
    left_mm -= _SEARCH_LEFT_MM
    width_mm = _SEARCH_LEFT_MM + _LONGEST_FOOT_MM + PULSE_S * max(SPEEDS_MM_PER_S) + _MARGIN_MM
    height_mm = PULSE_MV * max(GAINS_MM_PER_MV) + _MARGIN_MM + _HEIGHT_SLACK_MM
    below_mm = _MARGIN_MM + _HEIGHT_SLACK_MM
    ends = [
        _patch(ink, left_mm, row.baseline_mm - height_mm, width_mm, height_mm + below_mm)
        for row in rows
    ]
    usual = cv2.GaussianBlur(np.mean(ends, axis=0), (0, 0), _BLUR_MM * RASTER_PX_PER_MM)
    sizes = itertools.product(SPEEDS_MM_PER_S, GAINS_MM_PER_MV)
    found = [
        _match(usual.astype(np.float32), speed * PULSE_S, gain * PULSE_MV, height_mm)
        for speed, gain in sizes
    ]
    best = max(found, key=lambda pulse: pulse.score)
    return ReferencePulse(left_mm + best.fall_mm, best.width_mm, best.height_mm, best.score)


def start_after_pulse(
    ink: NDArray[np.float32], rows: Sequence[RowPlace], pulse: ReferencePulse
) -> float:
    """Where the rows' clock begins, mm: behind the gap after the pulse, or at its right flank."""
    ends = [
        _patch(ink, pulse.fall_mm, row.baseline_mm - _NEAR_MM, _LEAD_IN_MM, 2 * _NEAR_MM)
        for row in rows
    ]
    inked = np.mean([(end > INKED).any(axis=0) for end in ends], axis=0) > 0.5
    changes = np.flatnonzero(np.diff(np.concatenate(([True], inked)).astype(int)))
    gaps = [
        (first, last)
        for first, last in zip(changes[::2], changes[1::2], strict=False)
        if last - first >= _SHORTEST_GAP_MM * RASTER_PX_PER_MM
    ]
    if not gaps:
        return pulse.fall_mm
    left_mm = round(pulse.fall_mm * RASTER_PX_PER_MM) / RASTER_PX_PER_MM
    return left_mm + gaps[0][1] / RASTER_PX_PER_MM + LINE_END_MM


def _match(
    usual: NDArray[np.float32], width_mm: float, height_mm: float, baseline_mm: float
) -> ReferencePulse:
    """The best place for a pulse of one size that stands near the baseline.

    A row begins with its pulse, or with a short foot before it.
    """
    template = _template(width_mm, height_mm)
    expected = (baseline_mm - height_mm - _MARGIN_MM) * RASTER_PX_PER_MM
    slack = _HEIGHT_SLACK_MM * RASTER_PX_PER_MM
    top, bottom = max(0, round(expected - slack)), round(expected + slack) + template.shape[0]
    rightmost = round((_SEARCH_LEFT_MM + _LONGEST_FOOT_MM) * RASTER_PX_PER_MM)
    area = usual[top:bottom, : rightmost + template.shape[1]]
    match = cv2.matchTemplate(area, template, cv2.TM_CCOEFF_NORMED)
    ink = cv2.matchTemplate(area, np.ones_like(template), cv2.TM_CCORR)
    match[~(ink > _LEAST_INK * template.sum())] = 0
    _, score, _, (x, _) = cv2.minMaxLoc(match)
    fall_mm = x / RASTER_PX_PER_MM + _MARGIN_MM + width_mm
    return ReferencePulse(fall_mm, width_mm, height_mm, float(score))


def _template(width_mm: float, height_mm: float) -> NDArray[np.float32]:
    """A drawn pulse with its feet, blank paper inside and above."""
    fine = 4
    scale = RASTER_PX_PER_MM * fine
    size = (
        round((width_mm + 2 * _MARGIN_MM) * scale),
        round((height_mm + 2 * _MARGIN_MM) * scale),
    )
    picture = np.zeros(size[::-1], np.float32)
    left, top = _MARGIN_MM * scale, _MARGIN_MM * scale
    right, foot = left + width_mm * scale, top + height_mm * scale
    outline = np.array([(left, foot), (left, top), (right, top), (right, foot)]).round()
    cv2.polylines(picture, [outline.astype(np.int32)], False, 1.0, round(_LINE_MM * scale))
    small = cv2.resize(picture, (size[0] // fine, size[1] // fine), interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(small, (0, 0), _BLUR_MM * RASTER_PX_PER_MM).astype(np.float32)


def _patch(
    ink: NDArray[np.float32], left_mm: float, top_mm: float, width_mm: float, height_mm: float
) -> NDArray[np.float32]:
    """A rectangle of ink; blank beyond the paper's edges."""
    left, top, width, height = (
        round(length * RASTER_PX_PER_MM) for length in (left_mm, top_mm, width_mm, height_mm)
    )
    patch = np.zeros((height, width), np.float32)
    x0, x1 = max(0, left), min(ink.shape[1], left + width)
    y0, y1 = max(0, top), min(ink.shape[0], top + height)
    if x0 < x1 and y0 < y1:
        patch[y0 - top : y1 - top, x0 - left : x1 - left] = ink[y0:y1, x0:x1]
    return patch
