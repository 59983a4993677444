"""Mains hum is taken out where it is strong, and told."""

import numpy as np
import pytest

from ecgmm.analysis.hum import without_hum
from ecgmm.recording import Recording
from ecgmm.simulator import simulate


def humming(hum_mv: float, mains_hz: float = 50.0, rate_hz: float = 500.0) -> Recording:
    clean = simulate("N", duration_s=20.0, sampling_rate_hz=rate_hz, leads=("II", "V1"), seed=4)
    time_s = np.arange(len(clean.signal_mv)) / rate_hz
    clean.signal_mv[:, 0] += (hum_mv * np.sin(2 * np.pi * mains_hz * time_s)).astype(np.float32)
    return clean


@pytest.mark.parametrize("mains_hz", [49.9, 50.0, 60.0])
def test_hum_as_tall_as_the_qrs_is_taken_out_and_told(mains_hz: float) -> None:
    cleaned, told = without_hum(humming(1.0, mains_hz))
    left_mv = cleaned.signal_mv - humming(0.0).signal_mv
    assert np.abs(left_mv[500:-500, 0]).max() < 0.15
    assert told == (f"Lead II: mains hum of {mains_hz:.0f} Hz, 1.0 mV, was taken out.",)


def test_a_clean_lead_stays_to_the_last_bit() -> None:
    recording = humming(0.01)
    assert without_hum(recording) == (recording, ())
    cleaned, _ = without_hum(humming(1.0))
    np.testing.assert_array_equal(cleaned.signal_mv[:, 1], humming(1.0).signal_mv[:, 1])


@pytest.mark.parametrize("rate_hz", [250.0, 257.0, 500.0])
def test_hum_just_strong_enough_is_found_at_any_rate(rate_hz: float) -> None:
    lead_mv = humming(0.0, rate_hz=rate_hz).signal_mv[:, 0].std()
    enough_mv = np.sqrt(2) * 0.33 * lead_mv / np.sqrt(1 - 0.33**2)
    assert without_hum(humming(enough_mv, rate_hz=rate_hz))[1]
    assert not without_hum(humming(0.8 * enough_mv, rate_hz=rate_hz))[1]


def test_hum_of_a_part_of_a_recording_is_found() -> None:
    recording = humming(0.0)
    recording.signal_mv[2000:5000] = humming(1.0).signal_mv[2000:5000]
    assert without_hum(recording)[1]


def test_what_is_not_known_stays_unknown() -> None:
    recording = humming(1.0)
    recording.signal_mv[1000:1500] = np.nan
    cleaned, _ = without_hum(recording)
    np.testing.assert_array_equal(np.isnan(cleaned.signal_mv), np.isnan(recording.signal_mv))


def test_a_rate_too_low_to_see_hum_is_left_alone() -> None:
    recording = humming(1.0, 30.0, 100.0)
    assert without_hum(recording) == (recording, ())
