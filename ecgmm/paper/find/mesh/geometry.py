"""From a photo to the mesh of its grid."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.find.mesh.crossings import find_crossings
from ecgmm.paper.find.mesh.darkness import line_darkness, on_brightest_sheet
from ecgmm.paper.find.mesh.lattice import NearestCrossing, grow_lattice
from ecgmm.paper.find.mesh.mesh import Mesh, fit_mesh
from ecgmm.paper.find.mesh.pitch import measure_local_grid
from ecgmm.paper.find.mesh.small_boxes import SMALL_IN_LARGE, in_large_boxes

WORKING_SIZE_PX = 1300
FEWEST_NODES = 60
LARGEST_RESIDUAL_PITCHES = 0.05


@dataclass(frozen=True)
class Geometry:
    """Where the paper of a photo lies.

    Attributes:
        mesh: nodes of the grid, in pixels of the working picture.
        darkness: `[height, width]` of the working picture.
        scale: size of the working picture over that of the photo.
        box_px: typical size of a box of the grid in the working picture.
    """

    mesh: Mesh
    darkness: NDArray[np.float32]
    scale: float
    box_px: float

    @property
    def grid_px(self) -> NDArray[np.float64]:
        """`[rows, columns, 2]` (x, y) in the photo of the crossings; NaN where none is near."""
        near = cv2.morphologyEx(
            self.mesh.seen.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)
        )
        nodes_px = (self.mesh.nodes_px + 0.5) / self.scale - 0.5
        return np.where(near[..., np.newaxis] > 0, nodes_px, np.nan)


def find_geometry(rgb: NDArray[np.uint8]) -> Geometry | None:
    """Find the grid of a photo.

    Args:
        rgb: `[height, width, 3]`, of any size.

    Returns:
        The geometry, or None where no grid is found.
    """
    scale = min(1.0, WORKING_SIZE_PX / max(rgb.shape[:2]))
    working = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    darkness = line_darkness(working.astype(np.uint8))
    found = _find_on(darkness, scale)
    if found is not None:
        return found
    return _find_on(on_brightest_sheet(darkness, working.astype(np.uint8)), scale)


def _find_on(darkness: NDArray[np.float32], scale: float) -> Geometry | None:
    """The geometry of a working picture, or None where its lines form no regular lattice."""
    grid = measure_local_grid(darkness)
    if grid is None:
        return None
    crossings = find_crossings(darkness, grid)
    if len(crossings.score) < FEWEST_NODES:
        return None
    nearest = NearestCrossing(crossings, darkness.shape)
    lattice = grow_lattice(crossings, nearest, grid)
    if lattice is None or len(lattice.place) < FEWEST_NODES:
        return None
    mesh = fit_mesh(lattice, crossings, nearest, grid.pitch_px)
    if mesh.residual_px > LARGEST_RESIDUAL_PITCHES * grid.pitch_px:
        return None
    large = in_large_boxes(mesh, darkness)
    if large is not None:
        return Geometry(large, darkness, scale, SMALL_IN_LARGE * grid.pitch_px)
    return Geometry(mesh, darkness, scale, grid.pitch_px)
