"""The flat, upright page that every way of finding the paper gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM
from ecgmm.paper.find.ink import clear_grey

FINE_PX_PER_MM = 2 * PIXELS_PER_MM
"""Resolution at which paper is laid flat; strips have half of it, so that thin lines keep ink."""

_STEP_MM = 5.0

ToPicture = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From points `[..., 2]` (x, y) of the sheet, in mm, to pixels of the picture."""


@dataclass(frozen=True)
class Sheet:
    """A page laid flat.

    Attributes:
        rgb: `[height, width, 3]` uint8, 8 px/mm, dark ink on light paper.
        ink: `[height, width]`, 4 px/mm, from 0, paper or grid, to 1, ink; 0 off the paper.
        seen: `[height, width]`, 4 px/mm, whether the picture shows paper there.
        to_picture: where its points are in the picture.
        clearness: how well one grid fits all of it, from 0 to 1; 0 where it has none.
        quarter_turns: how often the picture was turned clockwise.
        first_px_mm: where the middle of the first pixel of `rgb` is, from the left and the top.
    """

    rgb: NDArray[np.uint8]
    ink: NDArray[np.float32]
    seen: NDArray[np.bool_]
    to_picture: ToPicture
    clearness: float
    quarter_turns: int = 0
    first_px_mm: float = 0.0

    @cached_property
    def grey(self) -> NDArray[np.uint8]:
        """`[height, width]`, 8 px/mm: the page without its colours."""
        return clear_grey(self.rgb)

    @property
    def size_mm(self) -> tuple[float, float]:
        """Its width and height."""
        height, width = self.ink.shape
        return width / PIXELS_PER_MM, height / PIXELS_PER_MM

    def turned(self, quarter_turns: int) -> Sheet:
        """The same page after quarter turns clockwise."""
        if not quarter_turns:
            return self
        width, height = self.size_mm
        corner, right, down = {
            1: ((0.0, height), (0.0, -1.0), (1.0, 0.0)),
            2: ((width, height), (-1.0, 0.0), (0.0, -1.0)),
            3: ((width, 0.0), (0.0, 1.0), (-1.0, 0.0)),
        }[quarter_turns]
        matrix = np.array([right, down])

        def to_picture(points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
            return self.to_picture(np.asarray(corner) + points_mm @ matrix)

        return replace(
            self,
            rgb=np.ascontiguousarray(np.rot90(self.rgb, -quarter_turns)),
            ink=np.ascontiguousarray(np.rot90(self.ink, -quarter_turns)),
            seen=np.ascontiguousarray(np.rot90(self.seen, -quarter_turns)),
            to_picture=to_picture,
            quarter_turns=self.quarter_turns + quarter_turns,
        )

    def from_picture(self, points_px: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where points `[points, 2]` of the picture lie on the sheet, in mm, to half of one."""
        width, height = self.size_mm
        x_mm, y_mm = np.meshgrid(np.arange(0, width, _STEP_MM), np.arange(0, height, _STEP_MM))
        raster_mm = np.stack([x_mm, y_mm], axis=-1).reshape(-1, 2)
        raster_px = self.to_picture(raster_mm)
        found = []
        for point_px in np.asarray(points_px, np.float64):
            nearest_mm = raster_mm[np.linalg.norm(raster_px - point_px, axis=1).argmin()]
            corners_px = self.to_picture(
                nearest_mm + np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
            )
            to_px = (corners_px[1:] - corners_px[0]).T
            found.append(nearest_mm + np.linalg.solve(to_px, point_px - corners_px[0]))
        return np.array(found).reshape(-1, 2)

    def px_per_mm(self, left_mm: float, middle_mm: float, width_mm: float) -> tuple[float, float]:
        """The picture's own resolution, on average along a stretch of a row and across it."""
        x_mm = left_mm + np.linspace(0.0, width_mm, 26)
        along_px, above_px, below_px = (
            self.to_picture(np.stack([x_mm, np.full(len(x_mm), y_mm)], axis=-1))
            for y_mm in (middle_mm, middle_mm - _STEP_MM, middle_mm + _STEP_MM)
        )
        length_px = np.linalg.norm(np.diff(along_px, axis=0), axis=1).sum()
        height_px = np.linalg.norm(below_px - above_px, axis=1).mean()
        return float(length_px / width_mm), float(height_px / (2 * _STEP_MM))


def halved(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A plane of 8 px/mm at 4 px/mm."""
    size = (plane.shape[1] // 2, plane.shape[0] // 2)
    return cv2.resize(plane, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
