"""Change of sampling rate for samples that come a few at a time."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import SAMPLING_RATE_HZ
from ecgmm.resampling import LARGEST_RATIO_TERM

HALF_LENGTH = 10
"""Of the filter, in samples of the slower rate: that of `scipy.signal.resample_poly`."""
KAISER_BETA = 5.0
"""That of `scipy.signal.resample_poly`."""


class StreamResampler:
    """Brings leads to 125 Hz as they arrive.

    The filter is that of `ecgmm.resampling.resample`, kept running: however the samples are cut
    into frames, the result is what the whole signal would give. It looks ahead by ten samples of
    the slower of the two rates (80 ms from any rate above 125 Hz), and a sample comes out that much
    later. Ahead of its first sample it sees that sample held, and a lead that is off as it was.

    Args:
        sampling_rate_hz: of what comes in.
        leads: how many.
    """

    def __init__(self, sampling_rate_hz: float, leads: int) -> None:
        ratio = Fraction(SAMPLING_RATE_HZ / sampling_rate_hz).limit_denominator(LARGEST_RATIO_TERM)
        self._up, self._down = ratio.numerator, ratio.denominator
        self._half = HALF_LENGTH * max(self._up, self._down) if ratio != 1 else 0
        lead_in = -self._half % self._down
        self._taps = np.concatenate((np.zeros(lead_in, np.float32), self._filter()))
        self._delay = (self._half + lead_in) // self._down
        self._first = -self._down * (self._half // (self._up * self._down) + 1)
        self._held = np.zeros((0, leads), np.float32)
        self._missing = np.zeros((0, leads), np.bool_)
        self._given = 0

    def push(self, samples_mv: NDArray[np.float32]) -> NDArray[np.float32]:
        """The samples at 125 Hz that can be given now.

        Args:
            samples_mv: `[samples, leads]`, the next ones; NaN where a lead is off.

        Returns:
            `[samples at 125 Hz, leads]` float32, NaN where a lead is off.
        """
        if len(samples_mv) == 0:
            return np.zeros((0, self._held.shape[1]), np.float32)
        self._append(samples_mv)
        last = self._first + len(self._held) - 1
        return self._give((last * self._up - self._half) // self._down + 1)

    def finish(self) -> NDArray[np.float32]:
        """What is left when no more samples come; see `push`."""
        taken = self._first + len(self._held)
        if len(self._held) == 0:
            return self._held
        ahead = self._half // self._up + 1
        self._held = np.concatenate((self._held, np.repeat(self._held[-1:], ahead, axis=0)))
        return self._give(-(-taken * self._up // self._down))

    def _append(self, samples_mv: NDArray[np.float32]) -> None:
        missing = ~np.isfinite(samples_mv)
        if len(self._held) == 0:
            ahead = -self._first
            before = np.nan_to_num(samples_mv[:1], nan=0.0)
            self._held = np.repeat(before, ahead, axis=0)
            self._missing = np.repeat(missing[:1], ahead, axis=0)
        if missing.any():
            samples_mv = _held_over(samples_mv, missing, self._held[-1])
        self._held = np.concatenate((self._held, samples_mv))
        self._missing = np.concatenate((self._missing, missing))

    def _give(self, stop: int) -> NDArray[np.float32]:
        """Outputs up to `stop`, and forget what no later one needs."""
        from scipy.signal import upfirdn

        if stop <= self._given:
            return np.zeros((0, self._held.shape[1]), np.float32)
        filtered = upfirdn(self._taps, self._held, self._up, self._down, axis=0)
        offset = self._delay - self._first * self._up // self._down
        given = filtered[self._given + offset : stop + offset].astype(np.float32)
        nearest = np.arange(self._given, stop) * self._down // self._up - self._first
        given[self._missing[nearest]] = np.nan
        self._given = stop
        needed = (stop * self._down - self._half) // self._up
        spare = min(max(0, needed - self._first), len(self._held) - 1) // self._down * self._down
        self._held, self._missing = self._held[spare:], self._missing[spare:]
        self._first += spare
        return given

    def _filter(self) -> NDArray[np.float32]:
        from scipy.signal import firwin

        if self._half == 0:
            return np.ones(1, np.float32)
        cutoff = 1 / max(self._up, self._down)
        taps = firwin(2 * self._half + 1, cutoff, window=("kaiser", KAISER_BETA))
        return (self._up * taps).astype(np.float32)


def _held_over(
    samples_mv: NDArray[np.float32], missing: NDArray[np.bool_], before: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Each missing sample replaced by the last known one of its lead."""
    rows = np.where(missing, 0, np.arange(1, len(samples_mv) + 1)[:, None])
    latest = np.maximum.accumulate(rows, axis=0)
    return np.take_along_axis(np.concatenate((before[None], samples_mv)), latest, axis=0)
