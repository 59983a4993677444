"""The training of one stage as KerasTuner sees it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import keras_tuner

from ecgmm.training.callbacks import BEST_NAME, CSV_NAME, WATCHED
from ecgmm.training.config import StageConfig, TrainingConfig
from ecgmm.training.train import TrainingData, fit_stage, stage_model
from tuning.space import SearchSpace

CONTINUED_TRIAL = "tuner/trial_id"
FIRST_EPOCH = "tuner/initial_epoch"
LAST_EPOCH = "tuner/epochs"


class TrainingHyperModel(keras_tuner.HyperModel):
    """Builds and fits what a set of hyperparameters stands for, as `ecgmm train` does.

    Hyperband lets a promising trial go on for more epochs. Such a trial begins with the best
    weights of the one before, on strips that one has not seen, and its learning rate warms up
    and decays once more, so that every score is that of a fit that has come to its end.

    Args:
        space: what the hyperparameters change.
        trials_dir: where the folders of the trials are.
    """

    def __init__(self, space: SearchSpace, trials_dir: Path) -> None:
        super().__init__()
        self._space = space
        self._trials_dir = trials_dir

    def build(self, hp: keras_tuner.HyperParameters) -> keras.Model:
        """The compiled model."""
        self._space.declare(hp)
        stage, config = self._planned(hp)
        continued = hp.values.get(CONTINUED_TRIAL)
        init = self._trials_dir / f"trial_{continued}" / BEST_NAME if continued else None
        return stage_model(stage, config, init)

    def fit(
        self,
        hp: keras_tuner.HyperParameters,
        model: keras.Model,
        data: TrainingData,
        folder: Path,
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> dict[str, float]:
        """Fit the model, or what a fit that was cut off has left to do.

        Args:
            hp: what the model was built for.
            model: from `build`.
            data: what is learned from and scored on.
            folder: the trial's own.
            callbacks: called beside the training's own.

        Returns:
            The validation figures of the best epoch, `val_score` among them, and `epochs` and
            `parameters`.
        """
        stage, config = self._planned(hp)
        fit_stage(model, stage, config, data, folder, callbacks)
        rows = _epochs(folder / CSV_NAME)
        best = max(rows, key=lambda row: row[WATCHED])
        figures = {name: value for name, value in best.items() if name.startswith("val_")}
        epochs = hp.values.get(FIRST_EPOCH, 0) + len(rows)
        return {**figures, "epochs": epochs, "parameters": model.count_params()}

    def _planned(self, hp: keras_tuner.HyperParameters) -> tuple[StageConfig, TrainingConfig]:
        """The stage that is fitted, and the training that it belongs to."""
        config = self._space.config(hp.values)
        stage = config.stages[0]
        first = hp.values.get(FIRST_EPOCH, 0)
        stage = replace(stage, epochs=hp.values.get(LAST_EPOCH, stage.epochs) - first)
        return stage, replace(config, stages=(stage,), seed=config.seed + first)


def _epochs(path: Path) -> list[dict[str, Any]]:
    """The log of a fit, one row an epoch; of an epoch that was done twice, the last."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    return list({row["epoch"]: row for row in rows}.values())
