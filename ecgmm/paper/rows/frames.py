"""The ink of a page without the frames and rules that are printed around its rows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import pixels

_TALLEST_BEAT_MM = 40.0
_SHORTEST_RULE_MM = 60.0
_END_OF_PAGE_MM = 8.0
_RULE_SHARE = 0.5
_BENT_MM = 6.0
_MOST_WITHIN = 0.02
_OFF_RULE_MM, _BEAT_ON_RULE_MM = 1.0, 2.5
_FULL = 0.7
_MOST_ON_RULE = 0.015


def without_frames(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The ink without frames and rules: upright lines taller than any beat, and bare level ones."""
    wide = cv2.dilate(mask, np.ones((1, 3), np.uint8))
    lines = cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones((pixels(_TALLEST_BEAT_MM), 1), np.uint8))
    mask = np.where(_outlines(mask) | (lines > 0), np.uint8(0), mask)
    return np.where(_rules(mask), np.uint8(0), mask)


def _outlines(mask: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """What runs around half of the page and has nothing within: a frame, bent on curled paper."""
    joined = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    inset, outlines = pixels(_BENT_MM), np.zeros_like(mask, np.bool_)
    for number, (left, top, width, height, _) in enumerate(stats[1:].tolist(), start=1):
        if width < _RULE_SHARE * mask.shape[1] or height < pixels(_TALLEST_BEAT_MM):
            continue
        own = labels[top : top + height, left : left + width] == number
        if own[inset:-inset, inset:-inset].sum() < _MOST_WITHIN * own.sum():
            outlines |= labels == number
    return outlines


def _rules(mask: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Level lines on which nothing stands, as beats do on a trace.

    They run over half of the page, or along its upper or lower end, where a scan shows the edge of
    the paper.
    """
    short, end = pixels(_SHORTEST_RULE_MM), pixels(_END_OF_PAGE_MM)
    thick = cv2.dilate(mask, np.ones((3, 1), np.uint8)).astype(np.uint8)
    lines = _level_lines(thick, max(short, round(_RULE_SHARE * mask.shape[1])))
    for at_end in (slice(end), slice(-end, None)):
        lines[at_end] |= _level_lines(thick[at_end], short)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    near, far = pixels(_OFF_RULE_MM), pixels(_BEAT_ON_RULE_MM)
    rules = np.zeros_like(mask, np.bool_)
    for number, (left, top, width, height) in enumerate(stats[1:, :4].tolist(), start=1):
        columns, bottom = slice(left, left + width), top + height
        above = mask[max(0, top - far) : max(0, top - near), columns]
        below = mask[bottom + near : bottom + far, columns]
        beats = [
            float((side.mean(axis=0) > _FULL).mean()) if len(side) else 0.0
            for side in (above, below)
        ]
        if max(beats) < _MOST_ON_RULE:
            rules |= labels == number
    return rules


def _level_lines(mask: NDArray[np.uint8], shortest_px: int) -> NDArray[np.uint8]:
    nib = np.ones((1, shortest_px | 1), np.uint8)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, nib), np.uint8)
