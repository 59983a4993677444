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
BLOCK_S = 0.1
"""Whole cycles of both again: ten estimates a second of an amplitude that is a mean over one."""
WORTH_FOLLOWING = 0.5
"""Of `LEAST_SHARE`: what the estimate must reach, which differs by less, before hum is followed."""


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
            lead_mv = np.ascontiguousarray(cleaned_mv[:, lead])
            enough_mv = LEAST_SHARE * _size_mv(lead_mv)
            estimate_mv = _estimated_hum_mv(lead_mv, recording.sampling_rate_hz, mains_hz)
            if not enough_mv or estimate_mv <= WORTH_FOLLOWING * enough_mv:
                continue
            hum_mv = _hum(lead_mv, recording.sampling_rate_hz, mains_hz)
            if np.nanstd(hum_mv) >= enough_mv:
                peak_mv = float(np.sqrt(2) * np.nanstd(hum_mv))
                cleaned_mv[:, lead] -= hum_mv
                told.append(
                    f"Lead {words.bare_lead(name)}: mains hum of {mains_hz:.0f} Hz, "
                    f"{peak_mv:.1f} mV, was taken out."
                )
    return (replace(recording, signal_mv=cleaned_mv), tuple(told)) if told else (recording, ())


def _size_mv(lead_mv: NDArray[np.float32]) -> float:
    """Standard deviation of what is known; 0 of nothing."""
    known = lead_mv[np.isfinite(lead_mv)]
    return float(known.std()) if len(known) else 0.0


def _estimated_hum_mv(
    lead_mv: NDArray[np.float32], sampling_rate_hz: float, mains_hz: float
) -> float:
    """About the standard deviation of the hum: its amplitude at ten instants a second alone.

    Each block of a tenth of a second is multiplied by the cycles of the mains as one matrix; a
    turn by the block's place puts the blocks in phase.
    """
    known = np.isfinite(lead_mv)
    length = max(1, round(BLOCK_S * sampling_rate_hz))
    blocks = len(lead_mv) // length
    if not blocks:
        return np.inf
    inside = slice(0, blocks * length)
    level = np.mean(lead_mv[known]) if known.any() else 0.0
    shown = np.where(known[inside], lead_mv[inside] - level, np.float32(0)).reshape(blocks, length)
    angle = 2 * np.pi * mains_hz / sampling_rate_hz
    turning = np.exp(-1j * angle * np.arange(length))
    parts = shown @ np.stack((turning.real, turning.imag), axis=1).astype(np.float32)
    turned = (parts[:, 0] + 1j * parts[:, 1]) * np.exp(-1j * angle * length * np.arange(blocks))
    width = max(1, min(round(FOLLOWED_OVER_S / BLOCK_S), blocks))
    counts = known[inside].reshape(blocks, length).sum(axis=1)
    seen = _running_sum(counts.astype(np.complex128), width).real
    amplitude = np.abs(_running_sum(turned, width)) / np.maximum(seen, 1.0)
    return float(np.sqrt(2 * np.average(amplitude**2, weights=np.maximum(counts, 1e-9))))


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
