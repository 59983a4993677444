"""Runs the trials that an oracle proposes, and tells a person how it goes."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import keras
import keras_tuner

from ecgmm.training.callbacks import WATCHED, discard_backup
from ecgmm.training.train import TrainingData
from tuning.hypermodel import CONTINUED_TRIAL, LAST_EPOCH, TrainingHyperModel
from tuning.space import SearchSpace, label_of, value_at
from tuning.time_box import TimeBox
from tuning.trials import SUMMARY_NAME, TRIALS_NAME

POLL_S = 0.5
FAILURES_IN_A_ROW = 3


class TrialsFailError(Exception):
    """So many trials in a row have failed that the next will not do better."""


class TrainingTuner(keras_tuner.Tuner):
    """A tuner whose trials are stages of a training, resumable like them.

    KerasTuner's own trials start anew when they were cut off, and keep the weights of all.

    Args:
        oracle: what proposes trials.
        space: what it proposes from.
        search_dir: folder of the search, the same for every process of it.
        time_box: when it ends.
    """

    def __init__(
        self, oracle: keras_tuner.Oracle, space: SearchSpace, search_dir: Path, time_box: TimeBox
    ) -> None:
        self._space = space
        self._time_box = time_box
        self._began_s = time.monotonic()
        self._failures = 0
        super().__init__(
            oracle=oracle,
            hypermodel=TrainingHyperModel(space, search_dir / TRIALS_NAME),
            directory=search_dir,
            project_name=TRIALS_NAME,
            overwrite=False,
        )

    def on_search_begin(self) -> None:
        """Make the search resumable before its first trial has ended."""
        self.save()

    def pre_create_trial(self) -> None:
        """Look at the clock; ask an oracle that waits for others no more than twice a second."""
        self._time_box.check()
        time.sleep(POLL_S)

    def on_trial_begin(self, trial: Any) -> None:
        """Say what is tried."""
        values = trial.hyperparameters.values
        self._began_s = time.monotonic()
        print(f"\nTrial {trial.trial_id}{_continues(values)}: {self._differences(values)}")

    def run_trial(self, trial: Any, data: TrainingData) -> dict[str, float]:
        """Train, and leave a summary in the trial's folder."""
        keras.backend.clear_session()
        folder = Path(self.get_trial_dir(trial.trial_id))
        hp = trial.hyperparameters
        model = self.hypermodel.build(hp)
        summary = self.hypermodel.fit(hp, model, data, folder, callbacks=[self._time_box])
        score = summary.pop(WATCHED)
        (folder / SUMMARY_NAME).write_text(json.dumps(summary), encoding="utf-8")
        return {WATCHED: score}

    def on_trial_end(self, trial: Any) -> None:
        """Hand the score in, and say how the search stands.

        Raises:
            TrialsFailError: if this is one failure too many.
        """
        super().on_trial_end(trial)
        discard_backup(Path(self.get_trial_dir(trial.trial_id)))
        minutes = (time.monotonic() - self._began_s) / 60
        score = self.oracle.get_trial(trial.trial_id).score
        reason = _last_line(trial.message)
        outcome = f"failed, {reason}" if score is None else f"{WATCHED} {score:.4f}"
        print(f"Trial {trial.trial_id} ended after {minutes:.1f} min: {outcome}. {self._best()}")
        self._failures = self._failures + 1 if score is None else 0
        if self._failures == FAILURES_IN_A_ROW:
            raise TrialsFailError(f"{FAILURES_IN_A_ROW} trials in a row have failed: {reason}.")

    def _best(self) -> str:
        best = self.oracle.get_best_trials(1)[0]
        if best.score is None:
            return "No trial has succeeded yet."
        return f"Best so far: {best.score:.4f} (trial {best.trial_id})."

    def _differences(self, values: dict[str, Any]) -> str:
        """What a trial tries that the configuration it starts from does not have."""
        different = [
            f"{path} {values[path]}"
            for path in self._space.choices()
            if values[path] != label_of(value_at(self._space.base, path))
        ]
        return ", ".join(different) or "as the search starts"


def _continues(values: dict[str, Any]) -> str:
    epochs = f", up to epoch {values[LAST_EPOCH]}" if LAST_EPOCH in values else ""
    continued = f", goes on from {values[CONTINUED_TRIAL]}" if CONTINUED_TRIAL in values else ""
    return continued + epochs


def _last_line(message: str | None) -> str:
    return (message or "no score").strip().splitlines()[-1].rstrip(".")
