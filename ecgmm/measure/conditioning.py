"""A lead as the network for waves takes it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecgmm.measure.waves import WAVES_HZ
from ecgmm.resampling import resample

HIGH_PASS_HZ = 0.5
"""Run forwards and backwards, it shifts no phase: 0.67 Hz is allowed then (AHA/ACC/HRS 2007)."""
_LEAST_MV = 1e-4
"""A tenth of a microvolt: a flat lead stays flat."""


def without_wander(signal_mv: NDArray[np.float32], rate_hz: float) -> NDArray[np.float64]:
    """Leads without the slow movement of their baseline.

    Args:
        signal_mv: `[samples, leads]` without NaN.
        rate_hz: of the signal.
    """
    from scipy.signal import butter, sosfiltfilt

    sections = butter(1, HIGH_PASS_HZ, "highpass", fs=rate_hz, output="sos")
    padding = min(len(signal_mv) - 1, round(rate_hz))
    return np.asarray(sosfiltfilt(sections, signal_mv, axis=0, padlen=padding), np.float64)


def conditioned(steady_mv: NDArray[np.floating], rate_hz: float) -> NDArray[np.float32]:
    """`[samples, leads]` at `WAVES_HZ`, each lead with a root mean square of 1.

    Args:
        steady_mv: `[samples, leads]` without wander; NaN where a lead is not seen, and each lead
            is seen somewhere. It stays NaN.
        rate_hz: of `steady_mv`.
    """
    shown = resample(np.asarray(steady_mv, np.float32), rate_hz, WAVES_HZ)
    size = np.sqrt(np.nanmean(np.square(shown), axis=0))
    return shown / np.maximum(size, _LEAST_MV)
