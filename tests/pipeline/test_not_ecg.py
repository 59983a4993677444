import numpy as np
import pytest

from ecgmm.grid import STRIP_HEIGHT_PX, STRIP_WIDTH_PX
from ecgmm.pipeline.not_ecg import HELD_OUT_KINDS, KINDS, TRAINING_KINDS, not_ecg_picture
from ecgmm.pipeline.pictures import CLEAN, PictureConfig
from ecgmm.pipeline.printing.families import FAMILIES


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width_px", [STRIP_WIDTH_PX, 1600])
def test_every_kind_is_drawn_in_the_shape_of_a_strip(kind, width_px):
    rng = np.random.default_rng(0)
    name, picture = not_ecg_picture(rng, PictureConfig(families=FAMILIES), (kind,), width_px)
    assert name == kind
    assert picture.shape == (STRIP_HEIGHT_PX, width_px)
    assert picture.dtype == np.uint8


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_pictures_of_a_kind_are_alike_and_the_same_chance_draws_the_same(kind):
    first, again, other = (
        not_ecg_picture(np.random.default_rng(seed), CLEAN, (kind,))[1] for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert np.mean(first != other) > 0.001


def test_what_is_held_out_is_not_trained_on():
    assert set(TRAINING_KINDS) | set(HELD_OUT_KINDS) == set(KINDS)
    assert not set(TRAINING_KINDS) & set(HELD_OUT_KINDS)
    drawn = {not_ecg_picture(np.random.default_rng(seed), CLEAN)[0] for seed in range(200)}
    assert drawn == set(TRAINING_KINDS)


def test_a_photo_in_the_dark_is_dark_and_one_against_a_lamp_white():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        assert np.median(not_ecg_picture(rng, CLEAN, ("too_dark",))[1]) < 20
        assert np.median(not_ecg_picture(rng, CLEAN, ("overexposed",))[1]) > 230


def test_in_a_blurred_picture_no_pixel_stands_out_from_its_neighbours():
    for seed in range(10):
        _, picture = not_ecg_picture(np.random.default_rng(seed), CLEAN, ("blurred",))
        smooth = picture.reshape(STRIP_HEIGHT_PX // 8, 8, -1, 8).mean(axis=(1, 3))
        assert np.abs(np.diff(smooth, axis=1)).max() < 20


@pytest.mark.parametrize("kinds", [("cat",), ()])
def test_a_kind_that_there_is_not_is_refused(kinds):
    with pytest.raises(ValueError, match="Expected kinds"):
        not_ecg_picture(np.random.default_rng(0), CLEAN, kinds)
