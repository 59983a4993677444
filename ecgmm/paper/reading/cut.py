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
        self._scale = shrink / geometry.scale
        self._mesh = mesh

    def cut(self, start_mm: float, baseline_mm: float) -> NDArray[np.uint8]:
        """Cut the 250 x 40 mm around a row.

        Args:
            start_mm: left end of the row on the flat page.
            baseline_mm: its middle.

        Returns:
            `[160, 1000]` grey; beyond the photo's edge it is as bright as the strip's paper.
        """
        middle_of_fine_px = (1 - 1 / OVERSAMPLING) / 2 / PIXELS_PER_MM
        fine = flatten(
            self._grey,
            self._mesh,
            left_mm=start_mm - middle_of_fine_px,
            top_mm=baseline_mm - STRIP_HEIGHT_PX / 2 / PIXELS_PER_MM - middle_of_fine_px,
            width_mm=STRIP_WIDTH_PX / PIXELS_PER_MM,
            height_mm=STRIP_HEIGHT_PX / PIXELS_PER_MM,
            pixels_per_mm=PIXELS_PER_MM * OVERSAMPLING,
            picture_scale=self._scale,
        )
        fine[fine == 0] = np.median(fine[fine > 0]) if fine.any() else 0
        size = (STRIP_WIDTH_PX, STRIP_HEIGHT_PX)
        return cv2.resize(fine, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
