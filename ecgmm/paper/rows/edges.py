"""What runs along a page like a row and is none: edges of the paper, frames, lines of text."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import pixels
from ecgmm.paper.rows.clock import steepness
from ecgmm.paper.rows.levels import band_along
from ecgmm.paper.rows.places import RowPlace, common_end

_FEWEST_TO_COMPARE = 3
_AT_EDGE_MM = 8.0
_BEATS_REACH_MM = 15.0
_SAME_MOMENT_MM = 1.5
_LEAST_AGREEMENT = 0.45
"""Correlation with where the other rows are steep: of edges and frames of photographed and scanned
paper up to 0.33, of rows that lie as near to the edge from 0.65."""
_LEAST_COVERAGE = 0.9
_TOGETHER = 0.8


def without_edges(
    ink: NDArray[np.float32], seen: NDArray[np.bool_], rows: Sequence[RowPlace]
) -> tuple[RowPlace, ...]:
    """The rows without what is doubtful and has no beat where the others have.

    What lies at the paper's edge is doubtful, and what is full of gaps on a page whose other rows
    show the same moments.

    Args:
        ink: `[height, width]` 4 px/mm, see `find_row_places`.
        seen: where the picture shows paper.
        rows: from top to bottom.
    """
    are_inside = _are_inside(seen, rows)
    are_sure = [
        is_inside and row.coverage >= _LEAST_COVERAGE
        for row, is_inside in zip(rows, are_inside, strict=True)
    ]
    if all(are_sure) or not any(are_sure):
        return tuple(rows)
    start_mm = common_end([row.left_mm for row in rows], inward=1)
    end_mm = common_end([row.right_mm for row in rows], inward=-1)
    steep = [steepness(ink, row, start_mm, end_mm, _BEATS_REACH_MM / 2) for row in rows]
    usual = np.median(list(itertools.compress(steep, are_sure)), axis=0)
    agreement = [_agreement(own, usual) for own in steep]
    share = sum(are_sure) >= _FEWEST_TO_COMPARE and bool(
        np.median(list(itertools.compress(agreement, are_sure))) > _TOGETHER
    )
    return tuple(
        row
        for row, is_sure, is_inside, agrees in zip(
            rows, are_sure, are_inside, agreement, strict=True
        )
        if is_sure or agrees >= _LEAST_AGREEMENT or (is_inside and not share)
    )


def _are_inside(seen: NDArray[np.bool_], rows: Sequence[RowPlace]) -> list[bool]:
    """Whether rows are mostly farther from where no paper is seen than edges are."""
    nib = np.ones((2 * pixels(_AT_EDGE_MM) + 1,) * 2, np.uint8)
    padded = np.pad(seen, 1).astype(np.uint8)
    inside = cv2.erode(padded, nib)[1:-1, 1:-1].astype(np.uint8)
    at_level = [band_along(inside, row.level_mm, 0.0, 0.0)[0] for row in rows]
    return [
        2 * int(here[pixels(row.left_mm) : pixels(row.right_mm)].sum()) > pixels(row.length_mm)
        for row, here in zip(rows, at_level, strict=True)
    ]


def _agreement(own: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """The highest correlation at the same moment, as far as it can be told; from -1 to 1."""
    shifts = range(-pixels(_SAME_MOMENT_MM), pixels(_SAME_MOMENT_MM) + 1)
    spread = float(own.std() * others.std())
    if not spread:
        return 0.0
    others = others - others.mean()
    return max(float((np.roll(own, shift) * others).mean()) for shift in shifts) / spread
