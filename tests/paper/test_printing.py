"""Random machines print what real ones do."""

import numpy as np
import pytest

from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.printing import random_style
from ecgmm.paper.raster_page import paint
from ecgmm.paper.style import GRID_RGB
from ecgmm.paper.typeset import lay_out
from ecgmm.simulator import simulate


@pytest.fixture(scope="module")
def styles():
    rng = np.random.default_rng(0)
    return [random_style(rng) for _ in range(400)]


def test_every_grid_colour_and_both_speeds_occur(styles):
    assert {style.grid for style in styles} == set(GRID_RGB)
    assert {style.speed_mm_per_s for style in styles} == {25.0, 50.0}
    assert {style.gain_mm_per_mv for style in styles} == {5.0, 10.0, 20.0}


def test_most_machines_print_the_standard_scale(styles):
    standard = [s.speed_mm_per_s == 25.0 and s.gain_mm_per_mv == 10.0 for s in styles]
    assert 0.6 < np.mean(standard) < 0.95


def test_ink_is_darker_than_paper_on_every_machine(styles):
    assert all(max(style.ink_rgb) < min(style.paper_rgb) - 80 for style in styles)


def test_the_same_seed_is_the_same_machine():
    assert random_style(np.random.default_rng(3)) == random_style(np.random.default_rng(3))


@pytest.mark.parametrize("seed", range(8))
def test_every_machine_prints_a_page(styles, seed):
    page = lay_out(simulate(duration_s=3.0), LAYOUTS["strip"], styles[seed])
    picture = paint(page, 3.0)
    assert picture.shape == (180, 870, 3)
    assert np.ptp(picture) > 80
