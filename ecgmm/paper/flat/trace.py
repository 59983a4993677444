"""Finding the trace of one row, on paper that is cut out and upright."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_SHARE_OF_COLUMN = 0.75
_SHARE_OF_ROW = 0.92
"""A flat stretch of trace may fill most of a row, an upright one never so much of a column."""

_LEAST_HEADROOM = 60
_INK_QUANTILE = 0.95
_INK_SHARE = 0.33
_FAINTEST_INK = 40.0
_SHORTEST_PIECE_MM = 8.0
_SHORTEST_TRACE_MM = 25.0
_LONGEST_GAP_MM = 25.0
_HIGHEST_STEP_MM = 5.0
_BRIDGE_MM = 0.7
_EDGE_MM = 0.7
_OVERLAP_SHARE = 0.2
_RIVAL_SHARE = 0.4
_LEAST_COVERAGE = 0.8
_THICKEST_LINE_MM = 8.0
_FLATTEST_TRACE_MM = 0.7
_MOST_RUNS = 1.5
_RARELY = 0.005
_FLAT_QUANTILE = 0.25


class NoTraceError(Exception):
    """There is no single trace; the message is a sentence that says why."""


@dataclass(frozen=True)
class Trace:
    """The trace of one row, in pixels from the left and the top of its paper.

    Attributes:
        start_px: where it begins.
        end_px: where it ends.
        middle_px: middle between its highest and its lowest parts.
        thickness_px: how thick its line is.
        coverage: share of the columns in between that hold ink.
    """

    start_px: int
    end_px: int
    middle_px: float
    thickness_px: float
    coverage: float


def ink_over_grid(paper: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """How much darker than paper and grid each pixel is.

    Grid lines run through a whole column or a whole row: what most pixels of a column or nearly
    all of a row share is no ink.

    Args:
        paper: `[height, width, 3]`, dark ink on light paper.

    Returns:
        `[height, width]` from 0, paper or grid, to 255, black.
    """
    ink = np.zeros(paper.shape[:2], np.uint8)
    for channel in np.ascontiguousarray(np.moveaxis(255 - paper, 2, 0)):
        upright = _shared(channel, _SHARE_OF_COLUMN)
        level = _shared(channel.T, _SHARE_OF_ROW).T
        grid = np.maximum(upright, level)
        headroom = np.maximum(255 - grid, _LEAST_HEADROOM)
        over_grid = cv2.subtract(channel, grid)
        np.maximum(ink, cv2.divide(over_grid, headroom, scale=255), out=ink)
    return ink


def _shared(darkness: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    """`[1, width]` the darkness that this share of each column's pixels reaches."""
    place = int((1 - share) * len(darkness))
    return np.partition(darkness, place, axis=0)[place : place + 1]


def ink_mask(ink: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where there is ink.

    Args:
        ink: `[height, width]` from `ink_over_grid`.

    Raises:
        NoTraceError: when nothing on the paper is dark enough.
    """
    level = float(np.quantile(ink.max(axis=0), _INK_QUANTILE))
    if level < _FAINTEST_INK:
        raise NoTraceError("Blank or too faint: nothing on it is darker than paper and grid.")
    return ink > _INK_SHARE * level


def find_trace(ink: NDArray[np.uint8], px_per_mm: tuple[float, float]) -> Trace:
    """Find the one trace that runs along the paper.

    Args:
        ink: `[height, width]` from `ink_over_grid`.
        px_per_mm: pixels a millimetre, horizontally and vertically.

    Raises:
        NoTraceError: when nothing, or more than one row, runs along it.
    """
    mask = ink_mask(ink)
    pieces, labels = _long_pieces(mask, px_per_mm)
    chosen = _chain(pieces, px_per_mm)
    _refuse_other_rows(pieces, chosen)
    start = min(piece.left for piece in chosen)
    end = max(piece.right for piece in chosen)
    body = np.isin(labels[:, start:end], [piece.label for piece in chosen])
    coverage = float(body.any(axis=0).mean())
    line = body & mask[:, start:end]
    line = line[:, line.any(axis=0)]
    _refuse_other_shapes(line, coverage, (end - start) / px_per_mm[0], px_per_mm[1])
    top = np.quantile(line.argmax(axis=0), _RARELY)
    bottom = len(line) - np.quantile(line[::-1].argmax(axis=0), _RARELY)
    thickness_px = float(np.quantile(line.sum(axis=0), _FLAT_QUANTILE))
    return Trace(
        start_px=start,
        end_px=end,
        middle_px=float(top + bottom) / 2,
        thickness_px=thickness_px,
        coverage=coverage,
    )


@dataclass(frozen=True)
class _Piece:
    """Ink that hangs together, and the height of its two ends."""

    label: int
    left: int
    right: int
    left_end_y: float
    right_end_y: float

    @property
    def width(self) -> int:
        return self.right - self.left

    def shared_columns(self, other: _Piece) -> int:
        return max(0, min(self.right, other.right) - max(self.left, other.left))

    def gap_px(self, other: _Piece) -> int:
        return max(0, max(self.left, other.left) - min(self.right, other.right))

    def step_px(self, other: _Piece) -> float:
        first, second = sorted((self, other), key=lambda piece: piece.left)
        return abs(first.right_end_y - second.left_end_y)


def _long_pieces(
    mask: NDArray[np.bool_], px_per_mm: tuple[float, float]
) -> tuple[list[_Piece], NDArray[np.int32]]:
    """Pieces longer than a letter or a reference pulse, longest first; and a label a pixel.

    Gaps as wide as a grid line are closed: where trace and grid are equally dark, the trace
    vanishes in the line. The outermost rows are left out: they show the paper's edge, or a frame.
    """
    edge_px = math.ceil(_EDGE_MM * px_per_mm[1])
    nib = np.ones([max(1, round(_BRIDGE_MM * size)) for size in reversed(px_per_mm)], np.uint8)
    inner = mask.astype(np.uint8)
    inner[:edge_px] = inner[-edge_px:] = 0
    closed = cv2.morphologyEx(inner, cv2.MORPH_CLOSE, nib)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    pieces = []
    for label, (left, top, width, height, _) in enumerate(stats[1:], start=1):
        if width >= _SHORTEST_PIECE_MM * px_per_mm[0]:
            part = labels[top : top + height, left : left + width] == label
            left_end_y, right_end_y = (top + part[:, end].argmax() for end in (0, -1))
            pieces.append(
                _Piece(label, int(left), int(left + width), float(left_end_y), float(right_end_y))
            )
    pieces.sort(key=lambda piece: piece.width, reverse=True)
    return pieces, labels.astype(np.int32, copy=False)


def _chain(pieces: list[_Piece], px_per_mm: tuple[float, float]) -> list[_Piece]:
    """The longest piece and those that continue it to both sides."""
    if not pieces:
        raise NoTraceError("No ECG in it: no line runs along it.")
    chosen = [pieces[0]]
    waiting = pieces[1:]
    while True:
        for piece in waiting:
            nearest = min(chosen, key=piece.gap_px)
            if (
                sum(map(piece.shared_columns, chosen)) <= _OVERLAP_SHARE * piece.width
                and piece.gap_px(nearest) <= _LONGEST_GAP_MM * px_per_mm[0]
                and piece.step_px(nearest) <= _HIGHEST_STEP_MM * px_per_mm[1]
            ):
                chosen.append(piece)
                waiting.remove(piece)
                break
        else:
            return chosen


def _refuse_other_rows(pieces: list[_Piece], chosen: list[_Piece]) -> None:
    row_width = sum(piece.width for piece in chosen)
    rival_width = sum(piece.width for piece in pieces if piece not in chosen)
    if rival_width > _RIVAL_SHARE * row_width:
        raise NoTraceError("More than one row of ECG; cut the picture to a single row.")


def _refuse_other_shapes(
    line: NDArray[np.bool_], coverage: float, length_mm: float, px_per_mm_y: float
) -> None:
    """Refuse what runs along the paper but is no trace."""
    if length_mm < _SHORTEST_TRACE_MM:
        raise NoTraceError(f"Too short: a trace of {length_mm / 25:.1f} s; at least 1 s is needed.")
    if coverage < _LEAST_COVERAGE:
        raise NoTraceError("No ECG in it: the longest line is interrupted too often.")
    runs = np.sum(line[1:] & ~line[:-1], axis=0) + line[0]
    is_thick = np.median(line.sum(axis=0)) > _THICKEST_LINE_MM * px_per_mm_y
    if is_thick or np.mean(runs) > _MOST_RUNS:
        raise NoTraceError("No ECG in it: no thin line runs along it.")
    if np.ptp(line.argmax(axis=0)) < _FLATTEST_TRACE_MM * px_per_mm_y:
        raise NoTraceError("No heart beat in it: a straight line.")
