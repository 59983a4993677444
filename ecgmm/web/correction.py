"""A picture read again where a person says that the ECG is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.grid import PAPER_SPEED_MM_PER_S, PIXELS_PER_MM, STRIP_HEIGHT_PX, STRIP_S, STRIP_WIDTH_PX
from ecgmm.paper.flat.cut import start_times_s
from ecgmm.paper.picture import Picture
from ecgmm.paper.strips import PaperStrip, PaperStrips
from ecgmm.web.locate import LARGE_BOX_MM
from ecgmm.web.picture_rows import PictureRows, PlacedRow, find_rows

Corners = tuple[tuple[float, float], ...]

SMALLEST_SIDE_PX = 20.0
LARGEST_SIDE_PX = 4000
LONGEST_ROW_S = 60.0

_OVERSAMPLING = 2
_PX_PER_S = PAPER_SPEED_MM_PER_S * PIXELS_PER_MM


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


def read_corrected(picture: Picture, correction: Correction) -> PictureRows:
    """Pull the quadrangle straight and find the rows in it.

    A row whose duration is given needs no grid: its millimetre follows from its width at 25 mm/s,
    its 0 mV is taken at mid-height and its gain as 10 mm/mV.

    Args:
        picture: the picture, whole.
        correction: where the ECG is in it.

    Returns:
        The rows, their places in the whole picture.

    Raises:
        InputError: `bad_corners` when they make no quadrangle.
    """
    corners = check_corners(correction.corners)
    if correction.shows == "row" and correction.duration_s is not None:
        found, to_picture = _timed_row(picture, corners, correction.duration_s)
    else:
        width, height = _size(corners)
        to_flat = _homography(corners, width, height)
        flat = _warp(picture.rgb, to_flat, width, height)
        found, to_picture = find_rows(Picture(flat, picture.name)), _inverse(to_flat)
    rows = tuple(_moved(row, to_picture) for row in found.rows)
    return PictureRows(found.strips, rows)


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


def _inverse(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.inv(matrix), np.float64)


def _warp(
    rgb: NDArray[np.uint8], matrix: NDArray[np.float64], width: int, height: int
) -> NDArray[np.uint8]:
    return cv2.warpPerspective(
        rgb, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.uint8)


def _timed_row(
    picture: Picture, corners: NDArray[np.float64], duration_s: float
) -> tuple[PictureRows, NDArray[np.float64]]:
    """Strips of a row whose duration is known, and the way from its flat pixels to the picture."""
    width_px = round(duration_s * _PX_PER_S)
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    height_px = max(1, round(width_px * (sides[1] + sides[3]) / (sides[0] + sides[2])))
    to_flat = _homography(corners, width_px, height_px)
    centred = (
        np.array([[1, 0, 0], [0, 1, STRIP_HEIGHT_PX / 2 - height_px / 2], [0, 0, 1]]) @ to_flat
    )
    finer = np.diag([_OVERSAMPLING, _OVERSAMPLING, 1.0]) @ centred
    fine = _warp(picture.rgb, finer, width_px * _OVERSAMPLING, STRIP_HEIGHT_PX * _OVERSAMPLING)
    size = (width_px, STRIP_HEIGHT_PX)
    row = cv2.resize(cv2.cvtColor(fine, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
    strips = tuple(_strip(row.astype(np.uint8), s, duration_s) for s in start_times_s(duration_s))
    x_px = np.arange(0, width_px + 1, LARGE_BOX_MM * PIXELS_PER_MM, dtype=np.float64)
    points_px = np.column_stack((x_px, np.full(len(x_px), STRIP_HEIGHT_PX / 2)))
    placed = PlacedRow(points_px, 0.0, duration_s)
    return PictureRows(PaperStrips(strips, name=picture.name), (placed,)), _inverse(centred)


def _strip(row: NDArray[np.uint8], start_s: float, duration_s: float) -> PaperStrip:
    grey = np.full((STRIP_HEIGHT_PX, STRIP_WIDTH_PX), np.median(row), np.uint8)
    piece = row[:, round(start_s * _PX_PER_S) :][:, :STRIP_WIDTH_PX]
    grey[:, : piece.shape[1]] = piece
    return PaperStrip(grey, start_s=start_s, duration_s=min(STRIP_S, duration_s - start_s))


def _moved(row: PlacedRow, matrix: NDArray[np.float64]) -> PlacedRow:
    """The row in the whole picture, with the scale that it has there."""
    if row.points_px is None:
        return row
    points = cv2.perspectiveTransform(row.points_px[np.newaxis], matrix)[0].astype(np.float64)
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    px_per_mm = float(steps.mean() / LARGE_BOX_MM) if len(steps) else None
    return replace(
        row, points_px=points, px_per_mm=None if px_per_mm is None else (px_per_mm, px_per_mm)
    )
