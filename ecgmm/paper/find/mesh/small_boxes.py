"""Telling lines every millimetre from lines every five."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.find.mesh.mesh import Mesh

SMALL_IN_LARGE = 5
LEAST_CONTRAST = 1.25
FEWEST_LINES = 3 * SMALL_IN_LARGE


def in_large_boxes(mesh: Mesh, darkness: NDArray[np.float32]) -> Mesh | None:
    """The mesh of the 5 mm lines, where the lines that were found are those every millimetre.

    On paper with both, every fifth line is the darker one, upright and level alike.

    Args:
        mesh: as it was found.
        darkness: `[height, width]` of the picture that it was found in.

    Returns:
        Every fifth node; None where no fifth of the lines stands out in both directions: those
        lines are taken as 5 mm apart.
    """
    first_row = _darkest_fifth(mesh, darkness)
    first_column = _darkest_fifth(mesh.turned(1), darkness)
    if first_row is None or first_column is None:
        return None
    every = slice(first_row, None, SMALL_IN_LARGE), slice(first_column, None, SMALL_IN_LARGE)
    return replace(mesh, nodes_px=mesh.nodes_px[every], seen=mesh.seen[every])


def _darkest_fifth(mesh: Mesh, darkness: NDArray[np.float32]) -> int | None:
    """The first of the level lines that are darker than all others, if they are."""
    if len(mesh.seen) < FEWEST_LINES:
        return None
    between_px = ((mesh.nodes_px[:, 1:] + mesh.nodes_px[:, :-1]) / 2).astype(np.float32)
    along = cv2.remap(darkness, between_px[..., 0], between_px[..., 1], cv2.INTER_LINEAR)
    known = mesh.seen[:, 1:] & mesh.seen[:, :-1]
    fifths = [slice(first, None, SMALL_IN_LARGE) for first in range(SMALL_IN_LARGE)]
    if not all(known[fifth].any() for fifth in fifths):
        return None
    level = [float(np.median(along[fifth][known[fifth]])) for fifth in fifths]
    darkest = int(np.argmax(level))
    others = np.delete(level, darkest)
    return darkest if level[darkest] > LEAST_CONTRAST * others.max() else None
