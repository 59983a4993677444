"""Stretches of marked leads as the network for waves learns from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.measure.conditioning import conditioned, without_wander
from ecgmm.measure.waves import SAMPLE_CLASSES, WAVES_HZ, Wave
from ecgmm.pipeline.waves.records import MarkedRecord
from ecgmm.resampling import bridge_gaps

UNASKED = -1
"""Where nobody has marked whether a wave is there."""
BATCH = 32
LENGTHS = (320, 512, 1024)
"""1.3 s, about what a median beat spans, to 4.1 s."""
_LONGEST_REST_S = 1.0
"""Between waves that follow each other: in a longer one lie beats that were not marked."""
_QTDB_SHARE = 0.25
"""A stretch in four; LUDB's marks are of each lead by itself, and of twelve leads."""
_STRETCH = 0.15
"""Hearts beat faster and slower than those marked."""

Batch = tuple[NDArray[np.float32], NDArray[np.int32]]


@dataclass(frozen=True)
class TaughtLead:
    """One lead at `WAVES_HZ` and the class of each sample, an index of `SAMPLE_CLASSES`."""

    signal: NDArray[np.float32]
    classes: NDArray[np.int32]


def taught_leads(record: MarkedRecord) -> list[TaughtLead]:
    """Every lead of a record that has marks."""
    recording = record.recording
    steady_mv = without_wander(bridge_gaps(recording.signal_mv), recording.sampling_rate_hz)
    shown = conditioned(steady_mv, recording.sampling_rate_hz)
    return [
        TaughtLead(shown[:, place], sample_classes(record.waves[name], len(shown)))
        for place, name in enumerate(recording.lead_names)
        if record.waves[name]
    ]


def sample_classes(waves: Sequence[Wave], samples: int) -> NDArray[np.int32]:
    """`[samples]` at `WAVES_HZ`: the class of each, `UNASKED` where nobody has marked.

    A wave without an onset (T in the QT Database) is asked from its peak on; between the QRS
    complex and that peak nobody said where it begins.
    """
    classes = np.full(samples, UNASKED, np.int32)
    end = None
    for wave in waves:
        onset = _sample(wave.peak_s if wave.onset_s is None else wave.onset_s)
        if end is not None and onset - end <= _LONGEST_REST_S * WAVES_HZ:
            classes[end:onset] = UNASKED if wave.onset_s is None else 0
        end = _sample(wave.peak_s if wave.end_s is None else wave.end_s)
        classes[onset:end] = SAMPLE_CLASSES.index(wave.name)
    return classes


def _sample(time_s: float) -> int:
    return round(time_s * WAVES_HZ)


def batches(records: Sequence[MarkedRecord], seed: int) -> Iterator[Batch]:
    """Batches without end: `[BATCH, length]` signals, `[BATCH, length]` classes."""
    rng = np.random.default_rng(seed)
    by_database = {
        name: [taught_leads(record) for record in records if record.database == name]
        for name in ("ludb", "qtdb")
    }
    while True:
        length = int(rng.choice(LENGTHS))
        shown, asked = zip(*(_stretch(by_database, length, rng) for _ in range(BATCH)), strict=True)
        yield np.stack(shown), np.stack(asked)


def _stretch(
    by_database: dict[str, list[list[TaughtLead]]], length: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    names = [name for name, records in by_database.items() if records]
    name = "qtdb" if len(names) > 1 and rng.random() < _QTDB_SHARE else names[0]
    leads = by_database[name][rng.integers(len(by_database[name]))]
    lead = leads[rng.integers(len(leads))]
    stretch = 1 + rng.uniform(-_STRETCH, _STRETCH)
    taken = round(length * stretch)
    asked = np.flatnonzero(lead.classes != UNASKED)
    low = max(0, int(asked[0]) - taken // 2)
    high = max(low + 1, min(len(lead.signal), int(asked[-1]) + taken // 2) - taken)
    places = int(rng.integers(low, high)) + np.linspace(0, taken - 1, length)
    signal = np.interp(places, np.arange(len(lead.signal)), lead.signal)
    nearest = np.minimum(np.round(places).astype(int), len(lead.classes) - 1)
    return _disturbed(signal, rng), lead.classes[nearest]


def _disturbed(signal: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float32]:
    """As other recorders would have seen it: softer, noisier, larger or smaller, wandering."""
    from scipy.ndimage import gaussian_filter1d

    time_s = np.arange(len(signal)) / WAVES_HZ
    seen = signal.copy()
    if rng.random() < 0.3:
        seen = gaussian_filter1d(seen, rng.uniform(0.3, 1.8))
    if rng.random() < 0.5:
        seen += rng.normal(0, rng.exponential(0.06), len(seen))
    if rng.random() < 0.3:
        mains_hz = rng.choice((50.0, 60.0))
        seen += rng.exponential(0.06) * np.sin(2 * np.pi * (mains_hz * time_s + rng.random()))
    if rng.random() < 0.5:
        wander_hz = rng.uniform(0.1, 0.7)
        seen += rng.exponential(0.3) * np.sin(2 * np.pi * (wander_hz * time_s + rng.random()))
    if rng.random() < 0.1:
        seen = -seen
    return np.asarray(seen * np.exp(rng.normal(0, 0.25)), np.float32)
