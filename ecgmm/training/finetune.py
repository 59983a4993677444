"""Fine-tuning the released model on a folder of your own, the best kept and nothing worse."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.grid import SAMPLING_RATE_HZ, STRIP_STEPS
from ecgmm.model.multimodal import assemble, conditions_head_of, load_model, parts_of
from ecgmm.own_data.folder import OwnFile
from ecgmm.pipeline.batches import batches
from ecgmm.pipeline.training_set import load_training_noise
from ecgmm.simulator.disturbances import Noise, noise_mv
from ecgmm.training.callbacks import (
    BEST_NAME,
    averaging_callbacks,
    discard_backup,
    discard_unfinished_backup,
    epochs_done,
    stage_callbacks,
)
from ecgmm.training.config import StageConfig, TrainingConfig
from ecgmm.training.own_batches import OwnBatchMaker
from ecgmm.training.own_set import OwnSet, PictureStrip, own_set, split_files
from ecgmm.training.supervision import supervised_model
from ecgmm.training.train import BEAT_STRIPS, RHYTHM_STRIPS, batch_of, compile_model, freeze
from ecgmm.training.validation import Validator, validation_strips

SIMULATED_NOISE_S = 600
"""Ten minutes: noise for a strip of ten seconds is cut from anywhere in it."""
BEFORE_NAME, DONE_NAME = "before.json", "done.json"


@dataclass(frozen=True)
class Tuned:
    """What a fine-tuning came to.

    Attributes:
        keras_file: the best model; the one it began with where no epoch was better.
        before: validation scores of each stage before its first epoch, by stage.
        after: those of the epoch that was kept.
    """

    keras_file: Path
    before: Mapping[str, Mapping[str, float]]
    after: Mapping[str, Mapping[str, float]]


def finetune(
    files: Sequence[OwnFile], config: TrainingConfig, init: Path, run_dir: Path, data_dir: Path
) -> Tuned:
    """Train on four fifths of the patients and keep what reads the others best.

    A stage of signals is fitted where the folder holds signals, a stage of pictures where it
    holds pictures. Each begins with what the one before came to, and an epoch is kept only when
    it scores higher than that. A run that was stopped goes on when it is started again.

    Args:
        files: the folder.
        config: stages and everything else of the training.
        init: the `.keras` model to begin with.
        run_dir: where checkpoints and logs go.
        data_dir: prepared data sets, for their noise; simulated noise does where it is not there.

    Raises:
        InputError: when there are too few patients, or nothing that a stage can learn from.
    """
    training, validation = (own_set(part) for part in split_files(files, config.fold))
    noise = _noise(data_dir)
    model_file, before, after = init, {}, {}
    for stage in _usable(config.stages, training):
        stage_dir = run_dir / stage.name
        stage_dir.mkdir(parents=True, exist_ok=True)
        if not (stage_dir / DONE_NAME).exists():
            _fit(stage, config, training, validation, noise, model_file, stage_dir)
        scores = json.loads((stage_dir / DONE_NAME).read_text(encoding="utf-8"))
        before[stage.name], after[stage.name] = scores["before"], scores["after"]
        model_file = stage_dir / BEST_NAME
    return Tuned(_released(model_file, init, run_dir), before, after)


def _usable(stages: Sequence[StageConfig], training: OwnSet) -> list[StageConfig]:
    """The stages that the folder has something for."""
    has = {"signal": bool(training.records), "image": bool(training.pictures)}
    usable = [stage for stage in stages if has.get(stage.modality, False)]
    if not usable:
        raise InputError(
            "nothing_to_train",
            "No stage of the configuration is for what the folder holds. Expected a stage of "
            "modality 'signal' for signals, or 'image' for pictures.",
        )
    return usable


def _fit(
    stage: StageConfig,
    config: TrainingConfig,
    training: OwnSet,
    validation: OwnSet,
    noise: NDArray[np.float32],
    init: Path,
    stage_dir: Path,
) -> None:
    """Fit a stage to its end and write down what came of it."""
    keras.utils.set_random_seed(config.seed)
    model = _stage_model(stage, config, init)
    validator = _validator(stage, config, validation)
    before = _scores_before(model, validator, stage_dir)
    discard_unfinished_backup(stage_dir)
    batch_config = batch_of(stage, config)
    pictures = training.pictures if stage.modality == "image" else ()
    maker = OwnBatchMaker(training.records, pictures, noise, batch_config, config.seed)
    first = epochs_done(stage_dir) * stage.batches_per_epoch
    rest = stage.epochs * stage.batches_per_epoch - first
    if rest > 0:
        model.fit(
            batches(maker, batch_config, count=rest, first=first),
            epochs=stage.epochs,
            steps_per_epoch=stage.batches_per_epoch,
            shuffle=False,
            callbacks=[
                *averaging_callbacks(stage, stage_dir),
                validator,
                *_callbacks(stage, stage_dir, before["val_score"]),
            ],
            verbose=1 if sys.stdout.isatty() else 2,
        )
    after = _scores(_plain(load_model(stage_dir / BEST_NAME)), validator)
    described = {"stage": asdict(stage), "before": before, "after": after}
    (stage_dir / DONE_NAME).write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
    discard_backup(stage_dir)


def _stage_model(stage: StageConfig, config: TrainingConfig, init: Path) -> keras.Model:
    """The model to begin with, only the branch of the stage free to learn; the head stays."""
    model = _plain(load_model(init))
    parts = parts_of(model)
    freeze(parts, replace(stage, head=False))
    if stage.modality == "image":
        model = supervised_model(parts)
    compile_model(model, stage, config)
    return model


def _scores_before(model: keras.Model, validator: Validator, stage_dir: Path) -> dict[str, float]:
    """Score what the stage begins with, and keep it as the best so far; once."""
    record = stage_dir / BEFORE_NAME
    if not record.exists():
        scores = _scores(model, validator)
        model.save(stage_dir / BEST_NAME)
        record.write_text(json.dumps(scores, indent=2) + "\n", encoding="utf-8")
    return dict(json.loads(record.read_text(encoding="utf-8")))


def _scores(model: keras.Model, validator: Validator) -> dict[str, float]:
    validator.set_model(model)
    logs: dict[str, float] = {}
    validator.on_epoch_end(-1, logs)
    return {name: round(float(value), 4) for name, value in logs.items()}


def _callbacks(
    stage: StageConfig, stage_dir: Path, score_before: float
) -> list[keras.callbacks.Callback]:
    """Those of any stage; only what is better than the beginning is kept."""
    callbacks = stage_callbacks(stage, stage_dir)
    for callback in callbacks:
        if isinstance(callback, keras.callbacks.ModelCheckpoint):
            callback.best = max(score_before, callback.best or 0.0)
    return callbacks


def _validator(stage: StageConfig, config: TrainingConfig, validation: OwnSet) -> Validator:
    """Scores held-out signals, and held-out pictures or, without any, prints of the signals."""
    name = stage.modality
    steps = stage.strip_steps if name == "signal" else STRIP_STEPS
    pictures = validation.pictures if name == "image" else ()
    strips = (
        []
        if pictures
        else validation_strips(validation.records, steps, BEAT_STRIPS[name], RHYTHM_STRIPS[name])
    )
    if not strips and not pictures:
        raise InputError(
            "nothing_to_validate",
            f"The held-out patients have nothing that the stage '{stage.name}' could be scored "
            "on. Choose another fold in the configuration.",
        )
    validator = Validator(
        strips if name == "signal" else [], strips if name == "image" else [], config.picture
    )
    if pictures:
        validator.add_pictures(*_rows(pictures))
    return validator


def _rows(pictures: Sequence[PictureStrip]) -> tuple[list, NDArray[np.uint8]]:
    return [strip.truth for strip in pictures], np.stack([p.grey for p in pictures])[..., None]


def _plain(model: keras.Model) -> keras.Model:
    """The functional model of beats and rhythm, whatever it was trained with."""
    return assemble(parts_of(model))


def _released(best: Path, init: Path, run_dir: Path) -> Path:
    """The tuned branches with the heads that the model began with."""
    released = run_dir / BEST_NAME
    partial = released.with_suffix(".partial.keras")
    conditions_head = conditions_head_of(load_model(init))
    assemble(parts_of(load_model(best)), conditions_head).save(partial)
    return partial.replace(released)


def _noise(data_dir: Path) -> NDArray[np.float32]:
    """Recorded noise where it is prepared, simulated muscle noise and wander where not."""
    try:
        return load_training_noise(data_dir)
    except InputError:
        samples = SIMULATED_NOISE_S * SAMPLING_RATE_HZ
        rng = np.random.default_rng(0)
        heart = np.full((samples, 2), 0.2)
        disturbed = Noise(baseline_wander_mv=0.3, mains_mv=0.05, muscle_snr_db=6.0)
        return noise_mv(disturbed, heart, SAMPLING_RATE_HZ, rng).astype(np.float32)
