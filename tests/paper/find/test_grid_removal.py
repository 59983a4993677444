"""The grid is told from the ink on it."""

import numpy as np

from ecgmm.paper.find.grid_removal import grid_lines, remove_grid

BOX_PX = 20
LINE, INK = 0.3, 0.9


def page() -> np.ndarray:
    darkness = np.zeros((8 * BOX_PX, 30 * BOX_PX), np.float32)
    darkness[::BOX_PX] = darkness[:, ::BOX_PX] = LINE
    return darkness


def test_a_bare_grid_leaves_no_ink() -> None:
    assert remove_grid(page(), BOX_PX).max() == 0


def test_a_trace_on_a_line_of_the_grid_stays() -> None:
    drawn = page()
    drawn[4 * BOX_PX] = INK
    assert (remove_grid(drawn, BOX_PX)[4 * BOX_PX] > 0.9).mean() > 0.95


def test_tall_beats_one_above_the_other_are_no_line_of_the_grid() -> None:
    drawn = page()
    drawn[:, 12 * BOX_PX + 7] = INK
    drawn[70:80, 12 * BOX_PX + 7] = 0
    ink = remove_grid(drawn, BOX_PX)[:, 12 * BOX_PX + 7]
    assert (ink[:70] > 0.9).all()
    assert (ink[80:] > 0.9).all()


def test_the_grid_under_the_ink_is_known() -> None:
    drawn = page()
    drawn[60:110, 207:210] = INK
    np.testing.assert_allclose(grid_lines(drawn, BOX_PX), page(), atol=0.01)


def test_a_line_goes_on_to_the_edge_of_what_is_seen() -> None:
    torn = page()
    torn[90:] = np.nan
    ink = remove_grid(torn, BOX_PX)
    assert ink.max() == 0
    assert np.isfinite(ink).all()
