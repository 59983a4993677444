"""Flat, upright paper of known scale, and the way back to the picture that it was found in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM
from ecgmm.paper.flat.lean import source_matrix
from ecgmm.paper.flat.row_places import RASTER_PX_PER_MM
from ecgmm.paper.flat.scale import Box, Grid
from ecgmm.paper.reading.grid_removal import grid_lines, ink_over

WORKING_PX_PER_MM = 2 * PIXELS_PER_MM

_LARGE_BOX_MM = 5
_BOX_PX = _LARGE_BOX_MM * RASTER_PX_PER_MM
_BLANK_SHARE = 0.95
"""Traces and text cover less than the rest of any page."""

_DARKEST_RESTS = 0.4
_BLOT_MM = 3
_BLOT_DARKNESS = 0.3
_WHITE = 255
_GRID_QUANTILE = 0.1
_INK_QUANTILE = 0.005
_NOISE = 0.08

ToPicture = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From points `[..., 2]` of the paper, in mm, to pixels of the picture."""


@dataclass(frozen=True)
class Paper:
    """A flat page.

    Attributes:
        light: `[height, width, 3]` dark ink on light paper, evenly lit, upright.
        px_per_mm: its resolution, horizontally and vertically.
        to_picture: where its points are in the picture.
        clearness: how well one grid fits all of it, from 0 to 1; 0 where it has none.
    """

    light: NDArray[np.uint8]
    px_per_mm: tuple[float, float]
    to_picture: ToPicture
    clearness: float

    @property
    def size_mm(self) -> tuple[float, float]:
        """Its width and height."""
        height, width = self.light.shape[:2]
        return width / self.px_per_mm[0], height / self.px_per_mm[1]

    def px_per_mm_in_picture(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """The picture's own resolution near a point, horizontally and vertically."""
        middle = np.array([x_mm, y_mm])
        reach = np.array([[_LARGE_BOX_MM, 0.0], [0.0, _LARGE_BOX_MM]])
        spans = self.to_picture(middle + reach) - self.to_picture(middle - reach)
        across, down = np.linalg.norm(spans, axis=1) / (2 * _LARGE_BOX_MM)
        return float(across), float(down)

    def ink(self) -> NDArray[np.float32]:
        """`[height, width]` 4 px/mm, from 0, paper or grid, to 1, ink."""
        width, height = (max(1, round(side * RASTER_PX_PER_MM)) for side in self.size_mm)
        raster = cv2.resize(self.light, (width, height), interpolation=cv2.INTER_AREA)
        darkness = _without_blots(_clearest_darkness(raster.astype(np.uint8)))
        lines = grid_lines(darkness, _BOX_PX) if self.clearness else np.zeros_like(darkness)
        ink = ink_over(lines, darkness)
        rests = min(float(np.quantile(ink[::2, ::2], _BLANK_SHARE)), _DARKEST_RESTS)
        return np.maximum(ink - rests, 0) / (1 - rests)


def _clearest_darkness(raster: NDArray[np.uint8]) -> NDArray[np.float32]:
    """`[height, width]` from 0 to 1, in that colour which shows ink best, and the grid least.

    A red grid is not seen in red, nor a blue one in blue; coloured ink is seen in other colours
    than black ink is.
    """
    red, green, blue = cv2.split(raster)
    planes = [red, green, blue, np.maximum(np.maximum(red, green), blue)]
    clearest = max(planes, key=_contrast)
    return 1 - clearest.astype(np.float32) / np.float32(_WHITE)


def _without_blots(darkness: NDArray[np.float32]) -> NDArray[np.float32]:
    """The paper without what is thicker than any line: the table beyond its edge, a hand."""
    nib = np.ones((_BLOT_MM * RASTER_PX_PER_MM,) * 2, np.uint8)
    blots = cv2.morphologyEx((darkness > _BLOT_DARKNESS).astype(np.uint8), cv2.MORPH_OPEN, nib)
    return np.where(cv2.dilate(blots, nib) > 0, np.float32(0), darkness)


def _contrast(plane: NDArray[np.uint8]) -> float:
    """How many times darker than the grid, and than noise, the ink is."""
    grid, ink = 1 - np.quantile(plane[::4, ::4], (_GRID_QUANTILE, _INK_QUANTILE)) / _WHITE
    return float(ink / (grid + _NOISE))


def cut_paper(light: NDArray[np.uint8], lean: tuple[float, float], grid: Grid) -> Paper:
    """The paper alone, shrunk to twice the strips' resolution where it is finer.

    Args:
        light: the straightened picture.
        lean: by which it was straightened.
        grid: where the paper is in it, and its scale.
    """
    box = grid.paper
    width, height = (
        max(1, round(size * min(1.0, WORKING_PX_PER_MM / px_per_mm)))
        for size, px_per_mm in zip((box.width, box.height), grid.px_per_mm, strict=True)
    )
    part = light[box.top : box.bottom, box.left : box.right]
    scaled = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)
    matrix = source_matrix(lean, light.shape[:2])

    def to_picture(points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        straight = points_mm * grid.px_per_mm + (box.left - 0.5, box.top - 0.5)
        return np.asarray(straight @ matrix[:, :2].T + matrix[:, 2], np.float64)

    px_per_mm = grid.px_per_mm[0] * width / box.width, grid.px_per_mm[1] * height / box.height
    return Paper(scaled, px_per_mm, to_picture, grid.clearness)


def whole_picture(light: NDArray[np.uint8], px_per_mm: float) -> Grid:
    """A picture without a grid, taken to be paper everywhere."""
    height, width = light.shape[:2]
    return Grid((px_per_mm, px_per_mm), Box(0, 0, width, height), clearness=0.0)
