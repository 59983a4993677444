"""The score that decides which weights are kept: strips of patients never trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.decode import decode_beats
from ecgmm.grid import SAMPLING_RATE_HZ
from ecgmm.labels import RHYTHM_CLASSES, STEP_CLASSES
from ecgmm.model.multimodal import parts_of
from ecgmm.pipeline.pictures import PictureConfig, print_strip
from ecgmm.pipeline.records import UNKNOWN_RHYTHM, GridRecord
from ecgmm.pipeline.strips import Strip, cut_strip, only_visible
from ecgmm.scoring.beat_scores import class_scores, macro_f1
from ecgmm.scoring.matching import confusion_matrix, match_beats
from ecgmm.serving.runtime import Probabilities

ROWS_PER_CALL = 64
"""A call's memory; what is read does not depend on it."""
RHYTHM_SHARE = 0.2
"""Of the score that chooses the weights: beats are what is read first."""

Reader = Callable[[NDArray], Probabilities]


@dataclass(frozen=True)
class ValidationScores:
    """What the held-out strips say.

    Attributes:
        score: what decides: four parts macro-F1 of beats, one part F1 of rhythm.
        f1: F1 of the beat classes N, S and V.
        macro_f1: their mean.
        rhythm_f1: mean F1 of the rhythms normal, af and other.
    """

    score: float
    f1: dict[str, float]
    macro_f1: float
    rhythm_f1: float

    def logs(self, prefix: str) -> dict[str, float]:
        """The figures under the names that logs and callbacks use."""
        return {
            f"{prefix}_score": self.score,
            f"{prefix}_macro_f1": self.macro_f1,
            f"{prefix}_rhythm_f1": self.rhythm_f1,
            **{f"{prefix}_{name.lower()}_f1": value for name, value in self.f1.items()},
        }


def validation_strips(
    records: Sequence[GridRecord], steps: int, beat_strips: int, rhythm_strips: int
) -> list[Strip]:
    """Evenly spaced strips of every record, leads in turn, with about that many in all."""
    chosen: list[Strip] = []
    for annotated, wanted in ((True, beat_strips), (False, rhythm_strips)):
        group = [record for record in records if record.has_beats == annotated]
        places = [
            (record, start)
            for record in group
            for start in range(0, max(len(record.signal_mv) - 5 * steps, 0) + 1, 5 * steps)
        ]
        stride = max(1, len(places) // max(wanted, 1))
        chosen += [
            cut_strip(record, start, steps, index % record.signal_mv.shape[1])
            for index, (record, start) in enumerate(places[::stride])
        ]
    return chosen


def print_strips(
    strips: Sequence[Strip], config: PictureConfig, seed: int
) -> tuple[list[Strip], NDArray[np.uint8]]:
    """Print strips, the same for the same seed.

    Returns:
        The strips with those of their beats that can be seen, and `[strips, 160, width, 1]`
        pictures.
    """
    rng = np.random.default_rng(seed)
    printed = [print_strip(strip.signal_mv, config, rng) for strip in strips]
    seen = [only_visible(s, p.visible) for s, p in zip(strips, printed, strict=True)]
    return seen, np.stack([p.picture for p in printed])[..., None]


def strip_rows(
    modality: str, strips: Sequence[Strip], config: PictureConfig
) -> tuple[list[Strip], NDArray]:
    """What a branch reads of strips: `[strips, samples]` signals or pictures; and their truth."""
    if modality == "signal":
        return list(strips), np.stack([strip.signal_mv for strip in strips])
    return print_strips(strips, config, seed=0)


def score_strips(strips: Sequence[Strip], rows: NDArray, reader: Reader) -> ValidationScores:
    """Read strips and compare with their truth.

    Args:
        strips: the truth.
        rows: `[strips, ...]` signals or pictures of the same strips.
        reader: what reads a batch of them.
    """
    beats = np.zeros((len(STEP_CLASSES),) * 2, np.int64)
    rhythm = np.zeros((len(RHYTHM_CLASSES),) * 2, np.int64)
    for first in range(0, len(strips), ROWS_PER_CALL):
        part = slice(first, first + ROWS_PER_CALL)
        probabilities = reader(rows[part])
        for strip, steps, named in zip(
            strips[part], probabilities.beats, probabilities.rhythm, strict=True
        ):
            if strip.has_beats:
                beats += strip_confusion(strip, steps)
            if strip.rhythm != UNKNOWN_RHYTHM:
                rhythm[strip.rhythm, int(named.argmax())] += 1
    per_class = class_scores(beats)
    rhythm_f1 = float(np.mean(f1_of(rhythm)[:3]))
    beats_f1 = float(np.nan_to_num(macro_f1(beats)))
    return ValidationScores(
        score=(1 - RHYTHM_SHARE) * beats_f1 + RHYTHM_SHARE * rhythm_f1,
        f1={name: per_class[name].f1 for name in ("N", "S", "V")},
        macro_f1=beats_f1,
        rhythm_f1=rhythm_f1,
    )


def strip_confusion(strip: Strip, steps: NDArray[np.float32]) -> NDArray[np.int64]:
    """Confusion of one strip's beats, in the layout of `scoring.matching`."""
    decoded = decode_beats(steps)
    truth = [STEP_CLASSES[index] for index in strip.beat_class]
    matching = match_beats(strip.beat_position / SAMPLING_RATE_HZ, decoded.time_s)
    return confusion_matrix(truth, decoded.labels, matching)


def f1_of(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    """F1 of each class of a square confusion matrix, rows the truth; 0 where there is none."""
    true = np.diag(confusion).astype(float)
    total = confusion.sum(axis=0) + confusion.sum(axis=1)
    return np.divide(2 * true, total, out=np.zeros_like(true), where=total > 0)


def branch_reader(model: keras.Model, modality: str) -> Reader:
    """Reads batches with one branch and the head, which is all that a batch of one kind needs."""
    import tensorflow as tf

    parts = parts_of(model)

    @tf.function(reduce_retracing=True)
    def read(rows: tf.Tensor) -> dict[str, tf.Tensor]:
        if modality == "signal":
            features = parts.signal_branch(rows, training=False)
        else:
            features = parts.image_branch(rows, training=False)["features"]
        return parts.head(features, training=False)

    def reader(rows: NDArray) -> Probabilities:
        outputs = read(tf.convert_to_tensor(rows))
        return Probabilities(outputs["beats"].numpy(), outputs["rhythm"].numpy())

    return reader


class Validator(keras.callbacks.Callback):
    """Scores the held-out strips after each epoch and adds the figures to the logs.

    It has to come before every callback that watches `val_score`.

    Args:
        signal_strips: strips read as signals, or none.
        image_strips: strips read as pictures, or none.
        picture: how those are printed and spoiled.
    """

    def __init__(
        self, signal_strips: Sequence[Strip], image_strips: Sequence[Strip], picture: PictureConfig
    ) -> None:
        super().__init__()
        self._sets: list[tuple[str, Sequence[Strip], NDArray]] = []
        for name, strips in (("signal", signal_strips), ("image", image_strips)):
            if strips:
                self._sets.append((name, *strip_rows(name, strips, picture)))
        self._readers: dict[str, Reader] = {}

    def add_pictures(self, strips: Sequence[Strip], pictures: NDArray[np.uint8]) -> None:
        """Score these pictures too, `[strips, 160, width, 1]`, which are somebody's own."""
        self._sets.append(("picture", strips, pictures))

    def set_model(self, model: keras.Model) -> None:
        """Build the readers of the model that is fitted."""
        super().set_model(model)
        self._readers = {name: branch_reader(model, name) for name, _, _ in self._sets}

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Score, and tell the callbacks that follow."""
        logs = {} if logs is None else logs
        scores = []
        for name, strips, rows in self._sets:
            result = score_strips(strips, rows, self._readers[name])
            logs.update(result.logs(f"val_{name}"))
            scores.append(result.score)
        logs["val_score"] = float(np.mean(scores))
