"""Whether a picture's grid is even all over, as only scanners and screens show it."""

from __future__ import annotations

import numpy as np

from ecgmm.paper.find.even.lean import LARGEST_LEAN
from ecgmm.paper.find.mesh.mesh import Mesh

LARGEST_ERROR_BOXES = 0.2
QUANTILE = 0.95


def is_flat(mesh: Mesh) -> bool:
    """Whether the nodes of a mesh lie on straight, evenly spaced lines that hardly lean.

    Args:
        mesh: as it lies in the picture.

    Returns:
        Whether 95 % of the nodes that were seen are within 1 mm of an even lattice whose lines
        lean by 3 degrees at most: what is laid flat without a mesh.
    """
    row, column = np.nonzero(mesh.seen)
    place = np.stack([np.ones(len(row)), column, row], axis=-1)
    seen_px = mesh.nodes_px[row, column]
    lattice, *_ = np.linalg.lstsq(place, seen_px, rcond=None)
    right, down = lattice[1], lattice[2]
    error_px = np.linalg.norm(seen_px - place @ lattice, axis=1)
    pitch_px = min(np.linalg.norm(right), np.linalg.norm(down))
    lean = max(abs(right[1] / right[0]), abs(down[0] / down[1]))
    return bool(
        np.quantile(error_px, QUANTILE) < LARGEST_ERROR_BOXES * pitch_px and lean < LARGEST_LEAN
    )
