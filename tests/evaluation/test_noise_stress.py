import math

import numpy as np
import pytest

from ecgmm.evaluation.noise_mixing import (
    SNRS_DB,
    add_noise,
    noise_gain,
    noise_rms_mv,
    nst_protocol,
    qrs_amplitude_mv,
)

RATE_HZ = 360.0


@pytest.fixture(scope="module")
def spikes():
    """Ten seconds with a beat a second, 1 mV from -0.2 to 0.8 mV."""
    lead_mv = np.zeros(3600)
    beats = np.arange(180, 3600, 360)
    lead_mv[beats] = 0.8
    lead_mv[beats + 10] = -0.2
    return lead_mv, beats


def test_the_qrs_amplitude_is_the_range_within_50_ms_of_the_beat(spikes):
    lead_mv, beats = spikes
    assert qrs_amplitude_mv(lead_mv, RATE_HZ, beats) == pytest.approx(1.0)
    lead_mv = lead_mv.copy()
    lead_mv[beats + 19] = -5.0
    assert qrs_amplitude_mv(lead_mv, RATE_HZ, beats) == pytest.approx(1.0)
    lead_mv[beats - 18] = -1.0
    assert qrs_amplitude_mv(lead_mv, RATE_HZ, beats) == pytest.approx(1.8)


def test_the_largest_and_smallest_five_percent_of_the_beats_do_not_count():
    lead_mv = np.zeros(360 * 21)
    beats = np.arange(180, 360 * 20, 360)
    lead_mv[beats] = 1.0
    lead_mv[beats[3]] = 500.0
    lead_mv[beats[7]] = 0.0
    assert qrs_amplitude_mv(lead_mv, RATE_HZ, beats) == pytest.approx(1.0)


def test_only_the_first_300_beats_are_measured():
    lead_mv = np.zeros(360 * 402)
    beats = np.arange(180, 360 * 400, 360)
    lead_mv[beats] = np.where(np.arange(400) < 300, 1.0, 9.0)
    assert qrs_amplitude_mv(lead_mv, RATE_HZ, beats) == pytest.approx(1.0)


def test_the_noise_level_is_measured_second_by_second_so_that_slow_wander_hardly_counts():
    time_s = np.arange(360 * 60) / RATE_HZ
    fast = math.sqrt(2) * np.sin(2 * np.pi * 10 * time_s)
    slow = math.sqrt(2) * np.sin(2 * np.pi * 0.02 * time_s)
    assert noise_rms_mv(fast, RATE_HZ) == pytest.approx(1.0, rel=1e-3)
    assert noise_rms_mv(slow, RATE_HZ) < 0.05


def test_at_0_db_a_sinusoid_as_tall_as_the_qrs_has_a_gain_of_one():
    amplitude_mv = 2.0
    sinusoid_rms_mv = amplitude_mv / math.sqrt(8)
    assert noise_gain(amplitude_mv, sinusoid_rms_mv, 0.0) == pytest.approx(1.0)
    assert noise_gain(amplitude_mv, sinusoid_rms_mv, 20.0) == pytest.approx(0.1)
    assert noise_gain(amplitude_mv, sinusoid_rms_mv, -6.0) == pytest.approx(10**0.3)


def test_nst_leaves_five_minutes_clean_and_then_alternates_every_two():
    noisy = nst_protocol(round(RATE_HZ * 60 * 12), RATE_HZ)
    minute_is_noisy = noisy.reshape(12, -1)
    assert [bool(minute.all()) for minute in minute_is_noisy] == [
        *[False] * 5,
        *[True] * 2,
        *[False] * 2,
        *[True] * 2,
        False,
    ]
    assert not minute_is_noisy[:5].any()


@pytest.mark.parametrize("snr_db", SNRS_DB)
def test_the_noise_added_has_the_ratio_asked_for(spikes, snr_db):
    lead_mv, beats = spikes
    noise_mv = np.random.default_rng(0).normal(0, 0.3, (3600, 1))
    mixed = add_noise(lead_mv[:, None], noise_mv, RATE_HZ, beats, snr_db)
    added_mv = mixed[:, 0] - lead_mv
    power = qrs_amplitude_mv(lead_mv, RATE_HZ, beats) ** 2 / 8
    measured_db = 10 * math.log10(power / noise_rms_mv(added_mv, RATE_HZ) ** 2)
    assert measured_db == pytest.approx(snr_db, abs=0.01)


def test_no_step_is_added_where_noise_begins_ends_or_begins_again(spikes):
    lead_mv, beats = spikes
    noise_mv = np.linspace(0, 50, 1000)[:, None] + np.random.default_rng(0).normal(
        0, 0.01, (1000, 1)
    )
    noisy = np.zeros(3600, bool)
    noisy[500:3000] = True
    added_mv = add_noise(lead_mv[:, None], noise_mv, RATE_HZ, beats, 12.0, noisy)[:, 0] - lead_mv
    largest_step_mv = np.abs(np.diff(added_mv)).max()
    assert np.ptp(added_mv) > 100 * largest_step_mv
    assert np.abs(added_mv[:500]).max() < 1e-6
    assert np.ptp(added_mv[3000:]) < 1e-5


def test_leads_take_noise_signals_in_turn(spikes):
    lead_mv, beats = spikes
    signal_mv = np.stack([lead_mv] * 3, axis=1)
    noise_mv = np.random.default_rng(0).normal(0, 0.3, (3600, 2))
    added_mv = add_noise(signal_mv, noise_mv, RATE_HZ, beats, 6.0) - signal_mv
    assert added_mv[:, 2] == pytest.approx(added_mv[:, 0])
    assert abs(np.corrcoef(added_mv[:, 0], added_mv[:, 1])[0, 1]) < 0.1


def test_the_record_itself_is_left_as_it_was(spikes):
    lead_mv, beats = spikes
    before = lead_mv.copy()
    add_noise(lead_mv[:, None], np.random.default_rng(0).normal(0, 1, (500, 1)), RATE_HZ, beats, 0)
    assert (lead_mv == before).all()


def test_no_beats_or_too_short_a_noise_is_refused(spikes):
    lead_mv, _ = spikes
    with pytest.raises(ValueError, match="Expected beats"):
        qrs_amplitude_mv(lead_mv, RATE_HZ, np.array([3]))
    with pytest.raises(ValueError, match="one second of noise"):
        noise_rms_mv(np.zeros(100), RATE_HZ)
