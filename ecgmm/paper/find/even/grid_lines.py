"""The lines of ECG paper in one direction: their distance, and which of them are heavier.

Which lines are heavier is told from the harmonics of the distance at which they repeat: lines of
one weight have harmonics that fall off smoothly; where every fifth line is heavier, the fifth
harmonic stands out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.find.even.periods import SMALLEST_PITCH_PX, band_profiles, find_period

LARGE_BOX = 5
"""Finest lines to a heavy one, on paper that has both."""

_SILENT = 0.3
_OUTSTANDING = 1.25
_SOUNDING = 3.0
_LARGEST_MULTIPLE = 10
_PLACES_ACROSS = 6
_ON_COMB = 0.12


@dataclass(frozen=True)
class Comb:
    """Parallel lines at a regular distance.

    Attributes:
        pitch_px: distance of the finest lines.
        heavy_every: every how many lines one is heavier; 1 when all are alike.
        correlation: how well the picture repeats itself at this distance, up to 1.
    """

    pitch_px: float
    heavy_every: int
    correlation: float


def find_comb(darkness: NDArray[np.uint8]) -> Comb | None:
    """Find upright lines at a regular distance; transpose the picture for level ones.

    A line counts where it runs through two bands of the picture, a third of its height apart: a
    QRS can be as upright as a line, but is rarely that tall.

    Args:
        darkness: `[height, width]`, 0 where the paper is blank.

    Returns:
        The lines, or None where there are none.
    """
    bands = band_profiles(darkness)
    apart = max(1, len(bands) // 3)
    return find_comb_in_profiles(np.minimum(bands[:-apart], bands[apart:]))


def straightness(darkness: NDArray[np.uint8], pitch_px: float) -> float:
    """How well upright lines keep their distance all over a picture.

    Args:
        darkness: `[height, width]`, 0 where the paper is blank.
        pitch_px: distance of the lines.

    Returns:
        Share of the places whose lines fit one comb: nearly 1 on flat paper, where only the trace
        disturbs some; less than a half where the lines drift, as on paper that was photographed.
    """
    bands = band_profiles(darkness)
    wave = np.exp(-2j * np.pi * np.arange(bands.shape[1]) / pitch_px)
    waves = (bands - bands.mean(axis=1, keepdims=True)) * wave
    parts = np.array_split(waves, _PLACES_ACROSS, axis=1)
    places = np.concatenate([part.sum(axis=1) for part in parts])
    turns = np.angle(places) / (2 * np.pi)
    off_comb = (turns - turns[:, np.newaxis] + 0.5) % 1.0 - 0.5
    return float(np.max(np.mean(np.abs(off_comb) < _ON_COMB, axis=1)))


def find_comb_in_profiles(profiles: NDArray[np.float64]) -> Comb | None:
    """Find regular lines in profiles of a picture.

    Args:
        profiles: `[profiles, width]`, from 0 where there is no line up.

    Returns:
        The lines that the profiles show together, or None where they show none.
    """
    period = find_period(profiles)
    if period is None:
        return None
    period_px = period.length_px
    while (multiple := _multiple_of_period(profiles, period_px)) > 1:
        period_px /= multiple
    if _is_divided(profiles, period_px):
        return Comb(period_px / LARGE_BOX, LARGE_BOX, period.correlation)
    heavy_every = LARGE_BOX if _is_grouped(profiles, period_px) else 1
    return Comb(period_px, heavy_every, period.correlation)


def _amplitudes(
    profiles: NDArray[np.float64], period_px: float, orders: NDArray[np.float64]
) -> NDArray[np.float64]:
    """`[orders]` amplitude of each multiple of the frequency whose period is `period_px`."""
    x = np.arange(profiles.shape[1])
    waves = np.exp(-2j * np.pi * orders[:, np.newaxis] * x / period_px)
    centred = (profiles - profiles.mean(axis=1, keepdims=True)) * np.hanning(len(x))
    return np.abs(centred @ waves.T).sum(axis=0)


def _multiple_of_period(profiles: NDArray[np.float64], period_px: float) -> int:
    """By how much a found period is too long: only every n-th of its harmonics sounds."""
    count = int(min(2 * _LARGEST_MULTIPLE, period_px / SMALLEST_PITCH_PX))
    harmonics = _amplitudes(profiles, period_px, np.arange(1.0, count + 1))
    for multiple in range(min(count, _LARGEST_MULTIPLE), 1, -1):
        low = harmonics[: 2 * multiple]
        is_sounding = np.arange(1, len(low) + 1) % multiple == 0
        if low[~is_sounding].max() < _SILENT * low[is_sounding].max():
            return multiple
    return 1


def _is_divided(profiles: NDArray[np.float64], period_px: float) -> bool:
    """Whether five finer lines divide the period: the fifth harmonic stands out."""
    if period_px / (LARGE_BOX + 1) < SMALLEST_PITCH_PX:
        return False
    orders = np.array([LARGE_BOX - 1.0, LARGE_BOX, LARGE_BOX + 1.0])
    before, at, after = _amplitudes(profiles, period_px, orders)
    return bool(at > _OUTSTANDING * max(before, after))


def _is_grouped(profiles: NDArray[np.float64], pitch_px: float) -> bool:
    """Whether every fifth line is heavier: fifths of the line frequency sound too."""
    orders = np.arange(1.0, LARGE_BOX) / LARGE_BOX
    between = (np.arange(1.0, LARGE_BOX + 1) - 0.5) / LARGE_BOX
    sound = np.median(_amplitudes(profiles, pitch_px, orders))
    return bool(sound > _SOUNDING * np.median(_amplitudes(profiles, pitch_px, between)))
