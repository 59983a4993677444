"""A training of seconds on simulated patients.

    python tiny_run.py RUN_DIR HANG_AT [STRATEGY PARTS]

runs it in a process of its own, which hangs where batch HANG_AT of the stage of pictures is
made, so that a test can kill it in the middle of an epoch. With a strategy it is one of several
workers, and HANG_AT counts the parts of batches. Without dropout: Keras backs up
everything of a fit but the state of its random masks.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from simulated_records import simulated_record
from tiny_model import TINY

from ecgmm.pipeline.batches import BatchMaker
from ecgmm.training import train as training
from ecgmm.training.config import StageConfig, TrainingConfig
from ecgmm.training.workers import open_workers

CONFIG = TrainingConfig(
    datasets=("mitdb", "cinc2017"),
    fold=0,
    stages=(
        StageConfig("signal", "signal", 2, 3, batch_size=4, strip_steps=100, learning_rate=0.02),
        StageConfig(
            "image",
            "image",
            4,
            3,
            batch_size=4,
            strip_steps=100,
            learning_rate=0.02,
            head=False,
            averaging=0.8,
        ),
    ),
    model=replace(TINY, dropout=0.0),
)


def use_simulated_data(set_attribute: Callable[[object, str, object], None] = setattr) -> None:
    """Puts simulated patients in the place of the prepared data sets."""
    patterns = ("N", "NNNA", "NNV", "NV", "N", "NNA")
    records = [
        simulated_record(str(number), pattern, duration_s=30.0, seed=number)
        for number, pattern in enumerate(patterns)
    ]
    records += [
        simulated_record(name, dataset="cinc2017", rhythm_class=name, duration_s=30.0)
        for name in ("normal", "af", "other", "noise")
    ]
    noise_mv = np.random.default_rng(0).normal(size=(4000, 2)).astype(np.float32)
    set_attribute(training, "load_training_records", lambda data_dir, datasets: records)
    set_attribute(training, "load_training_noise", lambda data_dir: noise_mv)
    set_attribute(training, "BEAT_STRIPS", {"signal": 4, "image": 4})
    set_attribute(training, "RHYTHM_STRIPS", {"signal": 2, "image": 2})


def hang_at(batch: int) -> None:
    """Never finishes that batch of pictures."""
    make = BatchMaker.make

    def make_or_hang(self: BatchMaker, number: int) -> tuple:
        if self._config.signals == 0 and number == batch:
            time.sleep(3600)
        return make(self, number)

    BatchMaker.make = make_or_hang


if __name__ == "__main__":
    run_dir, hang, strategy, parts = (*sys.argv[1:], "none", "1")[:4]
    workers = open_workers(strategy)
    use_simulated_data()
    hang_at(int(hang))
    config = replace(CONFIG, batch_parts=int(parts))
    training.train(config, Path("no data"), Path(run_dir), workers=workers)
