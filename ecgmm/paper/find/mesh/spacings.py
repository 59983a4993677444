"""How far apart the crossings of a mesh may be on paper: 5 mm, or fewer where the page shrinks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ecgmm.paper.find.mesh.geometry import Geometry
from ecgmm.paper.find.mesh.mesh import Mesh
from ecgmm.paper.find.mesh.rectify import MM_PER_BOX, mesh_points

LONGEST_PAGE_MM = 450.0
"""A little more than A3; only strips cut from a roll are longer."""

FINER_MM = (2, 1)
"""Dots every millimetre are the crossings of a mesh one by one, or every second where a small
picture shows them less than 7 px apart."""


def by_spacing(geometry: Geometry) -> Iterator[Geometry]:
    """The geometry for each distance that its crossings may have, the likeliest first.

    Args:
        geometry: with crossings taken as 5 mm apart.
    """
    row, column = np.nonzero(geometry.mesh.seen)
    crossings = max(np.ptp(row), np.ptp(column))
    if crossings * MM_PER_BOX > LONGEST_PAGE_MM:
        for spacing_mm in FINER_MM:
            crossings_a_box = MM_PER_BOX / spacing_mm
            yield replace(
                geometry,
                mesh=_every(geometry.mesh, crossings_a_box),
                box_px=crossings_a_box * geometry.box_px,
            )
    yield geometry


def _every(mesh: Mesh, step: float) -> Mesh:
    """The mesh with a node every so many of its own."""
    rows, columns = (np.arange(0, size - 0.5, step) for size in mesh.seen.shape)
    nearest = np.ix_(np.round(rows).astype(np.intp), np.round(columns).astype(np.intp))
    nodes_px = mesh_points(mesh, columns, rows).astype(np.float64)
    return replace(mesh, nodes_px=nodes_px, seen=mesh.seen[nearest])
