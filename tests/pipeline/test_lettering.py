"""Crops that the reader of print learns from: every character is where it is said to be."""

import numpy as np
import pytest

from ecgmm.paper.words.alphabet import CHARACTERS, INDEX, fold, spell
from ecgmm.paper.words.answers import CELL_HEIGHT_PX, CELL_WIDTH_PX, NOTHING
from ecgmm.pipeline.lettering.crops import (
    CAP_HEIGHT_PX,
    HEIGHT_PX,
    LOOKS_THE_SAME_TURNED,
    WIDTH_PX,
    Crop,
    PlacedCharacter,
    random_crop,
)
from ecgmm.pipeline.lettering.targets import UNASKED, targets
from ecgmm.pipeline.lettering.typefaces import font_families
from ecgmm.pipeline.lettering.wording import LEAD_NAMES


def crops(count: int) -> list[Crop]:
    rng = np.random.default_rng(0)
    return [random_crop(rng) for _ in range(count)]


def asked(index: int | None, quarter_turns: int = 0):
    character = PlacedCharacter(INDEX["V"] if index is None else index, 100.0, 50.0, 8.0, 12.0)
    dark = np.zeros((HEIGHT_PX, WIDTH_PX), np.float32)
    return targets(Crop(dark, (character,), quarter_turns))


def test_the_same_chance_prints_the_same_crop():
    first, again = (random_crop(np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first.dark, again.dark)
    assert first.characters == again.characters


def test_crops_are_dark_where_characters_are_and_of_the_sizes_that_are_to_be_read():
    for crop in crops(40):
        assert crop.dark.shape == (HEIGHT_PX, WIDTH_PX)
        assert 0 <= crop.dark.min() <= crop.dark.max() <= 1
        for of in crop.characters:
            assert CAP_HEIGHT_PX[0] <= of.cap_height_px <= CAP_HEIGHT_PX[1]


def test_there_is_more_ink_at_a_character_than_elsewhere():
    at, elsewhere = [], []
    for crop in crops(60):
        for of in crop.characters:
            half = round(of.cap_height_px / 2)
            x, y = round(of.x_px), round(of.y_px)
            if half < x < WIDTH_PX - half and half < y < HEIGHT_PX - half:
                at.append(crop.dark[y - half : y + half, x - half : x + half].max())
                elsewhere.append(np.median(crop.dark))
    assert len(at) > 100
    assert np.mean(np.array(at) > np.array(elsewhere) + 0.15) > 0.95


def test_the_middle_of_a_character_asks_for_it_and_its_rim_for_nothing():
    classes, sizes = asked(None)
    row, column = 50 // CELL_HEIGHT_PX, 100 // CELL_WIDTH_PX
    assert classes[row, column] == INDEX["V"]
    assert np.exp(sizes[row, column]) == pytest.approx(12.0)
    assert classes[row, column + 1] == UNASKED
    assert classes[row, column + 8] == NOTHING
    assert np.isnan(sizes[row, column + 8])


def test_a_character_on_its_head_is_none_unless_it_looks_the_same():
    row, column = 50 // CELL_HEIGHT_PX, 100 // CELL_WIDTH_PX
    assert asked(INDEX["V"], 2)[0][row, column] == NOTHING
    assert asked(INDEX["I"], 2)[0][row, column] == UNASKED
    assert INDEX["I"] in LOOKS_THE_SAME_TURNED


@pytest.mark.parametrize("name", LEAD_NAMES)
def test_every_lead_name_can_be_spelt(name):
    assert set(spell(name)) <= set(CHARACTERS)


def test_letters_that_differ_in_size_alone_are_one():
    assert fold("mm/s") == fold("mm/S")
    assert fold("O0oIl|") == "000III"
    assert fold("aVR") != fold("AVR")


def test_matplotlib_alone_gives_several_typefaces():
    assert len(font_families()) >= 5
