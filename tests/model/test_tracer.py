import keras
import numpy as np
import pytest

from ecgmm.model.branches import build_image_branch
from ecgmm.model.config import ModelConfig
from ecgmm.model.tracer import ExpectedHeight

TINY = ModelConfig(features=8, image_stem_filters=(4, 4, 8), image_filters=8, image_dilations=(1,))


def cells_with_ink(rows, row, place=0.0):
    """Scores and places of one step, all ink in one cell."""
    cells = np.zeros((1, rows, 1, 10), np.float32)
    cells[0, row, 0, :5] = 50.0
    cells[0, row, 0, 5:] = place
    return cells


@pytest.mark.parametrize(("row", "height_mv"), [(0, 1.9), (19, -1.9), (9, 0.1), (10, -0.1)])
def test_ink_in_a_cell_is_as_high_as_the_cell_on_a_strip_of_4_mv(row, height_mv):
    heights = ExpectedHeight()(cells_with_ink(20, row))
    np.testing.assert_allclose(heights, np.full((1, 5), height_mv), atol=1e-5)


def test_the_place_within_a_cell_reaches_its_neighbours_but_no_further():
    centre = float(ExpectedHeight()(cells_with_ink(20, 10))[0, 0])
    highest = float(ExpectedHeight()(cells_with_ink(20, 10, place=9.0))[0, 0])
    assert highest - centre == pytest.approx(0.2, abs=1e-4)


def test_a_picture_gives_a_height_for_every_sample_and_one_probability():
    keras.utils.set_random_seed(0)
    pictures = np.random.default_rng(0).integers(0, 256, (2, 160, 200, 1)).astype(np.uint8)
    read = build_image_branch(TINY)(pictures)
    assert read["features"].shape == (2, 50, 8)
    assert read["height_mv"].shape == (2, 250)
    assert np.abs(read["height_mv"]).max() <= 2.2
    assert read["ecg"].shape == (2, 1)
    assert 0 < np.min(read["ecg"]) <= np.max(read["ecg"]) < 1
