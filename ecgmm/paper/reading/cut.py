"""Strips on the common grid, cut out of the photo itself."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM, STRIP_HEIGHT_PX, STRIP_WIDTH_PX
from ecgmm.paper.reading.geometry import Geometry
from ecgmm.paper.reading.mesh import Mesh
from ecgmm.paper.reading.rectify import MM_PER_BOX, flatten

OVERSAMPLING = 2
INSIDE = 255


class StripCutter:
    """Cuts strips out of one photo.

    The photo is brought near the strips' resolution once; strips are then drawn at twice their
    size and averaged, so that lines thinner than a pixel keep their ink.
    """

    def __init__(self, rgb: NDArray[np.uint8], geometry: Geometry, mesh: Mesh) -> None:
        box_px = geometry.box_px / geometry.scale
        wanted_px = MM_PER_BOX * PIXELS_PER_MM * OVERSAMPLING
        shrink = min(1.0, wanted_px / box_px)
        grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
        near = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        self._grey = near.astype(np.uint8)
        self._inside = np.full_like(self._grey, INSIDE)
        self._scale = shrink / geometry.scale
        self._mesh = mesh

    def cut(
        self, start_mm: float, baseline_mm: float
    ) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """Cut the 250 x 40 mm around a row.

        Args:
            start_mm: left end of the row on the flat page.
            baseline_mm: its middle.

        Returns:
            `[160, 1000]` grey, as bright as the strip's paper beyond the photo's edge; and where
            it shows the photo.
        """
        fine = self._flatten(self._grey, start_mm, baseline_mm)
        inside = self._flatten(self._inside, start_mm, baseline_mm) == INSIDE
        fine[~inside] = np.median(fine[inside]) if inside.any() else 0
        size = (STRIP_WIDTH_PX, STRIP_HEIGHT_PX)
        grey, seen = (
            cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
            for plane in (fine, inside.astype(np.float32))
        )
        return grey.astype(np.uint8), seen == 1

    def _flatten(
        self, picture: NDArray[np.uint8], start_mm: float, baseline_mm: float
    ) -> NDArray[np.uint8]:
        middle_of_fine_px = (1 - 1 / OVERSAMPLING) / 2 / PIXELS_PER_MM
        return flatten(
            picture,
            self._mesh,
            left_mm=start_mm - middle_of_fine_px,
            top_mm=baseline_mm - STRIP_HEIGHT_PX / 2 / PIXELS_PER_MM - middle_of_fine_px,
            width_mm=STRIP_WIDTH_PX / PIXELS_PER_MM,
            height_mm=STRIP_HEIGHT_PX / PIXELS_PER_MM,
            pixels_per_mm=PIXELS_PER_MM * OVERSAMPLING,
            picture_scale=self._scale,
        )
