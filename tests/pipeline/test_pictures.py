from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_records import simulated_record

from ecgmm.grid import PIXELS_PER_MV, STRIP_HEIGHT_PX, STRIP_STEPS, STRIP_WIDTH_PX
from ecgmm.paper.camera import FAMILIES as CAMERA_FAMILIES
from ecgmm.pipeline.pictures import CLEAN, PictureConfig, picture_of, print_strip
from ecgmm.pipeline.printing.families import (
    FAMILIES,
    FAULT_SHARES,
    HELD_OUT_FAMILIES,
    TRAINING_FAMILIES,
)
from ecgmm.pipeline.printing.spoil import FAULTS
from ecgmm.pipeline.printing.style import centred_baseline_px
from ecgmm.pipeline.strips import cut_strip

STRIP = cut_strip(simulated_record(duration_s=12.0), 50, STRIP_STEPS, lead=0)
PLAIN = replace(CLEAN, gridless=1.0, severity=1.0)
EVERYTHING = PictureConfig(families=FAMILIES)

seeds = st.integers(0, 2**32 - 1)


def tip_column(picture, near):
    """Column, within 12 pixels, where the ink reaches highest."""
    columns = np.arange(max(near - 12, 0), min(near + 13, picture.shape[1]))
    part = picture[:, columns].astype(float)
    ink = part < 0.5 * (part.min() + np.median(part))
    heights = np.where(ink.any(axis=0), ink.argmax(axis=0), STRIP_HEIGHT_PX)
    return columns[heights == heights.min()].mean()


def printed_with(*families, seed=0, config=PLAIN):
    """A strip on blank paper that certainly shows these families."""
    for again in range(seed, seed + 400):
        with_them = replace(config, families=families)
        printed = print_strip(STRIP.signal_mv, with_them, np.random.default_rng(again))
        if (
            printed.picture != picture_of(STRIP.signal_mv, config, np.random.default_rng(again))
        ).any():
            return printed
    raise LookupError(f"{families} were never seen")


@given(seeds)
def test_in_a_clean_picture_every_beat_is_in_the_column_of_its_time(seed):
    picture = picture_of(STRIP.signal_mv, PLAIN, np.random.default_rng(seed))
    for position in STRIP.beat_position[1:-1]:
        assert abs(tip_column(picture, round(0.8 * position)) - 0.8 * position) <= 2


@given(seeds)
def test_the_warp_of_a_straightened_page_moves_no_beat_by_more_than_20_ms(seed):
    rng = np.random.default_rng(seed)
    picture = picture_of(STRIP.signal_mv, replace(PLAIN, families=("warp",)), rng)
    still = picture_of(STRIP.signal_mv, PLAIN, np.random.default_rng(seed))
    for position in STRIP.beat_position[1:-1]:
        column = round(0.8 * position)
        assert abs(tip_column(picture, column) - tip_column(still, column)) <= 2 + 1


@given(seeds)
def test_where_the_trace_is_said_to_be_there_is_its_ink(seed):
    families = ("warp", "other_leads", "pulse", "blank")
    config = replace(PLAIN, families=families, gain_sigma=0.1, shift_mm=6.0)
    printed = print_strip(STRIP.signal_mv, config, np.random.default_rng(seed))
    sample = np.flatnonzero(printed.visible)
    column = np.clip(np.rint(0.8 * sample), 1, STRIP_WIDTH_PX - 2).astype(int)
    row = np.rint(80 - PIXELS_PER_MV * printed.trace_mv[sample]).astype(int)
    inside = (row > 3) & (row < STRIP_HEIGHT_PX - 4)
    around = np.array(
        [
            printed.picture[y - 3 : y + 4, x - 1 : x + 2].min()
            for x, y in zip(column[inside], row[inside], strict=True)
        ],
        float,
    )
    paper = np.median(printed.picture)
    assert np.mean(around < paper - 15) > 0.97


@given(seeds)
def test_paper_where_nothing_is_drawn_has_no_truth(seed):
    config = replace(PLAIN, families=("blank",))
    printed = print_strip(STRIP.signal_mv, config, np.random.default_rng(seed))
    column = np.rint(0.8 * np.flatnonzero(~printed.visible)).astype(int)
    shown = np.rint(0.8 * np.flatnonzero(printed.visible)).astype(int)
    blank = [x for x in column if np.abs(shown - x).min() > 3 and x < STRIP_WIDTH_PX]
    inked = np.ptp(printed.picture[:, blank], axis=0) > 100
    assert inked.sum() <= 3 + 0.05 * len(blank)


def test_a_gain_error_is_in_the_truth():
    config = replace(PLAIN, gain_sigma=0.5)
    for seed in range(5):
        printed = print_strip(STRIP.signal_mv, config, np.random.default_rng(seed))
        ink_px = np.nonzero(printed.picture < 150)[0]
        drawn_mv = np.ptp(ink_px) / PIXELS_PER_MV
        expected_mv = np.ptp(np.clip(printed.trace_mv, -2, 2))
        assert drawn_mv == pytest.approx(expected_mv, abs=0.11)


@given(seeds, st.sampled_from([250, 400, 750]))
def test_however_it_is_spoiled_a_picture_stays_on_the_time_grid(seed, steps):
    signal = np.resize(STRIP.signal_mv, steps * 5)
    printed = print_strip(signal, EVERYTHING, np.random.default_rng(seed))
    assert printed.picture.shape == (STRIP_HEIGHT_PX, steps * 4)
    assert printed.picture.dtype == np.uint8
    assert printed.picture.std() > 0.5
    assert printed.trace_mv.shape == signal.shape
    assert printed.visible.any()


def test_the_same_chance_prints_the_same_picture_and_another_another():
    first, again, other = (
        picture_of(STRIP.signal_mv, EVERYTHING, np.random.default_rng(seed)) for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_seen_where_it_is_asked_for(family):
    assert printed_with(family, config=replace(PLAIN, gridless=0.0)).picture.shape == (
        STRIP_HEIGHT_PX,
        STRIP_WIDTH_PX,
    )


@pytest.mark.parametrize("family", FAULTS)
def test_a_fault_without_strength_is_hardly_seen_and_a_strong_one_is(family):
    clean = picture_of(STRIP.signal_mv, CLEAN, np.random.default_rng(0))
    weak, strong = (
        np.abs(
            FAULTS[family](clean, strength, np.random.default_rng(3)).astype(float) - clean
        ).mean()
        for strength in (0.05, 1.0)
    )
    assert weak < strong
    assert strong > 2


def test_families_held_out_are_never_trained_on():
    assert set(HELD_OUT_FAMILIES) | set(TRAINING_FAMILIES) == set(FAMILIES)
    assert not set(HELD_OUT_FAMILIES) & set(PictureConfig().families)
    assert {"moire", "folds", "handwriting", "motion_blur"} == set(HELD_OUT_FAMILIES)


def test_faults_bear_the_names_that_the_camera_gives_them():
    assert set(FAULT_SHARES) == set(FAULTS) <= set(CAMERA_FAMILIES)


def test_severity_nought_is_a_clean_print():
    calm = replace(CLEAN, families=tuple(FAULTS), severity=0.0)
    picture = picture_of(STRIP.signal_mv, calm, np.random.default_rng(1))
    paper = np.bincount(picture.ravel()).argmax()
    assert np.mean(picture == paper) > 0.5


@pytest.mark.parametrize(
    "wrong", [{"families": ("coffee",)}, {"severity": 1.5}, {"severity": -0.1}]
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="Expected"):
        PictureConfig(**wrong)


@pytest.mark.parametrize("offset_mv", [-3.0, 0.0, 4.0])
def test_the_row_is_centred_on_the_strip_whatever_the_offset_of_the_lead(offset_mv):
    signal = STRIP.signal_mv + np.float32(offset_mv)
    picture = picture_of(signal, PLAIN, np.random.default_rng(0))
    rows = np.nonzero(picture < 150)[0]
    assert 15 < rows.min() < 80 < rows.max() < 145
    assert centred_baseline_px(signal) == pytest.approx(
        centred_baseline_px(STRIP.signal_mv) + 40 * offset_mv, abs=0.01
    )


@pytest.mark.parametrize("amplitude_mv", [0.0, 1e4, np.nan])
def test_a_flat_line_a_huge_one_and_none_at_all_are_drawn_too(amplitude_mv):
    signal = np.float32(amplitude_mv) * STRIP.signal_mv
    for seed in range(8):
        picture = picture_of(signal, EVERYTHING, np.random.default_rng(seed))
        assert picture.shape == (STRIP_HEIGHT_PX, STRIP_WIDTH_PX)
