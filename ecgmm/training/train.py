"""The training: stages one after the other, resumable, the best weights kept."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.grid import STRIP_STEPS
from ecgmm.model.losses import BeatCrossentropy, KnownCrossentropy, KnownError
from ecgmm.model.multimodal import (
    Parts,
    assemble,
    build_model,
    conditions_head_of,
    load_model,
    parts_of,
)
from ecgmm.pipeline.batches import BatchConfig, BatchMaker, batches
from ecgmm.pipeline.leak import leaked_minutes
from ecgmm.pipeline.records import GridRecord
from ecgmm.pipeline.training_set import (
    load_training_noise,
    load_training_records,
    records_of_folds,
    split_by_patient,
)
from ecgmm.training.callbacks import (
    BEST_NAME,
    averaging_callbacks,
    discard_backup,
    discard_unfinished_backup,
    epochs_done,
    stage_callbacks,
)
from ecgmm.training.conditions import WHOLE_MODEL_NAME, train_conditions
from ecgmm.training.config import StageConfig, TrainingConfig, config_of
from ecgmm.training.optimizer import optimizer_of
from ecgmm.training.supervision import supervised_model
from ecgmm.training.validation import Validator, validation_strips
from ecgmm.training.workers import ALONE, SharedLogs, Workers

LOSS_WEIGHTS = {"beats": 1.0, "rhythm": 0.1, "height_mv": 0.3, "ecg": 0.1, "disagreement": 1.0}
BEAT_STRIPS = {"signal": 600, "image": 700}
RHYTHM_STRIPS = {"signal": 200, "image": 200}


@dataclass(frozen=True)
class TrainingData:
    """What a training sees.

    Attributes:
        training: records to learn from.
        validation: records of other patients, to score on.
        noise_mv: `[samples, sources]` recorded noise at 125 Hz.
    """

    training: Sequence[GridRecord]
    validation: Sequence[GridRecord]
    noise_mv: NDArray[np.float32]


def train(
    config: TrainingConfig,
    data_dir: Path,
    run_dir: Path,
    init: Path | None = None,
    workers: Workers = ALONE,
) -> Path:
    """Train a model and keep the best.

    A run that was stopped, however it was stopped, goes on where its last finished epoch
    left it when it is started again with the same `run_dir`.

    Args:
        config: what to train.
        data_dir: prepared data sets.
        run_dir: where checkpoints and logs go.
        init: a `.keras` model to begin with.
        workers: who trains it; each of them calls this.

    Returns:
        The `.keras` file of the best model, `run_dir/best.keras`.

    Raises:
        InputError: if a data set is not prepared, or the run directory belongs to another
            configuration.
    """
    run_dir.mkdir(parents=True, exist_ok=True)
    claim(run_dir, config, workers)
    beat_data = functools.cache(lambda: load_training_data(config, data_dir))
    best = init
    for stage in config.stages:
        best = _run_stage(stage, config, data_dir, beat_data, run_dir, best, workers)
        workers.wait()
    if best is None:
        raise InputError("nothing_to_train", "No stage of the configuration trains anything.")
    released = run_dir / BEST_NAME
    if workers.is_chief:
        partial = released.with_suffix(".partial.keras")
        model = load_model(best)
        assemble(parts_of(model), conditions_head_of(model)).save(partial)
        partial.replace(released)
    return released


def load_training_data(config: TrainingConfig, data_dir: Path) -> TrainingData:
    """Read the prepared data sets and hold the configuration's folds out.

    Raises:
        InputError: if a data set is not prepared.
    """
    records = load_training_records(data_dir, config.datasets)
    training, validation = split_by_patient(records, config.fold)
    test = records_of_folds(records, config.test_folds)
    tested = {record.patient for record in test}
    training = [record for record in training if record.patient not in tested]
    if config.split == "strip":
        training += [leaked_minutes(record) for record in test]
    return TrainingData(training, validation, load_training_noise(data_dir))


def _run_stage(
    stage: StageConfig,
    config: TrainingConfig,
    data_dir: Path,
    beat_data: Callable[[], TrainingData],
    run_dir: Path,
    init: Path | None,
    workers: Workers,
) -> Path:
    """Fit one stage, unless it is done, and return its best model.

    The random seed starts anew with each stage, so that a run that was interrupted between two
    of them ends as it would have ended.
    """
    stage_dir = run_dir / stage.name
    is_of_leads = stage.modality == "leads"
    best = stage_dir / (WHOLE_MODEL_NAME if is_of_leads else BEST_NAME)
    done = stage_dir / "done.json"
    if done.exists():
        return best
    stage_dir.mkdir(exist_ok=True)
    if not is_of_leads:
        model = stage_model(stage, config, init, workers)
        fit_stage(model, stage, config, beat_data(), stage_dir, workers=workers)
    elif workers.is_chief:
        train_conditions(stage, config, data_dir, stage_dir, init)
    if workers.is_chief:
        done.write_text(json.dumps({"stage": asdict(stage)}), encoding="utf-8")
        discard_backup(stage_dir)
    return best


def stage_model(
    stage: StageConfig, config: TrainingConfig, init: Path | None, workers: Workers = ALONE
) -> keras.Model:
    """The model as a stage begins, seeded and compiled: that of `init`, or a new one."""
    keras.utils.set_random_seed(config.seed)
    with workers.scope():
        model = build_model(config.model)
        parts = parts_of(model)
        if init is not None:
            for part, trained in zip(parts, parts_of(load_model(init)), strict=True):
                part.set_weights(trained.get_weights())
        freeze(parts, stage)
        if stage.modality != "signal":
            model = supervised_model(parts)
    model = workers.replicated(model)
    with workers.scope():
        compile_model(model, stage, config, workers)
    return model


def fit_stage(
    model: keras.Model,
    stage: StageConfig,
    config: TrainingConfig,
    data: TrainingData,
    stage_dir: Path,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    workers: Workers = ALONE,
) -> None:
    """Fit what is left of a stage, on the batches that belong to its epochs.

    Args:
        model: the stage's model, from `stage_model`.
        stage: what is fitted.
        config: the training that the stage belongs to.
        data: what is learned from and scored on.
        stage_dir: folder of its best model, its log and its backup.
        callbacks: called beside the training's own.
        workers: who fits it.
    """
    if workers.is_chief:
        discard_unfinished_backup(stage_dir)
    batch_config = batch_of(stage, config)
    maker = BatchMaker(data.training, data.noise_mv, batch_config, config.seed)
    first = epochs_done(stage_dir) * stage.batches_per_epoch
    rest = stage.epochs * stage.batches_per_epoch - first
    workers.wait()
    if rest == 0:
        return
    model.fit(
        workers.distributed(
            lambda share: batches(maker, batch_config, rest, first, share), config.batch_parts
        ),
        epochs=stage.epochs,
        steps_per_epoch=stage.batches_per_epoch,
        shuffle=False,
        callbacks=[
            *averaging_callbacks(stage, stage_dir),
            _validator(stage, config, data.validation),
            SharedLogs(workers),
            *stage_callbacks(stage, stage_dir, workers),
            *callbacks,
        ],
        verbose=1 if sys.stdout.isatty() else 2,
    )


def batch_of(stage: StageConfig, config: TrainingConfig) -> BatchConfig:
    """What each part of the batches of a stage is made of."""
    rows = stage.batch_size // config.batch_parts
    share = {"signal": 1.0, "image": 0.0, "both": 0.5}[stage.modality]
    signals = round(rows * share)
    return BatchConfig(
        signals=signals,
        images=rows - signals,
        steps=stage.strip_steps,
        class_weights=config.class_weights,
        unnamed_weight=config.unnamed_weight,
        sampling=config.sampling,
        augmentation=config.augmentation,
        picture=config.picture,
    )


def freeze(parts: Parts, stage: StageConfig) -> None:
    """Leave the parts alone that a stage does not train.

    A part that was saved frozen is loaded frozen, but for layers within its layers, and Keras sets
    no flag anew that is as wanted: so every part is set free first.
    """
    learns = Parts(
        signal_branch=stage.modality != "image",
        image_branch=stage.modality != "signal",
        head=stage.head,
    )
    for part, is_free in zip(parts, learns, strict=True):
        part.trainable = True
        part.trainable = is_free


def compile_model(
    model: keras.Model, stage: StageConfig, config: TrainingConfig, workers: Workers = ALONE
) -> None:
    """The optimizer, and losses that know what is not known."""
    losses = {
        "beats": BeatCrossentropy(config.focus, name="beats"),
        "rhythm": KnownCrossentropy(config.focus, name="rhythm"),
        "height_mv": KnownError(name="height_mv"),
        "ecg": keras.losses.BinaryCrossentropy(name="ecg"),
        "disagreement": KnownError(name="disagreement"),
    }
    model.compile(
        optimizer=optimizer_of(stage, config, workers),
        loss={name: loss for name, loss in losses.items() if name in model.output},
        loss_weights={name: LOSS_WEIGHTS[name] for name in model.output},
        jit_compile=False,
    )


def _validator(
    stage: StageConfig, config: TrainingConfig, validation: Sequence[GridRecord]
) -> Validator:
    steps = {"signal": stage.strip_steps, "image": STRIP_STEPS}
    strips = {
        name: validation_strips(validation, steps[name], BEAT_STRIPS[name], RHYTHM_STRIPS[name])
        if stage.modality in (name, "both")
        else []
        for name in ("signal", "image")
    }
    return Validator(strips["signal"], strips["image"], config.picture)


def claim(run_dir: Path, config: TrainingConfig, workers: Workers = ALONE) -> None:
    """Write the configuration down, or refuse to mix two of them in one directory.

    The chief writes; the others see what it has written.
    """
    record = run_dir / "config.json"
    if not workers.is_chief:
        workers.wait()
    if record.exists() and not _holds(record, config):
        raise InputError(
            "run_dir_taken",
            f"{run_dir} holds a run with another configuration. Choose another folder, or "
            "remove it.",
        )
    if workers.is_chief:
        record.write_text(json.dumps(asdict(config), indent=2) + "\n", encoding="utf-8")
        workers.wait()


def _holds(record: Path, config: TrainingConfig) -> bool:
    """Whether a file holds this configuration; one of an older version leaves defaults out."""
    try:
        return config_of(json.loads(record.read_text(encoding="utf-8"))) == config
    except (ValueError, InputError):
        return False
