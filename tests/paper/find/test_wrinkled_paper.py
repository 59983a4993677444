"""A mesh lies along the wrinkles of paper and does not follow single crossings that are wrong."""

import numpy as np

from ecgmm.paper.find.mesh.crossings import Crossings
from ecgmm.paper.find.mesh.lattice import Lattice, NearestCrossing
from ecgmm.paper.find.mesh.mesh import MARGIN_BOXES, fit_mesh

PITCH_PX = 30.0
ROWS, COLUMNS = 20, 30


def mesh_of(xy_px):
    """The mesh of crossings `[rows, columns, 2]`, without the boxes that it adds around them."""
    column, row = np.meshgrid(np.arange(COLUMNS), np.arange(ROWS))
    place = np.stack([column, row], axis=-1).reshape(-1, 2)
    crossings = Crossings(xy_px.reshape(-1, 2).astype(np.float32), np.ones(len(place), np.float32))
    nearest = NearestCrossing(crossings, (700, 1000))
    mesh = fit_mesh(Lattice(place, crossings.xy_px), crossings, nearest, PITCH_PX)
    inner = slice(MARGIN_BOXES, -MARGIN_BOXES)
    return mesh.nodes_px[inner, inner]


def flat():
    column, row = np.meshgrid(np.arange(COLUMNS), np.arange(ROWS))
    return np.stack([40 + PITCH_PX * column, 40 + PITCH_PX * row], axis=-1).astype(float)


def test_a_wrinkle_a_few_boxes_wide_is_followed_to_a_fraction_of_its_height():
    wrinkled = flat()
    height_px = 1.5 * np.exp(-(((np.arange(COLUMNS) - 15) / 2.0) ** 2))
    wrinkled[..., 0] += height_px
    missed_px = np.abs(mesh_of(wrinkled) - wrinkled)[..., 0]
    assert missed_px.max() < 0.3


def test_a_single_crossing_that_is_wrong_hardly_moves_its_node():
    wrong = flat()
    wrong[10, 15, 0] += 3.0
    assert np.abs(mesh_of(wrong) - flat()).max() < 0.5


def test_crossings_that_scatter_are_smoothed():
    rng = np.random.default_rng(0)
    scattered = flat() + rng.normal(0, 0.3, (ROWS, COLUMNS, 2))
    left_px = (mesh_of(scattered) - flat())[2:-2, 2:-2]
    assert np.std(left_px) < 0.2
