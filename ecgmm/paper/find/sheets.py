"""Every way in which the paper of a picture can be found, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.find.mesh.flatness import is_flat
from ecgmm.paper.find.mesh.geometry import Geometry, find_geometry
from ecgmm.paper.find.mesh.spacings import by_spacing
from ecgmm.paper.find.photo import lay_photo_flat
from ecgmm.paper.find.scan import FlatPaper, even_mesh, find_even_grid, lay_scan_flat
from ecgmm.paper.sheet import Sheet

CLEAR_GRID = 0.8
LEAST_STRAIGHT = 0.5
SAME_SCALE = 0.05


def _sharper(mesh: FlatPaper, even: FlatPaper | None) -> FlatPaper:
    """The scale of the lines all over, where they are straight and it is about that of the mesh."""
    if even is None or even.clearness < LEAST_STRAIGHT:
        return mesh
    ratios = np.linalg.norm(even.px_per_mm, axis=0) / np.linalg.norm(mesh.px_per_mm, axis=0)
    return even if np.abs(ratios - 1).max() < SAME_SCALE else mesh


def sheets_with_grid(rgb: NDArray[np.uint8]) -> Iterator[tuple[Sheet, Geometry | None]]:
    """The sheets of a picture whose grid is found, each with the mesh of its grid, if it has one.

    A straight grid is found most exactly all over at once; dots, and paper that was photographed,
    are found place by place. Where both find the same, the same sheet comes again.
    """
    even = find_even_grid(rgb)
    straight: Sheet | None = None
    if even is not None and even.clearness >= CLEAR_GRID:
        straight = lay_scan_flat(rgb, even)
        if straight is not None:
            yield straight, None
    found = find_geometry(rgb)
    for geometry in () if found is None else by_spacing(found):
        if is_flat(geometry.mesh):
            paper = _sharper(even_mesh(geometry), even)
            is_known = paper is even and straight is not None
            sheet = straight if is_known else lay_scan_flat(rgb, paper)
            if sheet is not None:
                yield sheet, geometry
        else:
            yield lay_photo_flat(rgb, geometry), geometry
    if even is not None and LEAST_STRAIGHT <= even.clearness < CLEAR_GRID:
        sheet = lay_scan_flat(rgb, even)
        if sheet is not None:
            yield sheet, None
