"""What happens between epochs: keep the best, remember where we are, stop, log."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import keras

from ecgmm.training.config import StageConfig
from ecgmm.training.workers import ALONE, Workers

WATCHED = "val_score"
BEST_NAME = "best.keras"
CSV_NAME = "epochs.csv"
BACKUP_NAME = "backup"
METADATA_NAME = "training_metadata.json"
_PARTIAL, _PREVIOUS = ".partial", ".previous"


def stage_callbacks(
    stage: StageConfig, stage_dir: Path, workers: Workers = ALONE
) -> list[keras.callbacks.Callback]:
    """Callbacks of one stage; they watch `val_score`, which `Validator` has to log before.

    Keras restores weights and optimizer of an interrupted fit, but its checkpoint and its
    early stopping forget the best score. Both are told it from the stage's own log. An epoch
    is logged after its weights are kept and before it is backed up: whichever of these a
    kill falls between, the epoch is at worst done again. Of several workers the chief writes, and
    the others go on from what it wrote.
    """
    scores = logged_scores(stage_dir / CSV_NAME)
    stopping = ResumedEarlyStopping(scores[: epochs_done(stage_dir)], patience=stage.patience)
    if not workers.is_chief:
        return [stopping, Restore(stage_dir / BACKUP_NAME)]
    return [
        KeepBest(stage_dir / BEST_NAME, max(scores, default=None)),
        keras.callbacks.CSVLogger(stage_dir / CSV_NAME, append=True),
        keras.callbacks.TensorBoard(stage_dir / "tensorboard", write_graph=False),
        stopping,
        Backup(stage_dir / BACKUP_NAME),
    ]


def averaging_callbacks(stage: StageConfig, stage_dir: Path) -> list[keras.callbacks.Callback]:
    """What has to come before all that scores, keeps or backs up the model of a stage."""
    return [MeanWeights(epochs_done(stage_dir))] if stage.averaging else []


class KeepBest(keras.callbacks.ModelCheckpoint):
    """Keeps the best model, in a file that is whole whenever the process is killed.

    Args:
        path: the file.
        best: the best score so far.
    """

    def __init__(self, path: Path, best: float | None) -> None:
        self._best_file, self._partial = path, path.with_suffix(".partial.keras")
        super().__init__(
            self._partial,
            monitor=WATCHED,
            mode="max",
            save_best_only=True,
            initial_value_threshold=best,
            verbose=1,
        )

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Remove what an interrupted fit was writing."""
        super().on_train_begin(logs)
        self._partial.unlink(missing_ok=True)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Keep this epoch's model where it is the best."""
        super().on_epoch_end(epoch, logs)
        if self._partial.exists():
            self._partial.replace(self._best_file)


class MeanWeights(keras.callbacks.SwapEMAWeights):
    """Puts the optimizer's mean of the weights into the model whenever an epoch ends.

    The next epoch goes on from the weights as they were.

    Args:
        done: epochs of an interrupted fit, whose backup holds the mean as the model's weights.
    """

    def __init__(self, done: int) -> None:
        super().__init__(swap_on_epoch=True)
        self._ema_weights_in_model = done > 0


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


class Backup(keras.callbacks.BackupAndRestore):
    """Backs up weights and epoch as one: Keras writes them in turn, and a kill may fall between.

    Args:
        folder: of the backup; the next one is written beside it and renamed.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, delete_checkpoint=False)
        self._folder = folder

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Back up, in the layout that Keras restores."""
        partial, previous = (self._folder.with_suffix(suffix) for suffix in (_PARTIAL, _PREVIOUS))
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        self.model.save_weights(partial / "latest.weights.h5")
        metadata = json.dumps({"epoch": epoch + 1, "batch": 0})
        (partial / METADATA_NAME).write_text(metadata, encoding="utf-8")
        if self._folder.exists():
            self._folder.rename(previous)
        partial.rename(self._folder)
        shutil.rmtree(previous, ignore_errors=True)


class Restore(keras.callbacks.BackupAndRestore):
    """Goes on from the backup that another worker makes."""

    def __init__(self, backup_dir: Path) -> None:
        super().__init__(backup_dir, delete_checkpoint=False)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Back nothing up."""


def logged_scores(path: Path) -> list[float]:
    """Validation score of each epoch that a stage has logged, of its last time if done twice."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        scores = {int(row["epoch"]): float(row[WATCHED]) for row in csv.DictReader(file)}
    return [scores[epoch] for epoch in sorted(scores)]


def epochs_done(stage_dir: Path) -> int:
    """Epochs after which the stage's backup was made: where Keras will go on."""
    metadata = stage_dir / BACKUP_NAME / METADATA_NAME
    if not metadata.exists():
        return 0
    return int(json.loads(metadata.read_text(encoding="utf-8"))["epoch"])


def discard_unfinished_backup(stage_dir: Path) -> None:
    """Leave the last backup that is whole: a kill may have come as the next one took its place."""
    backup = stage_dir / BACKUP_NAME
    previous = backup.with_suffix(_PREVIOUS)
    if previous.exists() and not backup.exists():
        previous.rename(backup)
    shutil.rmtree(previous, ignore_errors=True)
    shutil.rmtree(backup.with_suffix(_PARTIAL), ignore_errors=True)
    if epochs_done(stage_dir) == 0:
        discard_backup(stage_dir)


def discard_backup(stage_dir: Path) -> None:
    """Remove the backup of a stage."""
    shutil.rmtree(stage_dir / BACKUP_NAME, ignore_errors=True)
