"""The paper of a photo as a scanner would see it."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from ecgmm.grid import PIXELS_PER_MM
from ecgmm.paper.picture import Picture
from ecgmm.paper.reading.geometry import Geometry
from ecgmm.paper.reading.rectify import MM_PER_BOX, flatten

COPY_PX_PER_MM = 2 * PIXELS_PER_MM
QUARTER_TURNS = (0, 2, 1, 3)
WHITE = 255


def flat_copies(picture: Picture, geometry: Geometry) -> Iterator[Picture]:
    """Lay the paper of a photo flat, turned all four ways: as it lies in the photo first.

    Args:
        picture: the photo.
        geometry: where its paper lies.

    Yields:
        Pictures of 8 px/mm, white where the photo does not show the paper.
    """
    wanted_px = MM_PER_BOX * COPY_PX_PER_MM
    shrink = min(1.0, wanted_px * geometry.scale / geometry.box_px)
    near = cv2.resize(picture.rgb, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    for turns in QUARTER_TURNS:
        mesh = geometry.mesh.turned(turns)
        height, width = mesh.seen.shape
        flat = flatten(
            near.astype(np.uint8),
            mesh,
            left_mm=0,
            top_mm=0,
            width_mm=MM_PER_BOX * (width - 1),
            height_mm=MM_PER_BOX * (height - 1),
            pixels_per_mm=COPY_PX_PER_MM,
            picture_scale=shrink / geometry.scale,
            beyond=WHITE,
        )
        yield Picture(flat, picture.name)
