"""Does training ever wait for its data? Each stage of a configuration, on simulated records.

    python -m benchmarks.pipeline [--config FILE] [--batches 20]

Four figures a stage: how many batches a second the pipeline makes when nothing else runs, how
long a training step takes when its batch is there already, how long it takes when the pipeline
makes the batches beside it, and the share of that time spent waiting for the next batch. The third
exceeds the second where the two share cores. A minute on 2 cores.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.simulated_records import training_noise_mv, training_records
from ecgmm.pipeline.batches import BatchMaker, batches
from ecgmm.training.config import StageConfig, TrainingConfig, load_config
from ecgmm.training.train import batch_of, stage_model

WARM_UP_BATCHES = 3


@dataclass(frozen=True)
class StageTimes:
    """What one stage's pipeline and training take.

    Attributes:
        batches_per_s: batches that the pipeline alone makes in a second.
        step_s: a training step on a batch that is there already.
        fed_step_s: a training step and the wait for its batch.
        waiting_s: the wait alone.
    """

    batches_per_s: float
    step_s: float
    fed_step_s: float
    waiting_s: float


def measure(stage: StageConfig, config: TrainingConfig, count: int) -> StageTimes:
    """Time `count` batches of a stage."""
    batch_config = batch_of(stage, config)
    maker = BatchMaker(training_records(), training_noise_mv(), batch_config, config.seed)

    def made() -> Iterator[Any]:
        return iter(batches(maker, batch_config, WARM_UP_BATCHES + count))

    _, making_s = _timed(made(), count, train=lambda batch: None)
    model = stage_model(stage, config, init=None)

    def train(batch: Any) -> None:
        model.train_on_batch(*batch)

    same = next(made())
    step_s, _ = _timed(iter([same] * (WARM_UP_BATCHES + count)), count, train)
    training_s, waiting_s = _timed(made(), count, train)
    return StageTimes(1 / making_s, step_s, training_s + waiting_s, waiting_s)


def _timed(made: Iterator[Any], count: int, train: Any) -> tuple[float, float]:
    """Mean seconds of a training step, and of the wait before it, over the last `count`."""
    training_s = waiting_s = 0.0
    for number in range(WARM_UP_BATCHES + count):
        asked_s = perf_counter()
        batch = next(made)
        given_s = perf_counter()
        train(batch)
        if number >= WARM_UP_BATCHES:
            waiting_s += given_s - asked_s
            training_s += perf_counter() - given_s
    return training_s / count, waiting_s / count


def main() -> None:
    """Print a row for each stage."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, help="a training configuration; the released one")
    parser.add_argument("--batches", type=int, default=20, help="batches to time, of each kind")
    arguments = parser.parse_args()
    config = load_config(arguments.config)
    print("stage         rows x steps  batches/s  step ms  fed step ms  waiting")
    for stage in config.stages:
        times = measure(stage, config, arguments.batches)
        rows = f"{stage.batch_size} x {stage.strip_steps}"
        print(
            f"{stage.name:<13} {rows:>12} {times.batches_per_s:10.1f} {1000 * times.step_s:8.0f} "
            f"{1000 * times.fed_step_s:12.0f} {times.waiting_s / times.fed_step_s:8.1%}"
        )


if __name__ == "__main__":
    main()
