"""A mesh whose page would be larger than paper has crossings that are nearer to each other."""

import numpy as np
import pytest

from ecgmm.paper.find.mesh.geometry import Geometry
from ecgmm.paper.find.mesh.mesh import Mesh
from ecgmm.paper.find.mesh.spacings import by_spacing

PITCH_PX = 8.0


def found(columns: int, rows: int) -> Geometry:
    """Crossings all over a page that is seen aslant."""
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    nodes_px = np.stack([x + 0.1 * y, y - 0.05 * x], axis=-1) * PITCH_PX
    mesh = Mesh(nodes_px.astype(np.float64), np.ones((rows, columns), bool), 0.0)
    return Geometry(mesh, np.zeros((1, 1), np.float32), 1.0, PITCH_PX)


def test_crossings_of_a_usual_page_are_five_millimetres_apart() -> None:
    geometry = found(columns=58, rows=41)
    assert list(by_spacing(geometry)) == [geometry]


def test_crossings_of_a_page_beyond_any_size_may_be_two_or_one_millimetres_apart() -> None:
    geometry = found(columns=146, rows=104)
    two, one, five = by_spacing(geometry)
    assert five is geometry
    for finer, crossings in ((two, 2.5), (one, 5.0)):
        steps_px = np.linalg.norm(np.diff(finer.mesh.nodes_px, axis=1), axis=-1)
        assert steps_px == pytest.approx(crossings * PITCH_PX * np.hypot(1, 0.05), rel=1e-4)
        assert finer.box_px == crossings * PITCH_PX
        assert finer.mesh.nodes_px[0, 0] == pytest.approx(geometry.mesh.nodes_px[0, 0], abs=1e-4)


def test_what_was_not_seen_is_not_seen_on_the_coarser_mesh() -> None:
    geometry = found(columns=146, rows=104)
    geometry.mesh.seen[:50] = False
    two = next(iter(by_spacing(geometry)))
    assert not two.mesh.seen[:20].any()
    assert two.mesh.seen[21:].all()
