import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.resampling import bridge_gaps, resample

rates_hz = st.sampled_from([100.0, 125.0, 128.0, 200.0, 250.0, 257.0, 300.0, 360.0, 500.0, 1000.0])


def bump(centre_s, duration_s, sampling_rate_hz):
    """A wave as wide as a QRS, `[samples, 1]`."""
    time_s = np.arange(round(duration_s * sampling_rate_hz)) / sampling_rate_hz
    return np.exp(-0.5 * ((time_s - centre_s) / 0.02) ** 2)[:, None].astype(np.float32)


@given(rates_hz, rates_hz, st.floats(0.5, 7.5))
def test_a_peak_keeps_its_time_within_a_sample_and_its_height(from_hz, to_hz, centre_s):
    resampled = resample(bump(centre_s, 8.0, from_hz), from_hz, to_hz)[:, 0]
    assert abs(resampled.argmax() / to_hz - centre_s) <= 1 / to_hz
    assert resampled.max() == pytest.approx(1.0, abs=0.06)


def test_after_an_hour_the_clocks_still_agree():
    recording = bump(3599.0, 3600.0, 360.0)
    assert resample(recording, 360.0, 125.0)[:, 0].argmax() == 3599 * 125


@given(st.integers(1, 3000), rates_hz, rates_hz)
def test_the_duration_stays(samples, from_hz, to_hz):
    resampled = resample(np.zeros((samples, 2), np.float32), from_hz, to_hz)
    assert resampled.shape == (np.ceil(samples * to_hz / from_hz), 2)
    assert resampled.dtype == np.float32


@given(rates_hz, st.floats(0.2, 2.0), st.floats(0.1, 3.0))
def test_a_gap_stays_a_gap_at_its_time_in_its_lead(from_hz, start_s, length_s):
    signal = np.ones((round(6 * from_hz), 2), np.float32)
    first, stop = round(start_s * from_hz), round((start_s + length_s) * from_hz)
    signal[first:stop, 0] = np.nan
    resampled = resample(signal, from_hz, 125.0)
    missing = np.flatnonzero(np.isnan(resampled[:, 0]))
    sample_s = 1 / from_hz + 1 / 125
    assert abs(missing[0] / 125 - first / from_hz) <= sample_s
    assert abs(missing[-1] / 125 - stop / from_hz) <= sample_s
    assert (np.diff(missing) == 1).all()
    assert np.isfinite(resampled[:, 1]).all()


def test_the_edges_of_a_gap_do_not_ring():
    signal = np.full((3600, 1), 2.0, np.float32)
    signal[1000:2000] = np.nan
    resampled = resample(signal, 360.0, 125.0)
    np.testing.assert_allclose(resampled[np.isfinite(resampled)], 2.0, atol=0.01)


def test_the_edges_of_a_recording_with_an_offset_do_not_ring():
    resampled = resample(np.full((720, 1), 5.0, np.float32), 360.0, 125.0)
    np.testing.assert_allclose(resampled, 5.0, atol=0.01)


def test_what_is_faster_than_the_new_rate_can_hold_does_not_come_back_slower():
    time_s = np.arange(3600) / 360
    mains = np.sin(2 * np.pi * 120 * time_s)[:, None].astype(np.float32)
    assert np.abs(resample(mains, 360.0, 125.0)[20:-20]).max() < 0.05


def test_infinite_values_are_gaps_too():
    signal = np.zeros((1000, 1), np.float32)
    signal[500] = np.inf
    resampled = resample(signal, 100.0, 125.0)
    assert np.isnan(resampled).any()
    assert not np.isinf(resampled).any()


def test_a_recording_of_the_wanted_rate_is_left_as_it_is():
    signal = np.random.default_rng(0).normal(size=(100, 3)).astype(np.float32)
    np.testing.assert_array_equal(resample(signal, 125.0, 125.0), signal)


def test_an_empty_recording_stays_empty():
    assert resample(np.empty((0, 2), np.float32), 360.0, 125.0).shape == (0, 2)


def test_gaps_are_bridged_by_straight_lines_and_the_ends_by_the_nearest_value():
    signal = np.array([[np.nan], [1.0], [np.nan], [np.nan], [4.0], [np.nan]], np.float32)
    assert bridge_gaps(signal)[:, 0].tolist() == [1, 1, 2, 3, 4, 4]
    assert np.isnan(signal).sum() == 4


def test_a_lead_that_holds_nothing_becomes_a_flat_line():
    assert not bridge_gaps(np.full((5, 1), np.nan, np.float32)).any()
