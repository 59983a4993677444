"""The page seen flat: the picture pulled straight along its mesh."""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.find.mesh.mesh import Mesh

MM_PER_BOX = 5

Pixel = TypeVar("Pixel", np.float32, np.uint8)


def flatten(
    picture: NDArray[Pixel],
    mesh: Mesh,
    *,
    left_mm: float,
    top_mm: float,
    width_mm: float,
    height_mm: float,
    pixels_per_mm: float,
    picture_scale: float = 1.0,
    beyond: int = 0,
) -> NDArray[Pixel]:
    """Cut a rectangle of paper out of a picture.

    Args:
        picture: `[height, width]` or `[height, width, 3]`.
        mesh: found in the same picture, or in one of another size.
        left_mm: left edge on paper, counted from the mesh's first column of nodes.
        top_mm: upper edge on paper, counted from the mesh's first row.
        width_mm: width on paper.
        height_mm: height on paper.
        pixels_per_mm: resolution of the result.
        picture_scale: size of `picture` over that of the picture of the mesh.
        beyond: what every channel is beyond the picture's edge.

    Returns:
        The rectangle. Pixel centres are at
        whole multiples of `1 / pixels_per_mm` from the upper left corner.
    """
    columns = (left_mm + np.arange(round(width_mm * pixels_per_mm)) / pixels_per_mm) / MM_PER_BOX
    rows = (top_mm + np.arange(round(height_mm * pixels_per_mm)) / pixels_per_mm) / MM_PER_BOX
    xy_px = mesh_points(mesh, columns, rows)
    xy_px = (xy_px + 0.5) * picture_scale - 0.5
    cut_out = cv2.remap(
        picture,
        xy_px[..., 0],
        xy_px[..., 1],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(beyond,) * 4,
    )
    return np.asarray(cut_out, picture.dtype)


def mesh_points(
    mesh: Mesh, columns: NDArray[np.float64], rows: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Where a rectangular raster of paper lies in the picture.

    Args:
        mesh: the mesh.
        columns: `[width]` in boxes from the mesh's first column.
        rows: `[height]` in boxes from the mesh's first row.

    Returns:
        `[height, width, 2]` (x, y) in pixels; beyond the mesh it goes on straight.
    """
    along = _interpolation(rows, mesh.nodes_px.shape[0])
    across = _interpolation(columns, mesh.nodes_px.shape[1])
    return np.stack(
        [along @ mesh.nodes_px[..., axis].astype(np.float32) @ across.T for axis in range(2)],
        axis=-1,
    )


def _interpolation(positions: NDArray[np.float64], count: int) -> NDArray[np.float32]:
    """Matrix `[positions, count]` of linear interpolation between `count` nodes."""
    first = np.clip(np.floor(positions).astype(np.int64), 0, count - 2)
    rest = positions - first
    matrix = np.zeros((len(positions), count), np.float32)
    numbers = np.arange(len(positions))
    matrix[numbers, first] = 1 - rest
    matrix[numbers, first + 1] = rest
    return matrix
