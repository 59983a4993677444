"""Rows share their beats: what lies at the paper's edge and has none of them is the edge."""

import numpy as np
import pytest

from ecgmm.grid import PIXELS_PER_MM
from ecgmm.paper.rows.edges import without_edges
from ecgmm.paper.rows.places import RowPlace

WIDTH_MM, HEIGHT_MM = 280, 160
BEATS_MM = tuple(range(30, 260, 21))


def page(beats_mm: dict[int, tuple[int, ...]]) -> np.ndarray:
    """The ink of level lines with spikes of 6 mm where a row beats."""
    ink = np.zeros((HEIGHT_MM * PIXELS_PER_MM, WIDTH_MM * PIXELS_PER_MM), np.float32)
    for level_mm, at_mm in beats_mm.items():
        level = level_mm * PIXELS_PER_MM
        ink[level : level + 2, 10 * PIXELS_PER_MM : 260 * PIXELS_PER_MM] = 1
        for beat_mm in at_mm:
            beat = beat_mm * PIXELS_PER_MM
            ink[max(0, level - 6 * PIXELS_PER_MM) : level, beat : beat + 3] = 1
    return ink


def rows(beats_mm: dict[int, tuple[int, ...]], coverage: float = 1.0) -> list[RowPlace]:
    return [
        RowPlace(10.0, 260.0, np.full(WIDTH_MM * PIXELS_PER_MM, float(level_mm)), coverage)
        for level_mm in beats_mm
    ]


def left(beats_mm: dict[int, tuple[int, ...]], coverage: float = 1.0) -> list[float]:
    """Levels of the rows that are left; the lowest has so much ink along it."""
    found = rows(beats_mm)
    found[-1] = rows(beats_mm, coverage)[-1]
    ink = page(beats_mm)
    return [row.baseline_mm for row in without_edges(ink, np.ones(ink.shape, bool), found)]


@pytest.mark.parametrize("noise_mm", [(), (13, 47, 50, 118, 199, 245)])
def test_the_edge_of_the_paper_is_no_row(noise_mm: tuple[int, ...]) -> None:
    assert left({40: BEATS_MM, 80: BEATS_MM, 156: noise_mm}) == [40, 80]
    assert left({80: BEATS_MM, 156: noise_mm}) == [80]


def test_a_row_at_the_edge_of_the_paper_is_one() -> None:
    assert left({40: BEATS_MM, 80: BEATS_MM, 156: BEATS_MM}) == [40, 80, 156]


def test_a_broken_line_without_their_beats_below_rows_that_share_them_is_none() -> None:
    assert left({20: BEATS_MM, 50: BEATS_MM, 80: BEATS_MM, 120: (41, 100)}, 0.8) == [20, 50, 80]


def test_a_broken_row_of_a_page_whose_rows_go_on_stays() -> None:
    later_mm = [tuple(at + shift for at in BEATS_MM) for shift in (0, 5, 11, 16)]
    assert len(left(dict(zip((20, 50, 80, 120), later_mm, strict=True)), 0.8)) == 4
