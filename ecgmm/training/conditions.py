"""The stage that learns conditions from sets of leads, beside branches and head that stay."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from ecgmm.conditions import SUPERCLASSES
from ecgmm.grid import STRIP_STEPS
from ecgmm.leads import LEADS
from ecgmm.model.condition_probabilities import UNCHOSEN
from ecgmm.model.conditions_head import build_conditions_head, calibrated_head
from ecgmm.model.config import ModelConfig
from ecgmm.model.multimodal import (
    assemble,
    build_model,
    conditions_head_of,
    load_model,
    parts_of,
)
from ecgmm.pipeline.lead_batches import LeadBatch, LeadBatchMaker
from ecgmm.pipeline.lead_dataset import Teach, lead_dataset
from ecgmm.pipeline.lead_records import (
    TRAINING_FOLDS,
    VALIDATION_FOLDS,
    LeadRecords,
    load_lead_records,
)
from ecgmm.pipeline.lead_traces import LeadTraces, traced
from ecgmm.scoring.condition_scores import LEAST_CASES
from ecgmm.scoring.multilabel import best_f1_threshold, fit_platt, macro_auroc, with_platt
from ecgmm.training.callbacks import (
    BEST_NAME,
    WATCHED,
    averaging_callbacks,
    discard_unfinished_backup,
    epochs_done,
    stage_callbacks,
)
from ecgmm.training.config import StageConfig, TrainingConfig
from ecgmm.training.optimizer import optimizer_of

ROWS_PER_CALL = 64
"""A call's memory; what is read does not depend on it."""
WHOLE_MODEL_NAME = "model.keras"
TRACES_NAME = "traces.npz"


def train_conditions(
    stage: StageConfig, config: TrainingConfig, data_dir: Path, stage_dir: Path, init: Path | None
) -> Path:
    """Fit what is left of the stage, calibrate the best head, and join it to the model.

    Args:
        stage: what is fitted.
        config: the training that it belongs to.
        data_dir: where PTB-XL is prepared.
        stage_dir: folder of its best head, its log and its backup.
        init: the model whose branches and head stay as they are; new ones where there is none.

    Returns:
        The whole model, `WHOLE_MODEL_NAME`.

    Raises:
        InputError: if PTB-XL is not prepared.
    """
    validation = load_lead_records(data_dir, VALIDATION_FOLDS)
    model = build_model(config.model) if init is None else load_model(init)
    training = chosen_records(load_lead_records(data_dir, TRAINING_FOLDS), config)
    teachers = train_teachers(stage, config, training, validation, stage_dir)
    maker = LeadBatchMaker(
        training,
        config.leads,
        config.seed,
        stage.batch_size,
        stage.strip_steps,
        kept_traces(model, training, config, stage_dir),
    )
    teach = taught_by(teachers) if teachers else None
    fit_conditions(stage, config, maker, validation, stage_dir, conditions_head_of(model), teach)
    trained = keras.models.load_model(stage_dir / BEST_NAME, compile=False)
    whole = assemble(parts_of(model), calibrated_on(trained, config.model, validation))
    path = stage_dir / WHOLE_MODEL_NAME
    whole.save(path.with_suffix(".partial.keras"))
    return path.with_suffix(".partial.keras").replace(path)


def chosen_records(records: LeadRecords, config: TrainingConfig) -> LeadRecords:
    """The records that are learned from, with what is learned of them."""
    count = config.leads.records or len(records)
    order = np.random.default_rng(config.seed).permutation(len(records))
    chosen = np.sort(order[:count])
    conditions = records.conditions[chosen].copy()
    if not config.leads.auxiliary:
        conditions[:, len(SUPERCLASSES) :] = 0
    return LeadRecords(records.signal_uv[chosen], conditions)


def train_teachers(
    stage: StageConfig,
    config: TrainingConfig,
    training: LeadRecords,
    validation: LeadRecords,
    stage_dir: Path,
) -> list[keras.Model]:
    """Heads of other seeds, each learned from the labels of records as they were recorded."""
    teachers = []
    leads = replace(config.leads, printed_share=0.0)
    for number in range(1, stage.teachers + 1):
        seed = config.seed + number
        maker = LeadBatchMaker(training, leads, seed, stage.batch_size, stage.strip_steps)
        teacher_dir = stage_dir / f"teacher-{number}"
        teacher_dir.mkdir(exist_ok=True)
        fit_conditions(stage, replace(config, seed=seed), maker, validation, teacher_dir)
        teachers.append(keras.models.load_model(teacher_dir / BEST_NAME, compile=False))
    return teachers


def taught_by(teachers: Sequence[keras.Model]) -> Teach:
    """The mean of what a batch's records have and what teachers, who see all of it, say."""

    def teach(batch: LeadBatch) -> NDArray[np.float32]:
        shown = {"leads_mv": batch.recorded_mv, "seen": np.ones_like(batch.seen)}
        said = np.mean([teacher.predict_on_batch(shown) for teacher in teachers], axis=0)
        return ((batch.conditions + said) / 2).astype(np.float32)

    return teach


def kept_traces(
    model: keras.Model, records: LeadRecords, config: TrainingConfig, stage_dir: Path
) -> LeadTraces | None:
    """Some of the records as the model's CNN branch reads them from paper, kept for a resumed fit.

    None where the training shows none.
    """
    if not config.leads.printed_share:
        return None
    path = stage_dir / TRACES_NAME
    if path.exists():
        with np.load(path) as kept:
            return LeadTraces(kept["record"], kept["trace_uv"])
    branch = parts_of(model).image_branch
    tracer = keras.Model(branch.input, branch.output["height_mv"])
    traces = traced(
        records, config.leads.printed_records, config.picture, config.seed, tracer.predict_on_batch
    )
    partial = path.with_suffix(".partial.npz")
    np.savez(partial, record=traces.record, trace_uv=traces.trace_uv)
    partial.replace(path)
    return traces


def fit_conditions(
    stage: StageConfig,
    config: TrainingConfig,
    maker: LeadBatchMaker,
    validation: LeadRecords,
    stage_dir: Path,
    known: keras.Model | None = None,
    teach: Teach | None = None,
) -> None:
    """Fit a head for conditions, on the batches that belong to the epochs that are left.

    Args:
        stage: what is fitted.
        config: the training that it belongs to.
        maker: makes the batches to learn from.
        validation: records of other patients, which choose the epoch.
        stage_dir: folder of the best head, the log and the backup.
        known: a head of the same sizes to begin with.
        teach: see `lead_dataset`.
    """
    keras.utils.set_random_seed(config.seed)
    head = build_conditions_head(config.model, stage.compute_dtype)
    if known is not None:
        head.set_weights(known.get_weights())
    head.compile(
        optimizer=optimizer_of(stage, config),
        loss="binary_crossentropy",
        jit_compile=keras.backend.backend() == "jax",
    )
    discard_unfinished_backup(stage_dir)
    first = epochs_done(stage_dir) * stage.batches_per_epoch
    rest = stage.epochs * stage.batches_per_epoch - first
    if rest == 0:
        return
    head.fit(
        lead_dataset(maker, rest, first, teach),
        epochs=stage.epochs,
        steps_per_epoch=stage.batches_per_epoch,
        shuffle=False,
        callbacks=[
            *averaging_callbacks(stage, stage_dir),
            ConditionsValidator(validation),
            *stage_callbacks(stage, stage_dir),
        ],
        verbose=1 if sys.stdout.isatty() else 2,
    )


class ConditionsValidator(keras.callbacks.Callback):
    """Scores held-out records after each epoch: macro AUROC of superclasses and of conditions.

    It has to come before every callback that watches `val_score`, the mean of the two.

    Args:
        records: read from all twelve leads, all ten seconds.
    """

    def __init__(self, records: LeadRecords) -> None:
        super().__init__()
        self._records = records

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Score, and tell the callbacks that follow."""
        logs = {} if logs is None else logs
        probabilities = read_conditions(self.model, self._records)
        truth, classes = self._records.conditions, len(SUPERCLASSES)
        logs["val_superclass_auroc"] = macro_auroc(truth[:, :classes], probabilities[:, :classes])
        logs["val_auroc"] = macro_auroc(truth, probabilities)
        logs[WATCHED] = (logs["val_superclass_auroc"] + logs["val_auroc"]) / 2


def read_conditions(
    head: keras.Model, records: LeadRecords, seen: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """`[records, conditions]` probabilities.

    Args:
        head: the head for conditions.
        records: what is read.
        seen: `[12, 250]`, what of the records is shown; all of them by default.
    """
    if seen is None:
        seen = np.ones((len(LEADS), STRIP_STEPS), np.float32)
    answers = []
    for first in range(0, len(records), ROWS_PER_CALL):
        leads_mv = records.leads_mv(slice(first, first + ROWS_PER_CALL))
        shown = np.broadcast_to(seen, (len(leads_mv), *seen.shape))
        answers.append(head.predict_on_batch({"leads_mv": leads_mv, "seen": shown}))
    return np.concatenate(answers)


def calibrated_on(trained: keras.Model, config: ModelConfig, records: LeadRecords) -> keras.Model:
    """The head with logits and thresholds fitted on held-out records.

    Logits are fitted by Platt's method, thresholds for the best F1 of each condition; with fewer
    than five cases to choose one by, a condition is called where it is likelier than not.
    """
    probabilities, truth = read_conditions(trained, records), records.conditions
    pairs = list(zip(truth.T, probabilities.T, strict=True))
    slopes, offsets = zip(*(fit_platt(*pair) for pair in pairs), strict=True)
    fitted = with_platt(probabilities, slopes, offsets)
    thresholds = [
        best_f1_threshold(*pair) if pair[0].sum() >= LEAST_CASES else UNCHOSEN
        for pair in zip(truth.T, fitted.T, strict=True)
    ]
    return calibrated_head(trained, config, slopes, offsets, thresholds)
