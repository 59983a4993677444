"""Twelve leads at 500 Hz to print, as sharp as an electrocardiograph draws them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import SAMPLING_RATE_HZ
from ecgmm.leads import LEADS
from ecgmm.paper.trace.follow import TRACE_RATE_HZ
from ecgmm.pipeline.lead_records import twelve_leads
from ecgmm.recording import Recording
from ecgmm.resampling import resample
from ecgmm.simulator import simulate

PRINTED_S = 11.0
"""A row of ten seconds, and a little."""

_SIMULATED_SHARE = 0.25
_PATTERNS = ("N", "NNNV", "NNNNA", "NNNNNNV", "VN")
_LARGEST_HURRY = 1.9
"""Records of 100 Hz have no flank steeper than 20 ms; run faster, theirs are as steep as those
that are printed from 500 Hz."""
_LARGEST_GAIN = 1.5
_MUSCLE_SHARE = 0.25
_MOST_MUSCLE_MV = 0.04
_LEVEL_SHARE = 0.3
_MOST_LEVEL_MV = 0.25


class Hearts:
    """Twelve leads without end, of real recordings and of the simulator.

    Args:
        signal: `[records, 8, 1250]` int16 or float, the independent leads at 125 Hz.
        unit_mv: millivolts of one in it.
    """

    def __init__(self, signal: NDArray[np.generic], unit_mv: float) -> None:
        self._signal = signal
        self._unit_mv = unit_mv

    def recording(self, rng: np.random.Generator) -> Recording:
        """`PRINTED_S` of twelve leads at 500 Hz, some of them noisy or with a wandering level."""
        is_simulated = rng.random() < _SIMULATED_SHARE
        leads_mv = _simulated(rng) if is_simulated else self._recorded(rng)
        leads_mv *= np.float32(_LARGEST_GAIN ** rng.uniform(-1, 1))
        if rng.random() < _MUSCLE_SHARE:
            leads_mv += rng.uniform(0, _MOST_MUSCLE_MV) * _muscle(leads_mv.shape, rng)
        if rng.random() < _LEVEL_SHARE:
            leads_mv += rng.uniform(0, _MOST_LEVEL_MV) * _level(leads_mv.shape, rng)
        return Recording(leads_mv.astype(np.float32), TRACE_RATE_HZ, LEADS, name="printed")

    def _recorded(self, rng: np.random.Generator) -> NDArray[np.float32]:
        """A record, again and again, run faster than it was recorded."""
        record = self._signal[int(rng.integers(len(self._signal)))].astype(np.float32)
        leads_mv = twelve_leads(record * np.float32(self._unit_mv)).T
        rate_hz = round(SAMPLING_RATE_HZ * rng.uniform(1.0, _LARGEST_HURRY))
        faster_mv = resample(leads_mv, rate_hz, TRACE_RATE_HZ)
        samples = round(PRINTED_S * TRACE_RATE_HZ)
        return np.tile(faster_mv, (-(-samples // len(faster_mv)), 1))[:samples]


def _simulated(rng: np.random.Generator) -> NDArray[np.float32]:
    heart = simulate(
        str(rng.choice(_PATTERNS)),
        duration_s=PRINTED_S,
        heart_rate_bpm=float(rng.uniform(45, 140)),
        sampling_rate_hz=TRACE_RATE_HZ,
        leads=LEADS,
        seed=int(rng.integers(2**31)),
    )
    return heart.signal_mv.copy()


def _muscle(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    """Noise of 20 to 150 Hz, about one high, in a few leads, here and there."""
    noise = np.diff(rng.normal(size=(shape[0] + 2, shape[1])), axis=0)
    smooth = (noise[1:] + noise[:-1]) / 2
    loud = rng.random(shape[1]) < 0.5
    when = np.sin(np.linspace(0, rng.uniform(3, 20), shape[0]) + rng.uniform(0, 6)) > 0
    return (smooth * loud * when[:, np.newaxis]).astype(np.float32)


def _level(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    """Slow waves of breathing, about one high."""
    phase = rng.uniform(0, 2 * np.pi, shape[1])
    turns = 2 * np.pi * rng.uniform(0.1, 0.4) * PRINTED_S
    return np.sin(np.linspace(0, turns, shape[0])[:, np.newaxis] + phase).astype(np.float32)
