"""The last minute of a stream at 125 Hz."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import SAMPLING_RATE_HZ

HISTORY_S = 60
"""Holds the twelve intervals of the heart rate down to 12 bpm."""
_CAPACITY = HISTORY_S * SAMPLING_RATE_HZ


class History:
    """A ring of samples: its memory is that of two minutes, however long the stream runs.

    Args:
        leads: how many.

    Attributes:
        end: number of samples since the stream began, missing ones included.
    """

    def __init__(self, leads: int, end: int = 0) -> None:
        self._ring_mv = np.full((2 * _CAPACITY, leads), np.nan, np.float32)
        self._filled = _CAPACITY
        self.end = end

    @property
    def end_s(self) -> float:
        """Time at which the next sample begins."""
        return self.end / SAMPLING_RATE_HZ

    def append(self, samples_mv: NDArray[np.float32]) -> None:
        """Add the next samples, `[samples, leads]`."""
        self.end += len(samples_mv)
        samples_mv = samples_mv[-_CAPACITY:]
        if self._filled + len(samples_mv) > len(self._ring_mv):
            self._ring_mv[:_CAPACITY] = self._ring_mv[self._filled - _CAPACITY : self._filled]
            self._filled = _CAPACITY
        self._ring_mv[self._filled : self._filled + len(samples_mv)] = samples_mv
        self._filled += len(samples_mv)

    def skip(self, samples: int) -> None:
        """Leave samples out that never came."""
        leads = self._ring_mv.shape[1]
        missing = np.full((min(samples, _CAPACITY), leads), np.nan, np.float32)
        self.end += samples - len(missing)
        self.append(missing)

    def latest(self, samples: int, end: int | None = None) -> NDArray[np.float32]:
        """The samples up to `end`, by default the newest: `[samples, leads]`, a copy.

        What lies before the stream's beginning is NaN; no more than the last minute is held.
        """
        last = self._filled - (0 if end is None else self.end - end)
        return self._ring_mv[last - samples : last].copy()
