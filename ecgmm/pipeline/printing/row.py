"""What of a recording stands in the row: which leads, and between which ends."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PAPER_SPEED_MM_PER_S, SAMPLING_RATE_HZ
from ecgmm.pipeline.printing.config import PictureConfig
from ecgmm.pipeline.printing.families import PRINT_SHARES
from ecgmm.pipeline.printing.style import median_mv

_SEGMENT_S = (2.5, 5.0)
_SHORT_SEGMENT_SHARE = 0.8
_SINGLE_LEAD_SHARE = 0.4
_FROM_ROW_START_SHARE = 0.7
_INVERTED_SHARE = 0.3
_AMPLITUDE = (0.25, 1.5)
_TURN_SAMPLES = 2.5
_LEFT_BLANK_MM = 30.0
_RIGHT_BLANK_SHARE = 0.4
_PULSE_MM = (4.0, 14.0)
_LEFT_PULSE_SHARE = 0.6
_RIGHT_PULSE_SHARE = 0.25
_GAP_SHARE = 0.3
_WIDEST_GAP_MM = 4.0


@dataclass(frozen=True)
class Row:
    """What is printed of a strip's own row.

    Attributes:
        signal_mv: `[samples]`, NaN where the row's paper is blank.
        borders: samples at which the row goes over to another lead.
        pulse: samples between which the reference pulse stands; both 0 where there is none.
    """

    signal_mv: NDArray[np.float32]
    borders: tuple[int, ...] = ()
    pulse: tuple[int, int] = (0, 0)

    @property
    def starts(self) -> tuple[int, ...]:
        """Samples at which a lead begins: behind a pulse on the left, and at each border."""
        return (self.pulse[1] if self.pulse[0] == 0 else 0, *self.borders)


def lay_out(signal_mv: NDArray[np.float32], config: PictureConfig, rng: np.random.Generator) -> Row:
    """Decide what of a lead is printed, and how large.

    Args:
        signal_mv: `[samples]`, millivolts at 125 Hz.
        config: which families there are.
        rng: source of chance.
    """
    signal_mv = signal_mv * np.float32(np.exp(rng.normal(0, config.gain_sigma)))
    borders: tuple[int, ...] = ()
    if config.strength("other_leads", PRINT_SHARES["other_leads"], rng):
        if rng.random() >= _SINGLE_LEAD_SHARE:
            borders = _borders(len(signal_mv), rng)
        signal_mv = _other_leads(signal_mv, borders, rng)
    pulse = (0, 0)
    if config.strength("pulse", PRINT_SHARES["pulse"], rng):
        pulse = _pulse(len(signal_mv), borders, rng)
    first = pulse[1] if pulse[0] == 0 else 0
    last = pulse[0] if pulse[1] == len(signal_mv) else len(signal_mv)
    strength = config.strength("blank", PRINT_SHARES["blank"], rng)
    if strength and rng.random() < _RIGHT_BLANK_SHARE:
        last -= int(strength * rng.uniform(0, 0.5) * len(signal_mv))
    elif strength:
        first = max(first, _samples(strength * _LEFT_BLANK_MM))
    borders = tuple(border for border in borders if first < border < last)
    signal_mv = signal_mv.copy()
    signal_mv[:first], signal_mv[last:] = np.nan, np.nan
    signal_mv[slice(*pulse)] = np.nan
    if borders and rng.random() < _GAP_SHARE:
        half = _samples(rng.uniform(0, _WIDEST_GAP_MM)) // 2
        for border in borders:
            signal_mv[border - half : border + half] = np.nan
    return Row(signal_mv, borders, pulse)


def another_lead(signal_mv: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """The same heart beats as another electrode would see them.

    The lead is scaled, at times inverted, and mixed with its slope, as turning the heart's axis
    does: every deflection stays within two samples of its time.
    """
    scale = rng.uniform(*_AMPLITUDE) * (-1 if rng.random() < _INVERTED_SHARE else 1)
    slope = np.gradient(signal_mv) * rng.normal(0, _TURN_SAMPLES) * abs(scale)
    middle = median_mv(signal_mv)
    return np.asarray(scale * (signal_mv - middle) + slope + middle, np.float32)


def _other_leads(
    signal_mv: NDArray[np.float32], borders: tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.float32]:
    ends = (0, *borders, len(signal_mv))
    return np.concatenate([another_lead(signal_mv, rng)[a:b] for a, b in pairwise(ends)])


def _borders(samples: int, rng: np.random.Generator) -> tuple[int, ...]:
    short = rng.random() < _SHORT_SEGMENT_SHARE
    segment = int(_SEGMENT_S[0 if short else 1] * SAMPLING_RATE_HZ)
    offset = 0 if rng.random() < _FROM_ROW_START_SHARE else int(rng.integers(segment))
    return tuple(range(offset or segment, samples - 1, segment))


def _pulse(samples: int, borders: tuple[int, ...], rng: np.random.Generator) -> tuple[int, int]:
    """Where the reference pulse stands: on most machines at the left, else right or amid a row."""
    length = _samples(rng.uniform(*_PULSE_MM))
    place = rng.random()
    if place < _LEFT_PULSE_SHARE:
        return 0, length
    if place < _LEFT_PULSE_SHARE + _RIGHT_PULSE_SHARE:
        return samples - length, samples
    amid = borders[int(rng.integers(len(borders)))] if borders else samples // 2
    first = min(max(amid - length, 1), samples - length - 1)
    return first, first + length


def _samples(length_mm: float) -> int:
    return round(length_mm / PAPER_SPEED_MM_PER_S * SAMPLING_RATE_HZ)
