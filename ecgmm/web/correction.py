"""A picture read again where a person says that the ECG is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.grid import (
    MM_PER_MV,
    PAPER_SPEED_MM_PER_S,
    PIXELS_PER_MM,
    STEP_S,
    STRIP_HEIGHT_PX,
    STRIP_S,
    STRIP_STEPS,
    STRIP_WIDTH_PX,
)
from ecgmm.paper.find.even.light import dark_on_light, evenly_lit
from ecgmm.paper.find.ink import ink_of
from ecgmm.paper.options import NOTHING_STATED, PageOptions
from ecgmm.paper.picture import Picture
from ecgmm.paper.reader import read_paper
from ecgmm.paper.rows.cut import start_times_s
from ecgmm.paper.rows.places import find_row_places
from ecgmm.paper.rows.pulses import find_pulses
from ecgmm.paper.sheet import halved
from ecgmm.paper.strips import PaperStrip, PaperStrips, RefusedRow

Corners = tuple[tuple[float, float], ...]
Row = TypeVar("Row", PaperStrip, RefusedRow)

SMALLEST_SIDE_PX = 20.0
"""Less holds no trace that could be read."""
LARGEST_SIDE_PX = 4000
"""13 pixels a millimetre of A4: more tell no more."""
LONGEST_ROW_S = 60.0
"""A rhythm strip of a metre and a half."""

LARGE_BOX_MM = 5
"""ECG paper's."""

_OVERSAMPLING = 2
"""Two by two finer pixels averaged are one of the row: a thin line is not lost between two."""
_POINTS = 51
"""A row of 250 mm has 50 large boxes."""
_FOOT_MM = 1.5
_PX_PER_S = PAPER_SPEED_MM_PER_S * PIXELS_PER_MM
_BESIDE_SHARE = 0.06
"""Of the width of a page: 15 mm, in which a reference pulse has room with its feet."""
_BESIDE_MM = 15
_BESIDE_PX = _BESIDE_MM * PIXELS_PER_MM


@dataclass(frozen=True)
class Correction:
    """Where the ECG is, as set by hand.

    Attributes:
        corners: four (x, y) in pixels of the picture as it is shown, clockwise from what is the
            upper left corner when the ECG stands upright.
        shows: the whole `"page"`, or one `"row"`.
        duration_s: how many seconds the row lasts from its left to its right edge; None lets the
            grid say.
    """

    corners: Corners
    shows: Literal["page", "row"] = "page"
    duration_s: float | None = None


def read_corrected(
    picture: Picture, correction: Correction, options: PageOptions = NOTHING_STATED
) -> PaperStrips:
    """Pull the quadrangle straight and find the rows in it.

    A row whose duration is given needs no grid: its millimetre follows from its width, at 25 mm/s
    and 10 mm/mV unless others are stated, and its 0 mV is taken at mid-height.

    Args:
        picture: the picture, whole.
        correction: where the ECG is in it.
        options: what is known of its paper; it overrules what is found on it.

    Returns:
        The strips, their places in the whole picture.

    Raises:
        InputError: `bad_corners` when they make no quadrangle.
    """
    corners = check_corners(correction.corners)
    if correction.shows == "row" and correction.duration_s is not None:
        return _timed_row(picture, corners, correction.duration_s, options)
    width, _ = _size(corners)
    beside_px = round(_BESIDE_SHARE * width)
    wider, to_wider = _read_straight(picture, corners, options, beside_px)
    if not _lies_inside(wider, beside_px, beside_px + width):
        wider, to_wider = _read_straight(picture, corners, options, 0)
    return _in_whole(wider, to_wider)


def _read_straight(
    picture: Picture, corners: NDArray[np.float64], options: PageOptions, beside_px: int
) -> tuple[PaperStrips, NDArray[np.float64]]:
    """The rows between the corners, and the way there from the picture.

    Args:
        picture: the picture, whole.
        corners: `[4, 2]`.
        options: what is known of the paper.
        beside_px: how much more is looked at to the left and to the right.
    """
    width, height = _size(corners)
    to_flat = _shift(beside_px, 0) @ _homography(corners, width, height)
    flat = _warp(picture.rgb, to_flat, width + 2 * beside_px, height)
    return read_paper(Picture(flat, picture.name), is_upright=True, options=options), to_flat


def _lies_inside(found: PaperStrips, left_px: float, right_px: float) -> bool:
    """Whether there are rows, and each begins and ends between two edges."""
    ends_px = [_ends_px(strip) for strip in found.strips if strip.baseline_px is not None]
    return bool(ends_px) and all(left_px <= left and right <= right_px for left, right in ends_px)


def _ends_px(strip: PaperStrip) -> tuple[float, float]:
    """Where a strip's ECG begins and ends, from left to right."""
    x_px = np.asarray(strip.baseline_px, np.float64)[:, 0]
    end_px = np.interp(strip.duration_s, np.linspace(0, STRIP_S, _POINTS), x_px)
    return float(x_px[0]), float(end_px)


def check_corners(corners: Corners) -> NDArray[np.float64]:
    """`[4, 2]`, when they go round a convex quadrangle clockwise.

    Raises:
        InputError: `bad_corners`.
    """
    points = np.array(corners, np.float64)
    if points.shape != (4, 2) or not np.isfinite(points).all():
        raise InputError("bad_corners", "Expected four corners, each of an x and a y.")
    sides = np.roll(points, -1, axis=0) - points
    turns = sides[:, 0] * np.roll(sides[:, 1], -1) - sides[:, 1] * np.roll(sides[:, 0], -1)
    if (turns <= 0).any() or np.linalg.norm(sides, axis=1).min() < SMALLEST_SIDE_PX:
        raise InputError(
            "bad_corners",
            "Expected corners clockwise from the upper left one, of a shape without dents at "
            f"least {SMALLEST_SIDE_PX:.0f} pixels wide and high.",
        )
    return points


def _size(corners: NDArray[np.float64]) -> tuple[int, int]:
    """Width and height of the flat picture, in about the pixels of the photo."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width, height = max(sides[0], sides[2]), max(sides[1], sides[3])
    shrink = min(1.0, LARGEST_SIDE_PX / max(width, height))
    return round(width * shrink), round(height * shrink)


def _homography(corners: NDArray[np.float64], width: float, height: float) -> NDArray[np.float64]:
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return cv2.getPerspectiveTransform(corners.astype(np.float32), target).astype(np.float64)


def _warp(
    rgb: NDArray[np.uint8], matrix: NDArray[np.float64], width: int, height: int
) -> NDArray[np.uint8]:
    return cv2.warpPerspective(
        rgb, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.uint8)


def _timed_row(
    picture: Picture, corners: NDArray[np.float64], duration_s: float, options: PageOptions
) -> PaperStrips:
    """The strips of a row whose duration is known."""
    width_px = round(duration_s * _PX_PER_S)
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    faster = (options.speed_mm_per_s or PAPER_SPEED_MM_PER_S) / PAPER_SPEED_MM_PER_S
    taller = (options.gain_mm_per_mv or MM_PER_MV) / MM_PER_MV
    as_wide = width_px * faster / taller
    height_px = max(1, round(as_wide * (sides[1] + sides[3]) / (sides[0] + sides[2])))
    drop_px = (STRIP_HEIGHT_PX - height_px) / 2
    to_row = _shift(0, drop_px) @ _homography(corners, width_px, height_px)
    to_fine = np.diag([_OVERSAMPLING, _OVERSAMPLING, 1.0]) @ _shift(_BESIDE_PX, 0) @ to_row
    size = (width_px + 2 * _BESIDE_PX, STRIP_HEIGHT_PX)
    fine = _warp(picture.rgb, to_fine, _OVERSAMPLING * size[0], _OVERSAMPLING * size[1])
    grey = cv2.resize(cv2.cvtColor(fine, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
    row = grey[:, _BESIDE_PX:-_BESIDE_PX].astype(np.uint8)
    weight = _weight_beside_pulses(fine, duration_s)
    strips = tuple(
        _strip(row, weight, start_s, duration_s) for start_s in start_times_s(duration_s)
    )
    return _in_whole(PaperStrips(strips, name=picture.name), to_row)


def _weight_beside_pulses(fine: NDArray[np.uint8], duration_s: float) -> NDArray[np.float32]:
    """How much each step of a row counts: nothing where a reference pulse stands, which is no beat.

    Args:
        fine: `[height, width, 3]`, the row at 8 px/mm with some paper to either side, in which a
            pulse is seen whole that an edge of the row cuts through.
        duration_s: how long it is.
    """
    half = halved(evenly_lit(dark_on_light(fine)))
    seen = np.ones(half.shape[:2], bool)
    ink = ink_of(half, seen)
    weight = np.ones(math.ceil(duration_s / STEP_S) + STRIP_STEPS, np.float32)
    middle_mm = _BESIDE_MM + (np.arange(len(weight)) + 0.5) * STEP_S * PAPER_SPEED_MM_PER_S
    for pulse in find_pulses(ink, find_row_places(ink, seen)):
        is_beside = (middle_mm < pulse.rise_mm - _FOOT_MM) | (middle_mm > pulse.fall_mm + _FOOT_MM)
        weight *= is_beside
    return weight


def _strip(
    row: NDArray[np.uint8], weight: NDArray[np.float32], start_s: float, duration_s: float
) -> PaperStrip:
    first = round(start_s / STEP_S)
    left_px = round(start_s * _PX_PER_S)
    grey = np.full((STRIP_HEIGHT_PX, STRIP_WIDTH_PX), np.median(row), np.uint8)
    piece = row[:, left_px : left_px + STRIP_WIDTH_PX]
    grey[:, : piece.shape[1]] = piece
    x_px = left_px + np.arange(_POINTS) * LARGE_BOX_MM * PIXELS_PER_MM
    return PaperStrip(
        grey,
        start_s=start_s,
        duration_s=min(STRIP_S, duration_s - start_s),
        px_per_mm=(PIXELS_PER_MM, PIXELS_PER_MM),
        step_weight=weight[first : first + STRIP_STEPS],
        baseline_px=np.column_stack((x_px, np.full(_POINTS, STRIP_HEIGHT_PX / 2))),
    )


def _shift(right_px: float, down_px: float) -> NDArray[np.float64]:
    return np.array([[1.0, 0.0, right_px], [0.0, 1.0, down_px], [0.0, 0.0, 1.0]])


def _in_whole(found: PaperStrips, to_flat: NDArray[np.float64]) -> PaperStrips:
    """What was found, where it lies in the picture that was pulled straight."""
    to_picture = np.asarray(np.linalg.inv(to_flat), np.float64)
    return replace(
        found,
        strips=tuple(_moved(strip, to_picture) for strip in found.strips),
        refused=tuple(_moved(row, to_picture) for row in found.refused),
        grid_px=None if found.grid_px is None else _project(found.grid_px, to_picture),
    )


def _moved(row: Row, to_picture: NDArray[np.float64]) -> Row:
    if row.baseline_px is None:
        return row
    flat = np.asarray(row.baseline_px, np.float64)
    points = _project(flat, to_picture)
    enlarged = float(np.linalg.norm(points[-1] - points[0]) / np.linalg.norm(flat[-1] - flat[0]))
    scale = row.px_per_mm and (row.px_per_mm[0] * enlarged, row.px_per_mm[1] * enlarged)
    return replace(row, baseline_px=points, px_per_mm=scale)


def _project(points: NDArray[np.floating], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of any arrangement `[..., 2]` through a homography; NaN stays NaN."""
    flat = np.asarray(points, np.float64).reshape(1, -1, 2)
    projected = cv2.perspectiveTransform(flat, matrix).reshape(points.shape)
    return np.where(np.isfinite(points), projected, np.nan)
