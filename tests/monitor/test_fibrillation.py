"""Fibrillation is told from fast, wide and absent beats by the signal alone."""

import numpy as np
import pytest

from ecgmm.monitor.fibrillation import crossing_share, leakage, looks_fibrillating
from ecgmm.resampling import resample
from ecgmm.simulator import simulate

RATE_HZ = 125.0


def fibrillation(seed=0, height_mv=0.8, seconds=8):
    """A wave that wanders between 3 and 6 Hz and in height."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(seconds * RATE_HZ) / RATE_HZ
    rate_hz = 4.5 + 1.2 * np.sin(2 * np.pi * 0.3 * time_s + rng.uniform(0, 6))
    height = 0.75 + 0.25 * np.sin(2 * np.pi * 0.4 * time_s + rng.uniform(0, 6))
    wave = height * np.sin(2 * np.pi * np.cumsum(rate_hz) / RATE_HZ)
    return (height_mv / 2 * wave + rng.normal(0, 0.01, len(wave))).astype(np.float32)[:, None]


def ecg(pattern, **options):
    recording = simulate(pattern, duration_s=8.0, sampling_rate_hz=250.0, **options)
    return resample(recording.signal_mv, 250.0, RATE_HZ)


@pytest.mark.parametrize("seed", range(6))
def test_a_wandering_wave_is_fibrillation(seed):
    assert looks_fibrillating(fibrillation(seed))


@pytest.mark.parametrize(
    ("pattern", "options"),
    [
        ("N", {}),
        ("N", {"heart_rate_bpm": 180}),
        ("N", {"rhythm": "af", "heart_rate_bpm": 130}),
        ("NV", {}),
        ("NNVVV", {"run_rate_bpm": 110}),
    ],
)
@pytest.mark.parametrize("lead", ["II", "V1"])
def test_beats_are_no_fibrillation(pattern, options, lead):
    assert not looks_fibrillating(ecg(pattern, leads=(lead,), **options))


def test_a_flat_line_and_fine_noise_are_no_fibrillation():
    assert not looks_fibrillating(np.zeros((1000, 1), np.float32))
    assert not looks_fibrillating(fibrillation(height_mv=0.08))


def test_a_lead_with_missing_samples_has_no_say():
    signal_mv = np.concatenate((fibrillation(), fibrillation(1)), axis=1)
    signal_mv[-100:, 1] = np.nan
    assert looks_fibrillating(signal_mv)
    signal_mv[-50:, 0] = np.nan
    assert not looks_fibrillating(signal_mv)


def test_a_sine_leaks_nothing_and_crosses_most_of_the_time():
    time_s = np.arange(5 * RATE_HZ) / RATE_HZ
    sine = np.sin(2 * np.pi * 5 * time_s)
    assert leakage(sine) < 0.1
    assert crossing_share(sine) > 0.7
    spikes = (np.arange(len(sine)) % 100 < 5).astype(float)
    assert crossing_share(spikes) < 0.1
    assert leakage(np.zeros(100)) == 1.0
