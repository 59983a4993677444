"""A smooth mesh through the lattice: where every point of the paper lies in the picture."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from ecgmm.paper.find.mesh.crossings import Crossings
from ecgmm.paper.find.mesh.lattice import Lattice, NearestCrossing

MARGIN_BOXES = 2
STIFFNESS = 2.0
WRINKLE_STIFFNESS = 0.2
"""Of that of the whole mesh: a wrinkle bends more."""
WRINKLE_PULL = 0.05
"""Towards the whole mesh, as a share of what one sure crossing pulls."""
OUTLIER_PITCHES = 0.06
MATCH_PITCHES = 0.15
ROUNDS = 4
WRINKLE_TOLERANCES = (4.0, 1.5, 1.0)
"""Of those that tell outliers, round by round: a sharp wrinkle is far from a smooth mesh."""


@dataclass(frozen=True)
class Mesh:
    """Positions of the grid's nodes in the picture.

    Attributes:
        nodes_px: `[rows, columns, 2]` (x, y) of every crossing of 5 mm lines.
        seen: `[rows, columns]`, whether the crossing was found, not inferred.
        residual_px: median distance of the found crossings from the mesh.
    """

    nodes_px: NDArray[np.float64]
    seen: NDArray[np.bool_]
    residual_px: float

    def turned(self, quarter_turns: int) -> Mesh:
        """The mesh of the same picture looked at after quarter turns clockwise of the paper."""
        return replace(
            self,
            nodes_px=np.rot90(self.nodes_px, -quarter_turns),
            seen=np.rot90(self.seen, -quarter_turns),
        )


def fit_mesh(
    lattice: Lattice, crossings: Crossings, nearest: NearestCrossing, pitch_px: float
) -> Mesh:
    """Fit a mesh, look again for crossings near its nodes, and fit anew.

    Args:
        lattice: numbered crossings.
        crossings: all candidates, numbered or not.
        nearest: their lookup.
        pitch_px: distance of neighbouring nodes.

    Returns:
        A mesh that reaches two boxes beyond the lattice on every side.
    """
    columns, rows = lattice.place.max(axis=0) + 1 + 2 * MARGIN_BOXES
    column, row = (lattice.place + MARGIN_BOXES).T
    observed = np.full((rows, columns, 2), np.nan)
    observed[row, column] = lattice.xy_px
    numbered = observed
    bending = _bending(rows, columns)
    nodes_px = _fit(observed, np.isfinite(observed[..., 0]), bending)
    for _ in range(ROUNDS):
        observed = _match(nodes_px, crossings, nearest, pitch_px)
        weight = _weight(observed - nodes_px, pitch_px)
        nodes_px = _fit(observed, weight, bending)
    smooth_px, observed = nodes_px, numbered
    for tolerance in WRINKLE_TOLERANCES:
        weight = _weight(observed - nodes_px, tolerance * pitch_px)
        nodes_px = smooth_px + _wrinkles(observed - smooth_px, weight, bending)
        observed = _match(nodes_px, crossings, nearest, pitch_px)
    seen = np.isfinite(observed[..., 0])
    distance = np.linalg.norm(observed - nodes_px, axis=-1)[seen]
    return Mesh(nodes_px, seen, float(np.median(distance)))


def _weight(missed_px: NDArray[np.float64], pitch_px: float) -> NDArray[np.float64]:
    """How much each crossing counts, by how far it lies from its node."""
    error = np.linalg.norm(missed_px, axis=-1) / (OUTLIER_PITCHES * pitch_px)
    return np.nan_to_num(1 / (1 + error**2) ** 2)


def _wrinkles(
    missed_px: NDArray[np.float64], weight: NDArray[np.float64], bending: sparse.csc_matrix
) -> NDArray[np.float64]:
    """What a few neighbouring crossings agree on beside a smooth mesh; nothing where none is."""
    pull = WRINKLE_PULL * sparse.identity(bending.shape[0], format="csc")
    return _fit(missed_px, weight, WRINKLE_STIFFNESS * bending + pull)


def _match(
    nodes_px: NDArray[np.float64], crossings: Crossings, nearest: NearestCrossing, pitch_px: float
) -> NDArray[np.float64]:
    """The crossing near each node; NaN where there is none."""
    index = nearest(nodes_px)
    found = crossings.xy_px[index].astype(np.float64)
    far = np.linalg.norm(found - nodes_px, axis=-1) > MATCH_PITCHES * pitch_px
    found[far | (index < 0)] = np.nan
    return found


def _fit(
    observed: NDArray[np.float64], weight: NDArray[np.float64], bending: sparse.csc_matrix
) -> NDArray[np.float64]:
    """Nodes near the observed ones, as their weights say, whose second differences are small."""
    known = np.nan_to_num(observed).reshape(-1, 2)
    system = sparse.diags(weight.ravel().astype(float), format="csc") + bending
    factors = splu(system, permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
    return factors.solve(weight.reshape(-1, 1) * known).reshape(observed.shape)


def _bending(rows: int, columns: int) -> sparse.csc_matrix:
    """Matrix of the sum of squared second differences, along and between rows and columns."""
    eye_rows, eye_columns = sparse.identity(rows), sparse.identity(columns)
    differences = [
        sparse.kron(eye_rows, _difference(columns, 2)),
        sparse.kron(_difference(rows, 2), eye_columns),
        np.sqrt(2) * sparse.kron(_difference(rows, 1), _difference(columns, 1)),
    ]
    total = sum(matrix.T @ matrix for matrix in differences)
    return sparse.csc_matrix(STIFFNESS * total)


def _difference(size: int, order: int) -> sparse.csr_matrix:
    matrix = sparse.identity(size, format="csr")
    for _ in range(order):
        matrix = matrix[1:] - matrix[:-1]
    return matrix
