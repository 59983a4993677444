"""How well a digitized signal is the one that was printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LARGEST_SHIFT_S = 0.5
"""Less than an interval between beats: no beat is compared with its neighbour."""
LARGEST_POOLED_SHIFT_S = 0.2
"""As in the PhysioNet Challenge of 2025 on Kaggle, "Digitization of ECG Images"."""


@dataclass(frozen=True)
class Digitization:
    """One digitized lead beside the printed one.

    Attributes:
        snr_db: power of the printed signal over power of the difference.
        correlation: Pearson's, over the samples that were digitized.
        shift_s: by how much the digitized lead begins too late.
    """

    snr_db: float
    correlation: float
    shift_s: float


@dataclass(frozen=True)
class LeadPowers:
    """What one lead adds to its page's ratio of signal to noise.

    Attributes:
        signal: sum of the squared printed samples around their mean, mV^2.
        noise: sum of the squared differences, mV^2.
    """

    signal: float
    noise: float

    @property
    def ratio(self) -> float:
        """Signal over noise; infinite without noise."""
        return self.signal / self.noise if self.noise else float("inf")


def lead_powers(
    printed_mv: NDArray[np.float32], digitized_mv: NDArray[np.float32], sampling_rate_hz: float
) -> LeadPowers:
    """The powers of a lead once a late start of up to 0.2 s and an offset are taken out.

    What was printed and not read counts as a flat line.

    Args:
        printed_mv: `[samples]`, NaN where nothing was printed.
        digitized_mv: `[samples]`, NaN where nothing was read.
        sampling_rate_hz: of both.
    """
    printed = np.isfinite(printed_mv)
    reference = np.where(printed, printed_mv - np.nanmean(printed_mv), 0.0)
    largest = round(LARGEST_POOLED_SHIFT_S * sampling_rate_hz)
    noises = []
    for shift in range(-largest, largest + 1):
        moved = _moved(digitized_mv, shift, len(printed_mv))
        both = printed & np.isfinite(moved)
        if both.any():
            offset = float((moved - reference)[both].mean())
            error = np.where(both, moved - offset, 0.0) - reference
            noises.append(float(np.sum(error[printed] ** 2)))
    signal = float(np.sum(reference**2))
    return LeadPowers(signal, min(noises, default=signal))


def pooled_ratio(leads: Iterable[LeadPowers]) -> float:
    """Signal over noise of a page: the powers of its leads added up."""
    leads = tuple(leads)
    return LeadPowers(sum(p.signal for p in leads), sum(p.noise for p in leads)).ratio


def mean_ratio_db(ratios: Sequence[float]) -> float:
    """The mean of pages' ratios, then decibels: the measure of the 2025 challenge."""
    return 10 * float(np.log10(np.mean(ratios)))


def compare_lead(
    printed_mv: NDArray[np.float32], digitized_mv: NDArray[np.float32], sampling_rate_hz: float
) -> Digitization:
    """Compare a lead with what was printed.

    Where 0 mV lies and when exactly a row begins cannot be seen on paper: the digitized lead is
    moved by up to half a second to where it correlates best, and both are centred on their
    mean over what was digitized.

    Args:
        printed_mv: `[samples]`, NaN where nothing was printed.
        digitized_mv: `[samples]`, NaN where nothing was read.
        sampling_rate_hz: of both.
    """
    largest = round(LARGEST_SHIFT_S * sampling_rate_hz)
    shifts = range(-largest, largest + 1)
    moved = [_moved(digitized_mv, -shift, len(printed_mv)) for shift in shifts]
    correlations = [_correlation(printed_mv, candidate) for candidate in moved]
    best = int(np.argmax(correlations))
    both = np.isfinite(printed_mv) & np.isfinite(moved[best])
    centre = [float(lead[both].mean()) if both.any() else 0.0 for lead in (printed_mv, moved[best])]
    return Digitization(
        snr_db=snr_db(printed_mv - centre[0], moved[best] - centre[1]),
        correlation=correlations[best],
        shift_s=shifts[best] / sampling_rate_hz,
    )


def snr_db(printed_mv: NDArray[np.float32], digitized_mv: NDArray[np.float32]) -> float:
    """The signal-to-noise ratio of the George B. Moody PhysioNet Challenge 2024.

    What was printed and not read counts as read as 0 mV; what was not printed does not count.

    Args:
        printed_mv: `[samples]`, NaN where nothing was printed.
        digitized_mv: `[samples]`, NaN where nothing was read.
    """
    printed = np.isfinite(printed_mv)
    reference = printed_mv[printed].astype(float)
    error = reference - np.nan_to_num(digitized_mv[printed])
    noise = float(np.sum(error**2))
    power = float(np.sum(reference**2))
    if noise == 0:
        return float("inf")
    return 10 * float(np.log10(power / noise)) if power else float("-inf")


def _moved(lead_mv: NDArray[np.float32], samples: int, length: int) -> NDArray[np.float32]:
    """The lead, that many samples later, in a row of a given length."""
    row = np.full(length, np.nan, np.float32)
    first, end = max(samples, 0), min(samples + len(lead_mv), length)
    if first < end:
        row[first:end] = lead_mv[first - samples : end - samples]
    return row


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    both = np.isfinite(one) & np.isfinite(other)
    if both.sum() < 2 or not one[both].std() or not other[both].std():
        return 0.0
    return float(np.corrcoef(one[both], other[both])[0, 1])
