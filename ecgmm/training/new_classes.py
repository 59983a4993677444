"""Training a head for new classes on a trunk that stays as it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.grid import SAMPLING_RATE_HZ, STRIP_SAMPLES
from ecgmm.model.multimodal import load_model, parts_of
from ecgmm.model.own_head import build_own_head, class_names_of, with_own_head
from ecgmm.own_data.folder import OwnFile
from ecgmm.paper.strips import PaperStrips
from ecgmm.resampling import bridge_gaps, resample
from ecgmm.training.config import TrainingConfig
from ecgmm.training.own_set import split_files

HEAD_NAME, MODEL_NAME = "own_head.keras", "classes.keras"
STRIPS_PER_FILE = 40
"""Strips of one long file do not outweigh those of all others."""
EPOCHS, PATIENCE, BATCH_ROWS = 60, 12, 32
LEARNING_RATE = 0.003
ROWS_AT_ONCE = 32
"""A call's memory; what is read does not depend on it."""


@dataclass(frozen=True)
class Features:
    """What the trunk says of strips.

    Attributes:
        values: `[strips, steps, features]` float32.
        classes: `[strips]` int64, index of the class of the file that each is from.
        weights: `[strips]`, so that every class counts alike.
    """

    values: NDArray[np.float32]
    classes: NDArray[np.int64]
    weights: NDArray[np.float32]


def train_new_classes(
    files: Sequence[OwnFile],
    class_names: tuple[str, ...],
    config: TrainingConfig,
    init: Path,
    run_dir: Path,
) -> Path:
    """Train a head on what the frozen model sees, and keep the best.

    No weight of the model changes, so `beats` and `rhythm` stay what they are to the last bit.

    Args:
        files: those of the folder; the ones without a new class are left out.
        class_names: the new classes.
        config: its fold and seed.
        init: the `.keras` model that sees.
        run_dir: where the head, its log and the whole model go.

    Returns:
        `classes.keras` in `run_dir`: the model with one more output, `classes`.

    Raises:
        InputError: when a class has no patient on one side of the split.
    """
    labelled = [file for file in files if file.label.new_class]
    training, validation = split_files(labelled, config.fold)
    _check_classes(class_names, training, validation)
    model = load_model(init)
    see = feature_reader(model)
    seen, held_out = (_features(part, class_names, see) for part in (training, validation))
    keras.utils.set_random_seed(config.seed)
    head = build_own_head(seen.values.shape[-1], class_names)
    head.compile(
        optimizer=keras.optimizers.AdamW(LEARNING_RATE, weight_decay=config.weight_decay),
        loss="sparse_categorical_crossentropy",
        weighted_metrics=["accuracy"],
    )
    run_dir.mkdir(parents=True, exist_ok=True)
    watched = {"monitor": "val_loss", "mode": "min"}
    head.fit(
        seen.values,
        seen.classes,
        sample_weight=seen.weights,
        validation_data=(held_out.values, held_out.classes, held_out.weights),
        epochs=EPOCHS,
        batch_size=BATCH_ROWS,
        callbacks=[
            keras.callbacks.ModelCheckpoint(run_dir / HEAD_NAME, save_best_only=True, **watched),
            keras.callbacks.CSVLogger(run_dir / "epochs.csv"),
            keras.callbacks.EarlyStopping(patience=PATIENCE, **watched),
        ],
        verbose=1 if sys.stdout.isatty() else 2,
    )
    best = keras.models.load_model(run_dir / HEAD_NAME, compile=False)
    with_own_head(model, best).save(run_dir / MODEL_NAME)
    return run_dir / MODEL_NAME


def feature_reader(model: keras.Model) -> Callable[[OwnFile], NDArray[np.float32]]:
    """What gives `[strips, steps, features]` of a file, as the model's branches see it."""
    parts = parts_of(model)

    def see(file: OwnFile) -> NDArray[np.float32]:
        rows = list(_strips(file))
        batches = (rows[i : i + ROWS_AT_ONCE] for i in range(0, len(rows), ROWS_AT_ONCE))
        if file.is_signal:
            seen = [parts.signal_branch(np.stack(batch), training=False) for batch in batches]
        else:
            seen = [
                parts.image_branch(np.stack(batch), training=False)["features"] for batch in batches
            ]
        return np.concatenate([np.asarray(part) for part in seen])

    return see


def class_reader(model: keras.Model) -> Callable[[OwnFile], NDArray[np.float64]]:
    """What gives the probability of each new class of a file: the mean over its strips.

    Raises:
        InputError: `no_new_classes` for a model without a head of its own.
    """
    if not class_names_of(model):
        raise InputError("no_new_classes", "The model has no head for classes of your own.")
    see, head = feature_reader(model), model.get_layer("own_head")
    return lambda file: np.asarray(head(see(file), training=False), np.float64).mean(axis=0)


def _strips(file: OwnFile) -> Iterator[NDArray]:
    """Strips of ten seconds: of a signal evenly spaced, its leads in turn; all of a picture."""
    if isinstance(file.content, PaperStrips):
        yield from (strip.grey[..., None] for strip in file.content.strips)
        return
    recording = file.recording
    signal = resample(recording.signal_mv, recording.sampling_rate_hz, SAMPLING_RATE_HZ)
    missing = max(0, STRIP_SAMPLES - len(signal))
    signal = np.pad(bridge_gaps(signal), ((0, missing), (0, 0)), mode="edge")
    wanted = min(STRIPS_PER_FILE, len(signal) // STRIP_SAMPLES)
    starts = np.linspace(0, len(signal) - STRIP_SAMPLES, wanted).astype(int)
    for number, start in enumerate(starts.tolist()):
        yield signal[start : start + STRIP_SAMPLES, number % signal.shape[1]]


def _features(
    files: Sequence[OwnFile],
    class_names: tuple[str, ...],
    see: Callable[[OwnFile], NDArray[np.float32]],
) -> Features:
    values = [see(file) for file in files]
    of_file = [class_names.index(file.label.new_class) for file in files]
    classes = np.repeat(of_file, [len(part) for part in values])
    counts = np.bincount(classes, minlength=len(class_names))
    weights = len(classes) / (len(class_names) * np.maximum(counts, 1))
    return Features(np.concatenate(values), classes, weights[classes].astype(np.float32))


def _check_classes(
    class_names: tuple[str, ...], training: Sequence[OwnFile], validation: Sequence[OwnFile]
) -> None:
    for name in class_names:
        for side, part in (("learn from", training), ("hold out", validation)):
            if not any(file.label.new_class == name for file in part):
                raise InputError(
                    "class_missing",
                    f"Expected a patient of class '{name}' to {side}. Received none: label more "
                    "patients, or choose another fold in the configuration.",
                )
