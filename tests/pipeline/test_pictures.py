from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_records import simulated_record

from ecgmm.grid import STRIP_HEIGHT_PX, STRIP_STEPS, STRIP_WIDTH_PX
from ecgmm.pipeline.pictures import CLEAN, PictureConfig, centred_baseline_px, picture_of
from ecgmm.pipeline.strips import cut_strip

STRIP = cut_strip(simulated_record(duration_s=12.0), 50, STRIP_STEPS, lead=0)

seeds = st.integers(0, 2**32 - 1)


def tip_column(picture, near):
    """Column, within 12 pixels, where the ink reaches highest."""
    columns = np.arange(max(near - 12, 0), min(near + 13, picture.shape[1]))
    part = picture[:, columns].astype(float)
    ink = part < 0.5 * (part.min() + np.median(part))
    heights = np.where(ink.any(axis=0), ink.argmax(axis=0), STRIP_HEIGHT_PX)
    return columns[heights == heights.min()].mean()


@settings(max_examples=30)
@given(seeds)
def test_in_a_clean_picture_every_beat_is_in_the_column_of_its_time(seed):
    config = replace(CLEAN, gridless=1.0)
    picture = picture_of(STRIP.signal_mv, config, np.random.default_rng(seed))
    for position in STRIP.beat_position[1:-1]:
        assert abs(tip_column(picture, round(0.8 * position)) - 0.8 * position) <= 2


@settings(max_examples=30)
@given(seeds)
def test_a_straightened_page_moves_a_beat_by_less_than_two_steps(seed):
    config = replace(CLEAN, gridless=1.0, stretch=0.01, tilt_mm=2.0, shift_mm=6.0)
    picture = picture_of(STRIP.signal_mv, config, np.random.default_rng(seed))
    for position in STRIP.beat_position[1:-1]:
        assert abs(tip_column(picture, round(0.8 * position)) - 0.8 * position) <= 8


@settings(max_examples=30)
@given(seeds, st.sampled_from([250, 400, 750]))
def test_however_it_is_spoiled_a_picture_stays_on_the_time_grid(seed, steps):
    signal = np.resize(STRIP.signal_mv, steps * 5)
    picture = picture_of(signal, PictureConfig(), np.random.default_rng(seed))
    assert picture.shape == (STRIP_HEIGHT_PX, steps * 4)
    assert picture.dtype == np.uint8
    assert picture.std() > 1


def test_the_same_chance_prints_the_same_picture_and_another_another():
    first, again, other = (
        picture_of(STRIP.signal_mv, PictureConfig(), np.random.default_rng(seed))
        for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("offset_mv", [-3.0, 0.0, 4.0])
def test_the_row_is_centred_on_the_strip_whatever_the_offset_of_the_lead(offset_mv):
    signal = STRIP.signal_mv + np.float32(offset_mv)
    picture = picture_of(signal, replace(CLEAN, gridless=1.0), np.random.default_rng(0))
    rows = np.nonzero(picture < 150)[0]
    assert 15 < rows.min() < 80 < rows.max() < 145
    assert centred_baseline_px(signal) == pytest.approx(
        centred_baseline_px(STRIP.signal_mv) + 40 * offset_mv, abs=0.01
    )


def test_a_flat_line_and_a_huge_one_are_drawn_too():
    for amplitude_mv in (0.0, 1e4):
        signal = np.float32(amplitude_mv) * STRIP.signal_mv
        picture = picture_of(signal, PictureConfig(), np.random.default_rng(0))
        assert picture.shape == (STRIP_HEIGHT_PX, STRIP_WIDTH_PX)
