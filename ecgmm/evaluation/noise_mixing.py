"""The noise stress test: recorded noise mixed into a record at a known level.

The level and the protocol are those of the program `nst` (WFDB Applications Guide,
https://physionet.org/physiotools/wag/nst-1.htm; Moody, Muldrow and Mark 1984,
Computers in Cardiology 11:381-384), whose noise records `bw`, `em` and `ma` are the
MIT-BIH Noise Stress Test Database.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecgmm.scoring.spans import Span

SNRS_DB = (24.0, 18.0, 12.0, 6.0, 0.0, -6.0)
"""Those of the MIT-BIH Noise Stress Test Database."""
QRS_HALF_WIDTH_S = 0.05
"""nst(1): the amplitude of a QRS complex is measured within 50 ms of its mark."""

_MEASUREMENTS = 300
"""nst(1): the first 300 QRS complexes, or 300 seconds of noise."""
_TRIMMED_SHARE = 1 / 20
"""nst(1): the largest and smallest 5 % do not count."""
_CLEAN_START_S = 300.0
"""nst(1): five minutes without noise."""
_PERIOD_S = 120.0
"""nst(1): two minutes with noise and two without in turn."""


def qrs_amplitude_mv(
    lead_mv: NDArray[np.floating], sampling_rate_hz: float, beat_samples: NDArray[np.int64]
) -> float:
    """Typical peak-to-peak amplitude of a lead's QRS complexes.

    The range of the signal within 50 ms of each of the first 300 beats; their mean after
    the largest and the smallest 5 % are left out (program `sigamp`).

    Args:
        lead_mv: `[samples]` millivolts.
        sampling_rate_hz: of the lead.
        beat_samples: `[beats]` where the normal beats are; `sigamp` takes all that are not
            ventricular.

    Raises:
        ValueError: if no beat has 50 ms of signal on both sides.
    """
    half_width = round(QRS_HALF_WIDTH_S * sampling_rate_hz)
    inside = (beat_samples >= half_width) & (beat_samples < len(lead_mv) - half_width)
    beats = beat_samples[inside][:_MEASUREMENTS]
    if len(beats) == 0:
        raise ValueError("Expected beats to measure the QRS amplitude at. Received none.")
    windows = lead_mv[beats[:, None] + np.arange(-half_width, half_width + 1)]
    return _trimmed_mean(np.ptp(windows, axis=1))


def noise_rms_mv(noise_mv: NDArray[np.floating], sampling_rate_hz: float) -> float:
    """Typical level of a noise signal.

    The standard deviation in each of the first 300 seconds; their mean after the largest
    and the smallest 5 % are left out (program `sigamp`). Slow wander, which troubles no
    detector, hardly counts.

    Args:
        noise_mv: `[samples]` millivolts.
        sampling_rate_hz: of the noise.

    Raises:
        ValueError: if the noise is shorter than a second.
    """
    second = round(sampling_rate_hz)
    seconds = min(len(noise_mv) // second, _MEASUREMENTS)
    if seconds == 0:
        raise ValueError(
            f"Expected at least one second of noise. Received {len(noise_mv)} samples."
        )
    return _trimmed_mean(np.std(noise_mv[: seconds * second].reshape(seconds, second), axis=1))


def noise_gain(amplitude_mv: float, rms_mv: float, snr_db: float) -> float:
    """Factor of the noise that makes the signal-to-noise ratio as wanted.

    `snr_db = 10 log10(S / (gain^2 N))`, where S is the squared QRS amplitude over 8, the
    power of a sinusoid of that peak-to-peak amplitude, and N the squared noise level.

    Args:
        amplitude_mv: from `qrs_amplitude_mv`.
        rms_mv: from `noise_rms_mv`.
        snr_db: ratio wanted, in decibels.
    """
    return amplitude_mv / (np.sqrt(8) * rms_mv) * 10 ** (-snr_db / 20)


def nst_protocol(samples: int, sampling_rate_hz: float) -> NDArray[np.bool_]:
    """Where `nst` adds noise: not in the first five minutes, then every other two minutes.

    Args:
        samples: length of the record.
        sampling_rate_hz: of the record.

    Returns:
        `[samples]`, true where noise is added.
    """
    time_s = np.arange(samples) / sampling_rate_hz
    period = np.floor((time_s - _CLEAN_START_S) / _PERIOD_S)
    return (time_s >= _CLEAN_START_S) & (period % 2 == 0)


def nst_noisy_spans_s(duration_s: float) -> tuple[Span, ...]:
    """Onset and end of each stretch of a record to which `nst` adds noise."""
    starts_s = np.arange(_CLEAN_START_S, duration_s, 2 * _PERIOD_S).tolist()
    return tuple((start_s, min(start_s + _PERIOD_S, duration_s)) for start_s in starts_s)


def add_noise(
    signal_mv: NDArray[np.floating],
    noise_mv: NDArray[np.floating],
    sampling_rate_hz: float,
    beat_samples: NDArray[np.int64],
    snr_db: float,
    noisy: NDArray[np.bool_] | None = None,
) -> NDArray[np.float32]:
    """Mixes noise into every lead of a record.

    Lead `i` takes noise signal `i`, or, where there are fewer, the next one round. Too
    short a noise begins again. As in `nst`, offsets are kept wherever the noise begins,
    ends or begins again, so that no step is added.

    Args:
        signal_mv: `[samples, leads]` millivolts.
        noise_mv: `[noise samples, noise signals]` millivolts, at the record's rate.
        sampling_rate_hz: of both.
        beat_samples: `[beats]` where the record's normal beats are.
        snr_db: signal-to-noise ratio in the noisy parts, in decibels.
        noisy: `[samples]`, true where noise is added, such as `nst_protocol`; everywhere if
            left out.

    Returns:
        `[samples, leads]` millivolts.
    """
    samples, leads = signal_mv.shape
    adding = np.ones(samples, bool) if noisy is None else noisy
    at = np.arange(samples) % len(noise_mv)
    mixed = np.empty((samples, leads), np.float32)
    for lead in range(leads):
        noise = noise_mv[:, lead % noise_mv.shape[1]]
        gain = noise_gain(
            qrs_amplitude_mv(signal_mv[:, lead], sampling_rate_hz, beat_samples),
            noise_rms_mv(noise, sampling_rate_hz),
            snr_db,
        )
        steps = np.diff(noise, prepend=noise[:1])[at]
        mixed[:, lead] = signal_mv[:, lead] + gain * np.cumsum(np.where(adding, steps, 0.0))
    return mixed


def _trimmed_mean(values: NDArray[np.floating]) -> float:
    trimmed = int(len(values) * _TRIMMED_SHARE)
    return float(np.mean(np.sort(values)[trimmed : len(values) - trimmed]))
