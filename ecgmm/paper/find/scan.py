"""The sheet of a flat picture: straight paper of one scale all over."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM
from ecgmm.paper.find.even.lean import measure_lean, measure_row_lean, source_matrix, straighten
from ecgmm.paper.find.even.light import dark_on_light, darkness, evenly_lit
from ecgmm.paper.find.even.scale import find_grid
from ecgmm.paper.find.ink import ink_of
from ecgmm.paper.find.mesh.geometry import Geometry
from ecgmm.paper.find.mesh.rectify import MM_PER_BOX
from ecgmm.paper.sheet import FINE_PX_PER_MM, Sheet, halved

LARGEST_AREA_PX = 6_000_000
LARGEST_SIDE_MM = 600.0

_WHITE = (255, 255, 255)
_THIN_PX = 1.5
_INK_QUANTILE = 0.005
_INK_SPREAD = 60
_THICK_SHARE = 0.3


@dataclass(frozen=True)
class FlatPaper:
    """Where flat paper lies in its picture.

    Attributes:
        px_per_mm: `[2, 2]`, a millimetre to the right and one down, in pixels (x, y), by columns.
        clearness: how well one grid fits all of it, from 0 to 1; 0 where it has none.
    """

    px_per_mm: NDArray[np.float64]
    clearness: float


def find_even_grid(rgb: NDArray[np.uint8]) -> FlatPaper | None:
    """The paper of a picture with a straight grid that leans by 3 degrees at most."""
    light, shrink = _light(rgb)
    lines = darkness(light)
    lean = measure_lean(lines)
    straight = straighten(light, lean)
    grid = find_grid(lines if straight is light else darkness(straight))
    if grid is None:
        return None
    turn = source_matrix(lean, light.shape[:2])[:, :2]
    return FlatPaper(turn @ np.diag(grid.px_per_mm) / shrink, grid.clearness)


def even_mesh(geometry: Geometry) -> FlatPaper:
    """The paper of a mesh whose nodes lie on straight, evenly spaced lines."""
    row, column = np.nonzero(geometry.mesh.seen)
    place = np.stack([np.ones(len(row)), column, row], axis=-1)
    lattice, *_ = np.linalg.lstsq(place, geometry.mesh.nodes_px[row, column], rcond=None)
    return FlatPaper(
        np.asarray(lattice[1:].T, np.float64) / MM_PER_BOX / geometry.scale, clearness=1.0
    )


def blank_paper(rgb: NDArray[np.uint8], px_per_mm: tuple[float, float]) -> FlatPaper:
    """Paper without a grid, straightened by its rows, at a scale that is assumed."""
    light, _ = _light(rgb)
    turn = source_matrix(measure_row_lean(darkness(light)), light.shape[:2])[:, :2]
    return FlatPaper(turn @ np.diag(px_per_mm), clearness=0.0)


def lay_scan_flat(rgb: NDArray[np.uint8], paper: FlatPaper) -> Sheet | None:
    """The whole picture, straight and at 8 px/mm; None where it were larger than any paper."""
    light, shrink = _light(rgb)
    height, width = light.shape[:2]
    to_px = paper.px_per_mm * shrink
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]]) @ np.linalg.inv(to_px).T
    first, last = corners.min(axis=0), corners.max(axis=0)
    if (last - first).max() > LARGEST_SIDE_MM:
        return None
    px_per_mm = math.sqrt(abs(np.linalg.det(to_px)))
    near, coarser = light, min(1.0, FINE_PX_PER_MM / px_per_mm)
    if coarser < 1:
        shrunk = cv2.resize(
            _thickened(light, px_per_mm), None, fx=coarser, fy=coarser, interpolation=cv2.INTER_AREA
        )
        near = shrunk.astype(np.uint8)
    size = 2 * np.maximum(1, np.round((last - first) * FINE_PX_PER_MM / 2)).astype(int)
    to_near = coarser * to_px / FINE_PX_PER_MM
    origin = coarser * to_px @ first + to_near @ (0.5, 0.5) - 0.5
    fine = cv2.warpAffine(
        near,
        np.column_stack([to_near, origin]),
        (int(size[0]), int(size[1])),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderValue=_WHITE,
    ).astype(np.uint8)

    def to_picture(points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((points_mm + first) @ to_px.T / shrink - 0.5, np.float64)

    half = halved(fine)
    seen = np.ones(half.shape[:2], bool)
    ink = ink_of(half, seen, has_grid=paper.clearness > 0)
    half_px_mm = 0.5 / FINE_PX_PER_MM
    return Sheet(fine, ink, seen, to_picture, clearness=paper.clearness, first_px_mm=half_px_mm)


def _thickened(light: NDArray[np.uint8], px_per_mm: float) -> NDArray[np.uint8]:
    """Lines of a pixel or two widened to one of a strip's, so that shrinking does not bleach them.

    Args:
        light: `[height, width, 3]`, dark ink on light paper.
        px_per_mm: its scale.
    """
    missing_px = math.ceil(px_per_mm / PIXELS_PER_MM - _THIN_PX)
    darkest = light.max(axis=2)
    ink = (darkest < np.quantile(darkest[::2, ::2], _INK_QUANTILE) + _INK_SPREAD).astype(np.uint8)
    thick = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    if missing_px < 1 or thick.sum() > _THICK_SHARE * ink.sum():
        return light
    side = 2 * math.ceil(missing_px / 2) + 1
    return cv2.erode(light, np.ones((side, side), np.uint8)).astype(np.uint8)


def _light(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """The picture, evenly lit, at no more than 6 megapixels, and how it was shrunk."""
    shrink = min(1.0, math.sqrt(LARGEST_AREA_PX / (rgb.shape[0] * rgb.shape[1])))
    if shrink < 1:
        small = cv2.resize(rgb, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        rgb = small.astype(np.uint8)
    return evenly_lit(dark_on_light(rgb)), shrink
