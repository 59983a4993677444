"""A strip with the ink of its own row alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM, STRIP_HEIGHT_PX, STRIP_WIDTH_PX
from ecgmm.paper.find.grid_removal import grid_lines, ink_over
from ecgmm.paper.find.mesh.darkness import paper_level
from ecgmm.paper.find.mesh.rectify import MM_PER_BOX
from ecgmm.paper.rows.cut import CutPicture
from ecgmm.paper.rows.trace import follow_trace, with_tips

INKED = 0.3
SURELY_INKED = 0.4
EDGE_PX = 2
NEAR_PX = 4
LARGEST_GAP_PX = 3
WHITE = 255
LONGEST_WRITING_PX = 160
"""What is wider and does not touch the trace is a frame."""

FLANK_PX = 4
HALO_PX = 1


@dataclass(frozen=True)
class StripInk:
    """A strip, taken apart.

    Attributes:
        bare: `[160, 1000]` brightness of paper and grid, as if there were no ink.
        grey: `[160, 1000]` uint8, the strip itself.
        sharp: `[160, 2000]` uint8, the strip with twice as many columns.
        ink: `[160, 1000]` from 0 to 1.
        trace_px: `[1000]` height of the way along the row's trace, px from the top.
    """

    bare: NDArray[np.float32]
    grey: NDArray[np.uint8]
    sharp: NDArray[np.uint8]
    ink: NDArray[np.float32]
    trace_px: NDArray[np.int64]


@dataclass(frozen=True)
class OwnInk:
    """A strip without what belongs to others.

    Attributes:
        grey: `[160, 1000]` uint8.
        sharp: `[160, 2000]` uint8, the same with twice as many columns.
        trace_px: `[1000]` height of the row's trace in each column, px from the top.
    """

    grey: NDArray[np.uint8]
    sharp: NDArray[np.uint8]
    trace_px: NDArray[np.int64]


def find_ink(strip: CutPicture) -> StripInk:
    """Tell ink from paper and grid, and follow the trace.

    Args:
        strip: with the row's 0 mV at mid-height.
    """
    brightness, seen = strip.grey.astype(np.float32), strip.seen
    paper = np.maximum(paper_level(brightness), 1)
    darkness = np.where(seen, np.clip(1 - brightness / paper, 0, 1), np.float32(np.nan))
    lines = grid_lines(darkness, MM_PER_BOX * PIXELS_PER_MM)
    ink = ink_over(lines, darkness)
    bare = _carried_on(paper * (1 - lines), seen)
    whole, sharp = (_over(picture, bare, ~seen) for picture in (strip.grey, strip.sharp))
    return StripInk(bare, whole, sharp, ink, follow_trace(ink, STRIP_HEIGHT_PX / 2))


def _over(
    picture: NDArray[np.uint8], bare: NDArray[np.float32], covered: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """A picture with bare paper where it is covered, which may have fewer columns than it."""
    columns = picture.shape[1] // bare.shape[1]
    paper, is_covered = (np.repeat(plane, columns, axis=1) for plane in (bare, covered))
    return np.where(is_covered, paper.round(), picture).astype(np.uint8)


def _carried_on(bare: NDArray[np.float32], seen: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The paper and its grid, carried on by whole boxes above and below what is seen."""
    known = np.flatnonzero(seen.any(axis=1))
    if not len(known):
        return bare
    box = MM_PER_BOX * PIXELS_PER_MM
    first, last = int(known[0]) + EDGE_PX, int(known[-1]) - EDGE_PX
    row = np.arange(len(bare))
    row = np.where(row < first, first + (row - first) % box, row)
    row = np.where(row > last, last - (last - row) % box, row)
    carried = bare[np.clip(row, 0, len(bare) - 1)]
    return np.where(seen.any(axis=0), carried, np.float32(WHITE))


def keep_own_ink(
    strip: StripInk,
    others_px: Sequence[NDArray[np.floating]],
    bars_px: Sequence[tuple[int, int, int, int]],
    end_px: int = STRIP_WIDTH_PX,
    names_px: Sequence[tuple[int, int, int, int]] = (),
) -> OwnInk:
    """Wipe off a strip what does not belong to its row.

    - The flank of the reference pulse at its left end.
    - The bars between leads, but for the trace that crosses them.
    - The names of leads.
    - The traces of the rows above and below, their beats that reach into the strip, and whatever
      else reaches in over its upper or lower edge without touching the row's trace.

    Where two rows touch, only the ink along the other row's trace goes. Paper and grid are
    painted over what is wiped off.

    Args:
        strip: the row's.
        others_px: `[1000]` each, where traces of other rows lie, px from the top of this strip;
            they may lie beyond it.
        bars_px: left, top, right and bottom of each bar between leads.
        end_px: the column after the row's last: what stands behind it is no part of it.
        names_px: left, top, right and bottom of the box around each name.
    """
    inked = strip.ink > INKED
    bars = _boxes(inked.shape, bars_px)
    letters = _letters(inked & ~bars, names_px)
    trace_px = _way_beside(strip, letters)
    wiped = _foreign(inked, trace_px, others_px) | _beside_trace(trace_px, 0, FLANK_PX)
    for left, _, right, _ in bars_px:
        wiped |= bars & _beside_trace(trace_px, left, right)
    wiped |= letters
    wiped[:, end_px:] = True
    nib = np.ones((2 * HALO_PX + 1,) * 2, np.uint8)
    wiped = cv2.dilate((wiped & inked).astype(np.uint8), nib) > 0
    own, sharp = (_over(picture, strip.bare, wiped) for picture in (strip.grey, strip.sharp))
    return OwnInk(own, sharp, with_tips((strip.ink > SURELY_INKED) & ~wiped, trace_px))


def _boxes(
    shape: tuple[int, ...], boxes_px: Sequence[tuple[int, int, int, int]]
) -> NDArray[np.bool_]:
    inside = np.zeros(shape, bool)
    for left, top, right, bottom in boxes_px:
        inside[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = True
    return inside


def _way_beside(strip: StripInk, letters: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The way along the row's trace, and not along letters."""
    if not letters.any():
        return strip.trace_px
    return follow_trace(np.where(letters, np.float32(0), strip.ink), STRIP_HEIGHT_PX / 2)


def _foreign(
    inked: NDArray[np.bool_], trace: NDArray[np.int64], others: Sequence[NDArray[np.floating]]
) -> NDArray[np.bool_]:
    """Ink that hangs together with another row or with the edge, and not with the trace."""
    nib = np.ones((LARGEST_GAP_PX,) * 2, np.uint8)
    joined = cv2.morphologyEx(inked.astype(np.uint8), cv2.MORPH_CLOSE, nib)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    columns = np.arange(len(trace))
    along_others = np.zeros_like(inked)
    beyond = {*labels[:EDGE_PX].ravel(), *labels[-EDGE_PX:].ravel()}
    for other in others:
        along_others |= _along(inked.shape, other)
        height = np.round(other).astype(np.int64)
        inside = (height >= 0) & (height < len(inked))
        beyond |= set(labels[height[inside], columns[inside]])
    beyond |= set(np.flatnonzero(stats[:, cv2.CC_STAT_WIDTH] > LONGEST_WRITING_PX))
    beyond -= {0, *labels[trace, columns]}
    foreign = np.isin(labels, list(beyond))
    return (foreign | along_others) & ~_along(inked.shape, trace)


def _letters(
    inked: NDArray[np.bool_], boxes: Sequence[tuple[int, int, int, int]]
) -> NDArray[np.bool_]:
    """Ink that lies in a box as a whole: a trace goes on beyond it."""
    letters = np.zeros_like(inked)
    if not boxes:
        return letters
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inked.astype(np.uint8), connectivity=8)
    first, last = stats[:, :2], stats[:, :2] + stats[:, 2:4]
    for left, top, right, bottom in boxes:
        beyond = np.concatenate([first < (left, top), last > (right, bottom)], axis=1)
        inside = np.flatnonzero(~beyond.any(axis=1))
        letters |= np.isin(labels, inside[inside > 0])
    return letters


def _along(
    shape: tuple[int, ...], path: NDArray[np.int64] | NDArray[np.floating]
) -> NDArray[np.bool_]:
    """Where a way runs, and a millimetre to either side."""
    return np.abs(np.arange(shape[0])[:, None] - path) <= NEAR_PX


def _beside_trace(trace: NDArray[np.int64], first: int, last: int) -> NDArray[np.bool_]:
    """All of some columns but for where the trace crosses them, straight from side to side."""
    sides = trace[[max(first - NEAR_PX, 0), min(last + NEAR_PX, len(trace) - 1)]]
    if first == 0:
        sides = sides[1:]
    y = np.arange(STRIP_HEIGHT_PX)
    beside = np.zeros((STRIP_HEIGHT_PX, len(trace)), bool)
    beside[(y < sides.min() - NEAR_PX) | (y > sides.max() + NEAR_PX), first:last] = True
    return beside
