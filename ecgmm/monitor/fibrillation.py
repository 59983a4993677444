"""Whether a few seconds of signal look like ventricular fibrillation or flutter."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import SAMPLING_RATE_HZ

WINDOW_S = 5
"""Three segments of 3 s that begin a second apart."""
LEAD_IN_S = 2
"""The filter has settled by then: two periods of its lower edge."""
LEAST_CROSSING_SHARE = 0.48
"""Arafat, Chowdhury and Hasan 2011."""
LARGEST_LEAKAGE = 0.625
"""Kuo and Dillman 1978, for signals without tall QRS complexes."""
CROSSING_LEVEL = 0.2
"""Of the segment's peak: Arafat, Chowdhury and Hasan 2011."""
SEGMENT_S = 3
"""Arafat, Chowdhury and Hasan 2011."""
TAPER_S = 0.25
"""At either end of a segment: Arafat, Chowdhury and Hasan 2011."""
LEAST_HEIGHT_MV = 0.2
"""Kerber et al. 1997: lower is asystole rather than coarse fibrillation."""
_BAND_HZ = (1.0, 30.0)
"""Fibrillation, at 2 to 10 Hz, passes; baseline wander and mains hum do not."""


def looks_fibrillating(signal_mv: NDArray[np.float32]) -> bool:
    """Whether two published measures agree, on average over the leads.

    In fibrillation the signal is away from its baseline most of the time, and it looks like a sine.

    - The share of samples above a fifth of the peak, in tapered segments of 3 s that begin
      every second, is at least 48 % (threshold crossing sample count; Arafat, Chowdhury and Hasan
      2011, Signal Image Video Process 5:1).
    - What a filter at the signal's mean frequency leaves of it is less than 0.625 of it
      (Kuo and Dillman 1978, Computers in Cardiology: 347; the threshold for signals without tall
      QRS complexes, as in Amann et al. 2005, Biomed Eng Online 4:60).

    Thresholds are the papers'. Below 0.2 mV from trough to peak it is asystole rather than coarse
    fibrillation (Kerber et al. 1997, Circulation 95:1677).

    Args:
        signal_mv: `[samples, leads]` at 125 Hz, seven seconds or longer up to now; leads with
            missing samples have no say.
    """
    needed = (WINDOW_S + LEAD_IN_S) * SAMPLING_RATE_HZ
    recent = signal_mv[-needed:]
    recent = recent[:, np.isfinite(recent).all(axis=0)]
    if len(recent) < needed or recent.shape[1] == 0:
        return False
    waves = _in_band(recent)[-WINDOW_S * SAMPLING_RATE_HZ :]
    waves = waves[:, np.ptp(waves, axis=0) >= LEAST_HEIGHT_MV]
    if waves.shape[1] == 0:
        return False
    crossing = np.mean([crossing_share(wave) for wave in waves.T])
    return bool(
        crossing >= LEAST_CROSSING_SHARE
        and np.mean([leakage(wave) for wave in waves.T]) < LARGEST_LEAKAGE
    )


def crossing_share(wave_mv: NDArray[np.float64]) -> float:
    """Mean share of samples whose height exceeds a fifth of the segment's peak.

    Args:
        wave_mv: `[samples]` at 125 Hz, 3 s or longer.
    """
    length = SEGMENT_S * SAMPLING_RATE_HZ
    segments = np.lib.stride_tricks.sliding_window_view(np.abs(wave_mv), length)
    tapered = segments[::SAMPLING_RATE_HZ] * _taper(length)
    return float((tapered > CROSSING_LEVEL * tapered.max(axis=1, keepdims=True)).mean())


def leakage(wave_mv: NDArray[np.float64]) -> float:
    """What is left when the wave is added to itself half a mean period later, from 0 to 1.

    Args:
        wave_mv: `[samples]` at 125 Hz.
    """
    travel_mv = np.abs(np.diff(wave_mv)).sum()
    if travel_mv == 0:
        return 1.0
    half_period = int(np.pi * np.abs(wave_mv[1:]).sum() / travel_mv + 0.5)
    if not 1 <= half_period <= len(wave_mv) // 2:
        return 1.0
    later, earlier = wave_mv[half_period:], wave_mv[:-half_period]
    return float(np.abs(later + earlier).sum() / (np.abs(later) + np.abs(earlier)).sum())


@cache
def _taper(length: int) -> NDArray[np.float64]:
    from scipy.signal.windows import tukey

    return tukey(length, 2 * TAPER_S / SEGMENT_S)


@cache
def _band_filter() -> NDArray[np.float64]:
    from scipy.signal import butter

    low_hz, high_hz = _BAND_HZ
    high_pass = butter(1, low_hz, "high", fs=SAMPLING_RATE_HZ, output="sos")
    low_pass = butter(2, high_hz, "low", fs=SAMPLING_RATE_HZ, output="sos")
    return np.concatenate((high_pass, low_pass))


def _in_band(signal_mv: NDArray[np.float32]) -> NDArray[np.float64]:
    """1 to 30 Hz, causally; it has settled after two seconds."""
    from scipy.signal import sosfilt

    level = np.median(signal_mv, axis=0)
    return sosfilt(_band_filter(), signal_mv.astype(np.float64) - level, axis=0)
