"""The sheet of paper that a mesh of its grid lays flat."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.find.even.light import evenly_lit
from ecgmm.paper.find.ink import ink_of
from ecgmm.paper.find.mesh.geometry import Geometry
from ecgmm.paper.find.mesh.mesh import Mesh
from ecgmm.paper.find.mesh.rectify import MM_PER_BOX, flatten
from ecgmm.paper.sheet import FINE_PX_PER_MM, Sheet, halved

LEAST_SEEN = 0.4
WIDEST_HOLE_BOXES = 9
"""A dotted grid is lost under traces and letters."""

_WHITE = 255


def lay_photo_flat(rgb: NDArray[np.uint8], geometry: Geometry) -> Sheet:
    """Lay the paper of a picture flat along the mesh of its grid, as it is turned there.

    Args:
        rgb: the picture.
        geometry: where its paper lies.
    """
    shrink = min(1.0, MM_PER_BOX * FINE_PX_PER_MM * geometry.scale / geometry.box_px)
    near = cv2.resize(rgb, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    rows, columns = geometry.mesh.seen.shape
    fine = flatten(
        near.astype(np.uint8),
        geometry.mesh,
        left_mm=0,
        top_mm=0,
        width_mm=MM_PER_BOX * (columns - 1),
        height_mm=MM_PER_BOX * (rows - 1),
        pixels_per_mm=FINE_PX_PER_MM,
        picture_scale=shrink / geometry.scale,
        beyond=_WHITE,
    )
    fine = evenly_lit(fine)
    seen = _seen(geometry.mesh, (fine.shape[0] // 2, fine.shape[1] // 2))

    def to_picture(points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        return (_on_mesh(geometry.mesh, points_mm / MM_PER_BOX) + 0.5) / geometry.scale - 0.5

    return Sheet(fine, ink_of(halved(fine), seen), seen, to_picture, clearness=1.0)


def _seen(mesh: Mesh, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Boxes near which most nodes were seen, and what lies between them."""
    sure = (cv2.blur(mesh.seen.astype(np.float32), (3, 3)) > LEAST_SEEN).astype(np.uint8)
    padded = np.pad(sure, WIDEST_HOLE_BOXES)
    nib = np.ones((WIDEST_HOLE_BOXES,) * 2, np.uint8)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, nib)
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(closed, outlines, -1, 1, cv2.FILLED) > 0
    near = filled[WIDEST_HOLE_BOXES:-WIDEST_HOLE_BOXES, WIDEST_HOLE_BOXES:-WIDEST_HOLE_BOXES]
    boxes = near[1:, 1:] & near[:-1, :-1] & near[1:, :-1] & near[:-1, 1:]
    large = cv2.resize(boxes.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST)
    return large.astype(bool)


def _on_mesh(mesh: Mesh, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where points `[..., 2]` (column, row) of the mesh lie; beyond it, it goes on straight."""
    last = np.array(mesh.seen.shape[::-1]) - 2
    first = np.clip(np.floor(places).astype(np.int64), 0, last)
    right, down = np.moveaxis(places - first, -1, 0)[..., np.newaxis]
    column, row = np.moveaxis(first, -1, 0)
    nodes = mesh.nodes_px
    upper = nodes[row, column] * (1 - right) + nodes[row, column + 1] * right
    lower = nodes[row + 1, column] * (1 - right) + nodes[row + 1, column + 1] * right
    return np.asarray(upper * (1 - down) + lower * down, np.float64)
