"""The paper of a photo as a scanner would see it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM
from ecgmm.paper.picture import Picture
from ecgmm.paper.reading.geometry import Geometry
from ecgmm.paper.reading.rectify import MM_PER_BOX, flatten, mesh_points

COPY_PX_PER_MM = 2 * PIXELS_PER_MM
WHITE = 255


def flat_copy(picture: Picture, geometry: Geometry) -> Picture:
    """Lay the paper of a photo flat.

    Args:
        picture: the photo.
        geometry: where its paper lies.

    Returns:
        A picture of 8 px/mm of what the grid covers, white where the photo does not reach.
    """
    wanted_px = MM_PER_BOX * COPY_PX_PER_MM
    shrink = min(1.0, wanted_px * geometry.scale / geometry.box_px)
    near = cv2.resize(picture.rgb, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    height, width = geometry.mesh.seen.shape
    flat = flatten(
        near.astype(np.uint8),
        geometry.mesh,
        left_mm=0,
        top_mm=0,
        width_mm=MM_PER_BOX * (width - 1),
        height_mm=MM_PER_BOX * (height - 1),
        pixels_per_mm=COPY_PX_PER_MM,
        picture_scale=shrink / geometry.scale,
        beyond=WHITE,
    )
    return Picture(flat, picture.name)


def in_photo(copy_px: NDArray[np.floating], geometry: Geometry) -> NDArray[np.float64]:
    """Where points of a flat copy lie in the photo.

    Args:
        copy_px: `[points, 2]` (x, y).
        geometry: where the paper of the photo lies.

    Returns:
        `[points, 2]`.
    """
    columns, rows = np.asarray(copy_px, np.float64).T / (COPY_PX_PER_MM * MM_PER_BOX)
    raster_px = mesh_points(geometry.mesh, columns, rows)
    points = np.arange(len(columns))
    return (raster_px[points, points].astype(np.float64) + 0.5) / geometry.scale - 0.5
