"""The ten seconds of a stream that the model reads, again and again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.strips import READABLE_SHARE, blend, known_steps
from ecgmm.grid import SAMPLES_PER_STEP, SAMPLING_RATE_HZ, STEP_S, STRIP_SAMPLES
from ecgmm.labels import STEP_CLASSES
from ecgmm.monitor.history import History
from ecgmm.resampling import bridge_gaps


@dataclass(frozen=True)
class Window:
    """The newest ten seconds, cut at a step of the time grid.

    Attributes:
        end: number of the first sample after it, of the stream at 125 Hz.
        signal_mv: `[1250, leads]` float32, NaN where nothing was recorded.
        rows: `[leads to read, 1250]` float32, without NaN: what goes to the model.
        leads: `[leads to read]`, which leads the rows are.
    """

    end: int
    signal_mv: NDArray[np.float32]
    rows: NDArray[np.float32]
    leads: NDArray[np.int64]

    @classmethod
    def newest(cls, history: History) -> Window:
        """The window at the end of a stream; leads that hold little of it are not read."""
        end = history.end // SAMPLES_PER_STEP * SAMPLES_PER_STEP
        signal_mv = history.latest(STRIP_SAMPLES, end)
        share = np.isfinite(signal_mv).mean(axis=0)
        leads = np.flatnonzero((share > 0) & (share >= READABLE_SHARE * share.max()))
        rows = np.ascontiguousarray(bridge_gaps(signal_mv[:, leads]).T)
        return cls(end, signal_mv, rows, leads)

    @property
    def end_s(self) -> float:
        """Time at which it ends."""
        return self.end / SAMPLING_RATE_HZ

    @property
    def start_s(self) -> float:
        """Time at which it begins."""
        return self.end_s - len(self.signal_mv) / SAMPLING_RATE_HZ

    def blended(self, step_probability: NDArray[np.float32]) -> NDArray[np.float32]:
        """The leads' probabilities averaged, each lead where it holds a signal.

        Args:
            step_probability: `[leads to read, 250, 6]`, in the order of `labels.STEP_CLASSES`.

        Returns:
            `[250, 6]`.
        """
        steps = len(self.signal_mv) // SAMPLES_PER_STEP
        beats = np.zeros((steps, len(STEP_CLASSES)), np.float64)
        weight = np.zeros(steps, np.float64)
        for lead, probability in zip(self.leads, step_probability, strict=True):
            share = known_steps(np.isfinite(self.signal_mv[:, lead]))
            beats += share[:, None] * probability
            weight += share
        return blend(beats, weight)


def unreadable_spans(history: History, seconds: int) -> list[tuple[float, float]]:
    """`(start_s, end_s)` of each 40 ms or longer of the last seconds in which no lead is known."""
    end = history.end // SAMPLES_PER_STEP * SAMPLES_PER_STEP
    recent_mv = history.latest(seconds * SAMPLING_RATE_HZ, end)
    known: NDArray[np.bool_] = np.asarray(np.isfinite(recent_mv).any(axis=1))
    readable = np.pad(known_steps(known), 1, constant_values=True)
    changes = np.flatnonzero(readable[1:] != readable[:-1])
    start_s = end / SAMPLING_RATE_HZ - seconds
    return [(start_s + a * STEP_S, start_s + b * STEP_S) for a, b in changes.reshape(-1, 2)]
