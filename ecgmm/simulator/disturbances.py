"""What disturbs an ECG: baseline wander, mains hum, muscle noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_WANDER_HZ = (0.05, 0.12, 0.25, 0.33)
"""Electrodes and posture below, breathing at 15 to 20 a minute above."""
_WANDER_SHARES = (0.35, 0.20, 0.30, 0.15)
"""Of the amplitude; together 1."""
_MUSCLE_BAND_HZ = (15.0, 120.0)
"""Where surface recordings of muscle have their power, beside that of the heart."""
_FILTER_ORDER = 2
"""Edges as gentle as those of recorded muscle noise."""
_HIGHEST_SHARE_OF_NYQUIST = 0.95
"""A filter has to end below half the sampling rate."""


@dataclass(frozen=True)
class Noise:
    """How much disturbs a recording; nothing by default.

    Attributes:
        baseline_wander_mv: amplitude of slow wander, which breathing and electrodes make.
        mains_mv: amplitude of mains hum.
        mains_hz: frequency of the mains, 50 or 60 Hz.
        muscle_snr_db: mean power of the clean ECG over mean power of the muscle noise, in
            decibels, in each independent lead; None for no muscle noise.
    """

    baseline_wander_mv: float = 0.0
    mains_mv: float = 0.0
    mains_hz: float = 50.0
    muscle_snr_db: float | None = None


def noise_mv(
    noise: Noise,
    clean_mv: NDArray[np.float64],
    sampling_rate_hz: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """The disturbance that belongs to a clean ECG.

    Args:
        noise: how much of what.
        clean_mv: `[samples, leads]`, the undisturbed ECG in millivolts.
        sampling_rate_hz: its sampling rate.
        rng: decides phases and muscle noise.

    Returns:
        `[samples, leads]` in millivolts, to be added.
    """
    samples, leads = clean_mv.shape
    time_s = np.arange(samples)[:, np.newaxis] / sampling_rate_hz
    total_mv = np.zeros_like(clean_mv)
    for frequency_hz, share in zip(_WANDER_HZ, _WANDER_SHARES, strict=True):
        phase = rng.uniform(0.0, 2 * np.pi, leads)
        total_mv += (
            share * noise.baseline_wander_mv * np.sin(2 * np.pi * frequency_hz * time_s + phase)
        )
    phase = rng.uniform(0.0, 2 * np.pi, leads)
    total_mv += noise.mains_mv * np.sin(2 * np.pi * noise.mains_hz * time_s + phase)
    if noise.muscle_snr_db is not None:
        muscle = _muscle_noise(samples, leads, sampling_rate_hz, rng)
        power = clean_mv.var(axis=0) / 10 ** (noise.muscle_snr_db / 10)
        total_mv += muscle * np.sqrt(power)
    return total_mv


def _muscle_noise(
    samples: int, leads: int, sampling_rate_hz: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Band-limited Gaussian noise of unit power, `[samples, leads]`."""
    from scipy.signal import butter, sosfilt

    low_hz, high_hz = _MUSCLE_BAND_HZ
    high_hz = min(high_hz, _HIGHEST_SHARE_OF_NYQUIST * sampling_rate_hz / 2)
    sections = butter(
        _FILTER_ORDER, (low_hz, high_hz), "bandpass", fs=sampling_rate_hz, output="sos"
    )
    muscle = sosfilt(sections, rng.normal(size=(samples, leads)), axis=0)
    return muscle / muscle.std(axis=0)
