"""Simulated patients with every kind of label that training knows, in place of real data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import SAMPLING_RATE_HZ
from ecgmm.labels import RHYTHM_CLASSES
from ecgmm.pipeline.records import GridRecord, to_grid
from ecgmm.recording import Annotations
from ecgmm.simulator import simulate

PATTERNS = ("N", "NNNA", "NNV", "NNNNF", "NV")
RECORD_S = 300.0
NOISE_S = 120


def training_records() -> list[GridRecord]:
    """Records with beats, as MIT-BIH has them, and records with a rhythm, as CinC 2017 has."""
    with_beats = [
        to_grid(simulate(pattern, duration_s=RECORD_S, leads=("MLII", "V1"), name=pattern), "mitdb")
        for pattern in PATTERNS
    ]
    with_rhythm = []
    for name in RHYTHM_CLASSES:
        truth = Annotations(np.empty(0, np.int64), (), rhythm_class=name)
        recording = replace(simulate(duration_s=30.0, name=name), annotations=truth)
        with_rhythm.append(to_grid(recording, "cinc2017"))
    return with_beats + with_rhythm


def training_noise_mv() -> NDArray[np.float32]:
    """`[samples, sources]` noise at 125 Hz, as NSTDB has."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(NOISE_S * SAMPLING_RATE_HZ, 2)).astype(np.float32)
