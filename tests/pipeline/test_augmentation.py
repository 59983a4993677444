from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_records import simulated_record

from ecgmm.grid import STRIP_SAMPLES, STRIP_STEPS
from ecgmm.pipeline.augmentation import (
    AugmentationConfig,
    augment,
    baseline_wander,
    change_rate,
    coloured,
    drop_lead,
    high_pass,
    scaled_noise,
)
from ecgmm.pipeline.strips import cut_strip

NOISE_MV = np.random.default_rng(1).normal(size=(5000, 2)).astype(np.float32)
NO_NOISE = np.zeros((0, 0), np.float32)
UNCHANGED = AugmentationConfig(
    gain_sigma=0.0, inverted=0, rate_change=0, wander=0, noise=0, dropout=0, band_limit=0, colour=0
)
STRIP = cut_strip(simulated_record(pattern="NNV", duration_s=20.0), 500, STRIP_STEPS, lead=0)

seeds = st.integers(0, 2**32 - 1)


def assert_on_qrs(strip, within_samples=2.0):
    """Every beat but those at the edges lies on the highest sample around it."""
    inner = (strip.beat_position > 20) & (strip.beat_position < len(strip.signal_mv) - 20)
    for position in strip.beat_position[inner]:
        around = np.arange(round(position) - 12, round(position) + 13)
        peak = around[strip.signal_mv[around].argmax()]
        assert abs(peak - position) <= within_samples


@given(st.floats(0.75, 1.35))
def test_beats_stay_on_their_qrs_when_the_heart_beats_faster_or_slower(factor):
    faster = change_rate(STRIP, factor)
    assert len(faster.signal_mv) == STRIP_SAMPLES
    assert len(faster.beat_position) == len(faster.beat_class)
    assert_on_qrs(faster)


def test_twice_the_rate_halves_the_intervals_and_the_last_value_fills_the_end():
    doubled = change_rate(STRIP, 2.0)
    np.testing.assert_allclose(doubled.beat_position, STRIP.beat_position / 2)
    np.testing.assert_array_equal(doubled.signal_mv[:625], STRIP.signal_mv[::2])
    assert (doubled.signal_mv[625:] == STRIP.signal_mv[-1]).all()


def test_at_half_the_rate_the_beats_that_leave_the_strip_are_no_longer_claimed():
    halved = change_rate(STRIP, 0.5)
    staying = STRIP.beat_position < STRIP_SAMPLES / 2
    np.testing.assert_allclose(halved.beat_position, STRIP.beat_position[staying] * 2)
    np.testing.assert_array_equal(halved.beat_class, STRIP.beat_class[staying])


@given(seeds, st.floats(0.3, 9.0))
def test_a_lead_that_falls_off_is_flat_and_its_beats_are_no_longer_claimed(seed, duration_s):
    dropped = drop_lead(STRIP, duration_s, np.random.default_rng(seed))
    length = int(duration_s * 125)
    changed = np.flatnonzero(dropped.signal_mv != STRIP.signal_mv)
    if len(changed):
        assert changed[-1] - changed[0] < length
    flat = np.flatnonzero(np.diff(dropped.signal_mv) == 0)
    assert len(flat) >= length - 1
    kept = np.isin(STRIP.beat_position, dropped.beat_position)
    assert len(dropped.beat_position) == len(dropped.beat_class) == kept.sum()
    assert not np.isin(changed, np.round(dropped.beat_position)).any()
    for gone in STRIP.beat_position[~kept]:
        start = round(gone) - length
        assert changed[0] >= start - 1
        assert changed[-1] <= round(gone) + length
    assert_on_qrs(replace(dropped, signal_mv=STRIP.signal_mv))


@given(seeds, st.floats(-6.0, 30.0))
def test_noise_is_added_at_the_signal_to_noise_ratio_asked_for(seed, snr_db):
    noise = scaled_noise(STRIP.signal_mv, NOISE_MV, snr_db, np.random.default_rng(seed))
    ratio = np.var(STRIP.signal_mv, dtype=np.float64) / np.var(noise, dtype=np.float64)
    assert 10 * np.log10(ratio) == pytest.approx(snr_db, abs=0.01)


def test_noise_comes_from_every_place_and_source_of_the_recording():
    ramp = np.stack([np.arange(3000.0), -np.arange(3000.0)], axis=1).astype(np.float32)
    rng = np.random.default_rng(0)
    slopes = {np.sign(np.diff(scaled_noise(STRIP.signal_mv, ramp, 0, rng))[0]) for _ in range(20)}
    assert slopes == {-1.0, 1.0}


def test_a_noise_recording_without_power_adds_nothing():
    silence = np.zeros((2000, 1), np.float32)
    assert not scaled_noise(STRIP.signal_mv, silence, 0.0, np.random.default_rng(0)).any()


@given(seeds, st.floats(0.0, 2.0))
def test_the_baseline_wanders_slowly_and_no_further_than_asked(seed, amplitude_mv):
    wander = baseline_wander(STRIP_SAMPLES, amplitude_mv, np.random.default_rng(seed))
    assert np.abs(wander).max() <= amplitude_mv + 1e-6
    assert np.abs(np.diff(wander)).max() <= amplitude_mv * 2 * np.pi * 0.5 / 125 + 1e-6


def test_the_band_of_a_monitor_takes_the_offset_away_and_leaves_the_qrs_in_place():
    filtered = high_pass(STRIP.signal_mv + np.float32(5.0))
    assert np.abs(np.median(filtered)) < 0.2
    assert_on_qrs(replace(STRIP, signal_mv=filtered))


def test_where_nothing_is_likely_the_strip_stays_as_it_was():
    same = augment(STRIP, NOISE_MV, UNCHANGED, np.random.default_rng(0))
    np.testing.assert_array_equal(same.signal_mv, STRIP.signal_mv)
    np.testing.assert_array_equal(same.beat_position, STRIP.beat_position)


def test_swapped_electrodes_turn_the_strip_upside_down():
    inverted = augment(STRIP, NOISE_MV, replace(UNCHANGED, inverted=1.0), np.random.default_rng(0))
    np.testing.assert_array_equal(inverted.signal_mv, -STRIP.signal_mv)


def test_the_gain_varies_around_the_recorded_one():
    config = replace(UNCHANGED, gain_sigma=0.3)
    rng = np.random.default_rng(0)
    changed = [augment(STRIP, NO_NOISE, config, rng).signal_mv for _ in range(300)]
    gains = np.log([np.ptp(signal) / np.ptp(STRIP.signal_mv) for signal in changed])
    assert np.mean(gains) == pytest.approx(0.0, abs=0.06)
    assert np.std(gains) == pytest.approx(0.3, abs=0.05)


@given(seeds)
def test_whatever_happens_beats_stay_inside_in_order_and_the_recording_is_not_touched(seed):
    before = STRIP.signal_mv.copy()
    strip = augment(STRIP, NOISE_MV, AugmentationConfig(), np.random.default_rng(seed))
    assert strip.signal_mv.shape == (STRIP_SAMPLES,)
    assert strip.signal_mv.dtype == np.float32
    assert np.isfinite(strip.signal_mv).all()
    assert len(strip.beat_position) == len(strip.beat_class)
    assert (np.diff(strip.beat_position) > 0).all()
    assert ((strip.beat_position >= 0) & (strip.beat_position < STRIP_SAMPLES)).all()
    np.testing.assert_array_equal(STRIP.signal_mv, before)


@given(seeds)
def test_without_recorded_noise_everything_else_still_happens(seed):
    strip = augment(STRIP, NO_NOISE, replace(UNCHANGED, noise=1.0), np.random.default_rng(seed))
    np.testing.assert_array_equal(strip.signal_mv, STRIP.signal_mv)


@given(seeds)
def test_a_coloured_lead_has_other_waves_at_the_same_places(seed):
    rng = np.random.default_rng(seed)
    spike = np.zeros(101, np.float32)
    spike[50] = 1.0
    response = coloured(spike, 0.3, rng)
    assert not response[:42].any()
    assert not response[59:].any()
    beside = response - spike
    assert np.linalg.norm(beside) == pytest.approx(0.3, rel=1e-3)
