"""The flat page: its ink on a millimetre raster."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PAPER_SPEED_MM_PER_S, STRIP_S
from ecgmm.paper.reading.geometry import Geometry
from ecgmm.paper.reading.grid_removal import remove_grid
from ecgmm.paper.reading.mesh import Mesh
from ecgmm.paper.reading.rectify import MM_PER_BOX, flatten

SHEET_PIXELS_PER_MM = 2
ROW_MM = STRIP_S * PAPER_SPEED_MM_PER_S
LEAST_SEEN = 0.4


@dataclass(frozen=True)
class Sheet:
    """A flat page, turned one way.

    Attributes:
        mesh: its mesh, turned likewise.
        ink: `[height, width]`, 2 px/mm from the mesh's first node, 0 off the paper.
        paper: `[height, width]`, where the picture shows the paper's grid.
        quarter_turns: how often the photo was turned clockwise.
    """

    mesh: Mesh
    ink: NDArray[np.float32]
    paper: NDArray[np.bool_]
    quarter_turns: int = 0

    def turned(self, quarter_turns: int) -> Sheet:
        """The same page after quarter turns clockwise."""
        return Sheet(
            mesh=self.mesh.turned(quarter_turns),
            ink=np.ascontiguousarray(np.rot90(self.ink, -quarter_turns)),
            paper=np.rot90(self.paper, -quarter_turns),
            quarter_turns=self.quarter_turns + quarter_turns,
        )


def lay_flat(geometry: Geometry) -> Sheet:
    """Flatten the page of a photo, as it is turned there."""
    rows, columns = geometry.mesh.seen.shape
    flat = flatten(
        geometry.darkness,
        geometry.mesh,
        left_mm=0,
        top_mm=0,
        width_mm=MM_PER_BOX * (columns - 1) + 1 / SHEET_PIXELS_PER_MM,
        height_mm=MM_PER_BOX * (rows - 1) + 1 / SHEET_PIXELS_PER_MM,
        pixels_per_mm=SHEET_PIXELS_PER_MM,
    )
    paper = _paper(geometry.mesh, flat.shape)
    ink = remove_grid(flat, MM_PER_BOX * SHEET_PIXELS_PER_MM) * paper
    return Sheet(geometry.mesh, ink, paper)


def _paper(mesh: Mesh, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Boxes near which most nodes were seen."""
    near = cv2.blur(mesh.seen.astype(np.float32), (3, 3)) > LEAST_SEEN
    boxes = near[1:, 1:] & near[:-1, :-1] & near[1:, :-1] & near[:-1, 1:]
    large = cv2.resize(boxes.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST)
    return large.astype(bool)
