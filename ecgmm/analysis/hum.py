"""Mains hum: taken out where it is strong, and told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis import words
from ecgmm.recording import Recording

MAINS_HZ = (50.0, 60.0)
FOLLOWED_OVER_S = 1.0
"""A whole number of cycles of both; the mains drift by a tenth of a hertz, and so does the phase
within seconds. What is taken out is a band of 1 Hz, which no QRS complex misses."""
LEAST_SHARE = 0.3
"""Of a lead's root mean square: the network was trained with less than that."""


def without_hum(recording: Recording) -> tuple[Recording, tuple[str, ...]]:
    """The recording without the hum of its leads, and a sentence for each lead that had some.

    The hum is what a lead holds at the frequency of the mains, followed in amplitude and phase by
    a mean over a second (a lock-in amplifier). Weak hum stays: the network reads past it.

    Args:
        recording: NaN where nothing is known.
    """
    if recording.sampling_rate_hz <= 2 * max(MAINS_HZ):
        return recording, ()
    cleaned_mv, told = recording.signal_mv.copy(), []
    for lead, name in enumerate(recording.lead_names):
        for mains_hz in MAINS_HZ:
            hum_mv = _hum(cleaned_mv[:, lead], recording.sampling_rate_hz, mains_hz)
            lead_mv = np.nanstd(cleaned_mv[:, lead]) if np.isfinite(hum_mv).any() else 0.0
            if lead_mv and np.nanstd(hum_mv) >= LEAST_SHARE * lead_mv:
                peak_mv = float(np.sqrt(2) * np.nanstd(hum_mv))
                cleaned_mv[:, lead] -= hum_mv
                told.append(
                    f"Lead {words.bare_lead(name)}: mains hum of {mains_hz:.0f} Hz, "
                    f"{peak_mv:.1f} mV, was taken out."
                )
    return (replace(recording, signal_mv=cleaned_mv), tuple(told)) if told else (recording, ())


def _hum(
    lead_mv: NDArray[np.float32], sampling_rate_hz: float, mains_hz: float
) -> NDArray[np.float32]:
    """`[samples]`, what of a lead is at the frequency of the mains; NaN where nothing is known."""
    known = np.isfinite(lead_mv)
    turning = np.exp(2j * np.pi * mains_hz * np.arange(len(lead_mv)) / sampling_rate_hz)
    level = np.mean(lead_mv[known]) if known.any() else 0.0
    turned = np.where(known, lead_mv - level, 0.0) * turning.conj()
    width = max(1, min(round(FOLLOWED_OVER_S * sampling_rate_hz), len(lead_mv)))
    counts = _running_sum(known.astype(np.complex128), width).real
    amplitude = _running_sum(turned, width) / np.maximum(counts, 1.0)
    hum = 2.0 * (amplitude * turning).real
    return np.where(known, hum, np.nan).astype(np.float32)


def _running_sum(values: NDArray[np.complex128], width: int) -> NDArray[np.complex128]:
    """The sum over `width` values around each, fewer at the ends."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    middle = np.arange(len(values))
    first = np.maximum(middle - width // 2, 0)
    last = np.minimum(middle - width // 2 + width, len(values))
    return sums[last] - sums[first]
