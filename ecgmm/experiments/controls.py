"""Trainings made only to be compared: the leak, unseen databases, five folds, other seeds.

Every one goes through `ecgmm.training.train.train`, so an interrupted run goes on, and is
scored on recordings of the training data alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.evaluation.markdown import HEADLINE
from ecgmm.evaluation.reading_ways import (
    SIGNAL,
    WAYS,
    read_all,
    read_cinc2017,
    with_beats,
    with_rhythm_class,
)
from ecgmm.evaluation.report import FigureRow
from ecgmm.model.multimodal import load_model
from ecgmm.pipeline.leak import kept_spans_s
from ecgmm.pipeline.training_set import FOLDS, held_out_recordings, training_recordings
from ecgmm.recording import Recording
from ecgmm.scoring.bootstrap import Spread, spread_over_seeds
from ecgmm.scoring.reading_scores import figures_of
from ecgmm.scoring.results import RecordResult, within_spans
from ecgmm.serving.runtime import Digitized, Probabilities
from ecgmm.training.config import TrainingConfig
from ecgmm.training.train import train
from ecgmm.training.validation import branch_reader

LEAK_FOLD = 0
"""Any one would do; the first."""
SEEDS = 3
"""A spread from fewer is none; each is a training."""
DATA_NAMES = {"mitdb": "MIT-BIH DS1", "svdb": "SVDB", "cinc2017": "CinC 2017"}


class SignalModel:
    """A model fresh from training as a runtime that reads signals.

    Args:
        path: the `.keras` file.
    """

    model_name = "control"
    model_version = "0"

    def __init__(self, path: Path) -> None:
        self._read = branch_reader(load_model(path), "signal")

    def signal(self, signal: NDArray[np.float32]) -> Probabilities:
        """Read leads: `[batch, samples]` float32, millivolts at 125 Hz."""
        return self._read(signal)

    def image(self, image_bytes: Sequence[bytes]) -> Probabilities:
        """Controls are trained on signals alone.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("Expected signals. Received pictures.")

    def digitize(self, image_bytes: Sequence[bytes]) -> Digitized:
        """Controls are trained on signals alone.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("Expected signals. Received pictures.")


def leakage_control(config: TrainingConfig, data_dir: Path, run_dir: Path) -> tuple[FigureRow, ...]:
    """The same training without a leak and with one, scored on the same beats.

    Args:
        config: the training.
        data_dir: prepared data sets.
        run_dir: where the trainings go.

    Returns:
        The honest row, then the leaky one.
    """
    honest = fold_config(config, LEAK_FOLD)
    leaky = replace(honest, split="strip")
    recordings = held_out_recordings(data_dir, config.datasets, LEAK_FOLD)
    ways = (
        (honest, fold_dir(run_dir, LEAK_FOLD), "honest", "the test patients not in training"),
        (leaky, run_dir / "leaky", "leaky", "their other minutes in training"),
    )
    rows = []
    for way, folder, name, note in ways:
        results, records = _read_beats(recordings, train(way, data_dir, folder))
        kept = [within_spans(result, kept_spans_s(result.duration_s)) for result in results]
        rows.append(FigureRow(name, f"every other minute of {records}; {note}", figures_of(kept)))
    return tuple(rows)


def unseen_databases(
    config: TrainingConfig, data_dir: Path, run_dir: Path
) -> tuple[FigureRow, ...]:
    """Each database left out of training in turn, and all of it scored.

    Of MIT-BIH that is DS1: DS2 is no training data.

    Raises:
        InputError: if the configuration names a single database.
    """
    if len(config.datasets) == 1:
        raise InputError("one_database", "Name two data sets at least, to leave one out of.")
    rows = []
    for unseen in config.datasets:
        others = tuple(name for name in config.datasets if name != unseen)
        alone = replace(config, datasets=others, test_folds=(), split="patient")
        best = train(alone, data_dir, run_dir / f"without-{unseen}")
        results, records = _read_beats(training_recordings(data_dir, unseen), best)
        note = f"{records}; trained on {', '.join(DATA_NAMES[name] for name in others)}"
        rows.append(FigureRow(DATA_NAMES[unseen], note, figures_of(results)))
    return tuple(rows)


def cross_validate(config: TrainingConfig, data_dir: Path, run_dir: Path) -> tuple[FigureRow, ...]:
    """Every fifth of the patients scored by a model that has never seen them.

    The epoch that is kept is chosen on the next fifth, so that no patient who is scored
    had a say in anything.

    Returns:
        A row for each fold, then all patients together.
    """
    rows: list[FigureRow] = []
    everybody: list[RecordResult] = []
    for fold in range(FOLDS):
        best = train(fold_config(config, fold), data_dir, fold_dir(run_dir, fold))
        recordings = held_out_recordings(data_dir, config.datasets, fold)
        results, records = _read_beats(recordings, best)
        rows.append(FigureRow(f"fold {fold}", records, figures_of(results)))
        everybody += results
    total = FigureRow("all folds", f"{len(everybody)} records", figures_of(everybody))
    return (*rows, total)


def seed_spread(config: TrainingConfig, data_dir: Path, run_dir: Path) -> dict[str, Spread]:
    """The honest control trained again and again, with nothing changed but the seed.

    Returns:
        Headline figures of the test patients over `SEEDS` seeds, the configuration's first.
    """
    recordings = held_out_recordings(data_dir, config.datasets, LEAK_FOLD)
    figures = []
    for seed in range(config.seed, config.seed + SEEDS):
        first = seed == config.seed
        folder = fold_dir(run_dir, LEAK_FOLD) if first else run_dir / f"seed-{seed}"
        best = train(replace(fold_config(config, LEAK_FOLD), seed=seed), data_dir, folder)
        figures.append(figures_of(_read_beats(recordings, best)[0]))
    return {name: spread_over_seeds([row[name] for row in figures]) for name in HEADLINE}


def held_out_figures(model: Path, config: TrainingConfig, data_dir: Path) -> dict[str, float]:
    """What a model reads of the patients that chose its epochs, as `figures_of` has it.

    Where some have their rhythm named, the figure that CinC 2017 ranked by is added.
    """
    recordings = held_out_recordings(data_dir, config.datasets, config.fold)
    figures = figures_of(_read_beats(recordings, model)[0])
    rhythms = with_rhythm_class(recordings)
    if rhythms:
        figures["CinC 2017 F1"] = read_cinc2017(rhythms, SignalModel(model)).f1
    return figures


def fold_config(config: TrainingConfig, fold: int) -> TrainingConfig:
    """The training that leaves a fold for the test and the next one for validation."""
    return replace(config, fold=(fold + 1) % FOLDS, test_folds=(fold,), split="patient")


def fold_dir(run_dir: Path, fold: int) -> Path:
    """Where the training without a fold goes; control and cross-validation share it."""
    return run_dir / f"fold-{fold}"


def _read_beats(recordings: Sequence[Recording], model: Path) -> tuple[list[RecordResult], str]:
    """The results of the records with annotated beats, and which records they are in words."""
    ways = {SIGNAL: WAYS[SIGNAL]}
    results, excluded = read_all(with_beats(recordings), SignalModel(model), ways)
    words = f"{len(results[SIGNAL])} records"
    if excluded:
        words += " without " + ", ".join(f"{row.record} ({row.code})" for row in excluded)
    return results[SIGNAL], words
