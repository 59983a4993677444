"""The flat page: its ink on a millimetre raster, and which way is up."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.reading.geometry import Geometry
from ecgmm.paper.reading.mesh import Mesh
from ecgmm.paper.reading.pulses import Pulse, find_pulses, total_score
from ecgmm.paper.reading.rectify import MM_PER_BOX, flatten
from ecgmm.paper.reading.trace import remove_grid

SHEET_PIXELS_PER_MM = 2
LEAST_SEEN = 0.4


@dataclass(frozen=True)
class Sheet:
    """A page the right way up.

    Attributes:
        mesh: its mesh, turned so that rows run from left to right.
        ink: `[height, width]`, 2 px/mm from the mesh's first node, 0 off the paper.
        paper: `[height, width]`, where the picture shows the paper's grid.
        pulses: the reference pulses, from top to bottom.
        quarter_turns: how often the page had to be turned clockwise.
    """

    mesh: Mesh
    ink: NDArray[np.float32]
    paper: NDArray[np.bool_]
    pulses: tuple[Pulse, ...]
    quarter_turns: int


def lay_out(geometry: Geometry) -> Sheet:
    """Flatten a page and turn it so that its reference pulses stand upright.

    All four ways are tried: the pulses of a page upside down can look like a poor set.

    Args:
        geometry: of a photo.

    Returns:
        The page, turned the way that its pulses are clearest.
    """
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
    sheets = [_turned(geometry.mesh, ink, paper, turns) for turns in range(4)]
    return max(sheets, key=lambda sheet: total_score(sheet.pulses))


def _turned(
    mesh: Mesh, ink: NDArray[np.float32], paper: NDArray[np.bool_], quarter_turns: int
) -> Sheet:
    turned = np.ascontiguousarray(np.rot90(ink, -quarter_turns))
    return Sheet(
        mesh=mesh.turned(quarter_turns),
        ink=turned,
        paper=np.rot90(paper, -quarter_turns),
        pulses=find_pulses(turned, SHEET_PIXELS_PER_MM),
        quarter_turns=quarter_turns,
    )


def _paper(mesh: Mesh, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Boxes near which most nodes were seen."""
    near = cv2.blur(mesh.seen.astype(np.float32), (3, 3)) > LEAST_SEEN
    boxes = near[1:, 1:] & near[:-1, :-1] & near[1:, :-1] & near[:-1, 1:]
    large = cv2.resize(boxes.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST)
    return large.astype(bool)
