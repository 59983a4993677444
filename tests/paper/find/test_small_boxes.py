"""Lines every millimetre are told from lines every five by every fifth being darker."""

import numpy as np
import pytest

from ecgmm.paper.find.mesh.mesh import Mesh
from ecgmm.paper.find.mesh.small_boxes import in_large_boxes

PITCH_PX = 9
LINES = 40


def found_mesh() -> Mesh:
    x, y = np.meshgrid(np.arange(LINES), np.arange(LINES))
    nodes_px = (np.stack([x, y], axis=-1) * PITCH_PX + 5.0).astype(np.float64)
    return Mesh(nodes_px, np.ones((LINES, LINES), bool), 0.0)


def darkness(heavy_row: int | None, heavy_column: int | None) -> np.ndarray:
    """Lines at every node, each fifth of them from the given one on darker."""
    page = np.zeros((PITCH_PX * LINES + 10,) * 2, np.float32)
    for line in range(LINES):
        at = 5 + line * PITCH_PX
        heavy = heavy_row is not None and line % 5 == heavy_row
        page[at] = np.maximum(page[at], 0.4 if heavy else 0.2)
        heavy = heavy_column is not None and line % 5 == heavy_column
        page[:, at] = np.maximum(page[:, at], 0.4 if heavy else 0.2)
    return page


@pytest.mark.parametrize(("row", "column"), [(0, 0), (3, 1), (4, 2)])
def test_every_fifth_node_is_kept_where_every_fifth_line_is_darker(row: int, column: int) -> None:
    large = in_large_boxes(found_mesh(), darkness(row, column))
    np.testing.assert_array_equal(large.nodes_px[0, 0], [5 + column * PITCH_PX, 5 + row * PITCH_PX])
    assert np.diff(large.nodes_px[0, :, 0]) == pytest.approx(5 * PITCH_PX)


@pytest.mark.parametrize(("row", "column"), [(None, None), (2, None), (None, 1)])
def test_lines_that_are_alike_are_five_millimetres_apart(
    row: int | None, column: int | None
) -> None:
    assert in_large_boxes(found_mesh(), darkness(row, column)) is None
