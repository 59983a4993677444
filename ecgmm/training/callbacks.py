"""What happens between epochs: keep the best, remember where we are, stop, log."""

from __future__ import annotations

import csv
from pathlib import Path

import keras

from ecgmm.training.config import StageConfig

WATCHED = "val_score"
CSV_NAME = "epochs.csv"


def stage_callbacks(stage: StageConfig, stage_dir: Path) -> list[keras.callbacks.Callback]:
    """Callbacks of one stage; they watch `val_score`, which `Validator` has to log before.

    Keras restores weights and optimizer of an interrupted fit, but its checkpoint and its
    early stopping forget the best score. Both are told it from the stage's own log.
    """
    scores = logged_scores(stage_dir / CSV_NAME)
    best = max(scores, default=None)
    stopping = ResumedEarlyStopping(scores, patience=stage.patience)
    return [
        keras.callbacks.ModelCheckpoint(
            stage_dir / "best.keras",
            monitor=WATCHED,
            mode="max",
            save_best_only=True,
            initial_value_threshold=best,
            verbose=1,
        ),
        keras.callbacks.CSVLogger(stage_dir / CSV_NAME, append=True),
        keras.callbacks.TensorBoard(stage_dir / "tensorboard", write_graph=False),
        stopping,
        keras.callbacks.BackupAndRestore(
            stage_dir / "backup", save_freq="epoch", delete_checkpoint=True
        ),
    ]


class ResumedEarlyStopping(keras.callbacks.EarlyStopping):
    """Early stopping that counts the epochs of an interrupted fit too.

    Args:
        scores: scores of the epochs already done.
        patience: epochs without a better score before the fit stops.
    """

    def __init__(self, scores: list[float], patience: int) -> None:
        super().__init__(monitor=WATCHED, mode="max", patience=patience, verbose=1)
        self._scores = scores

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Begin where the interrupted fit was."""
        super().on_train_begin(logs)
        if self._scores:
            self.best = max(self._scores)
            self.wait = len(self._scores) - 1 - self._scores.index(self.best)


def logged_scores(path: Path) -> list[float]:
    """Validation score of each epoch that a stage has logged."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [float(row[WATCHED]) for row in csv.DictReader(file)]
