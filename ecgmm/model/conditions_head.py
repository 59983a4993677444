"""The part of the head that looks at a set of leads: what the heart has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import layers

from ecgmm.conditions import CONDITION_CODES
from ecgmm.grid import SAMPLES_PER_STEP
from ecgmm.leads import LEADS
from ecgmm.model.condition_probabilities import ConditionProbabilities
from ecgmm.model.config import ModelConfig
from ecgmm.model.leads import (
    AnySeen,
    CompleteLimbLeads,
    MaskedMillivolts,
    SamplesOfSteps,
    SeenPooling,
)

POOLED_STEPS = 2
CONDITIONS_HEAD = "conditions_head"
LOGITS = "logits"
_MOMENTUM = 0.98


def build_conditions_head(
    config: ModelConfig, compute_dtype: str = "float32", thresholds: Sequence[float] = ()
) -> keras.Model:
    """Leads in millivolts in, a probability of every condition out.

    A convolution over the leads that are seen at each moment is a matrix a lead, summed, divided
    by how many there are. A residual block at 125 Hz reads the waves, residual blocks at 25 and
    12.5 steps a second how they follow each other; mean and maximum over the time that
    was seen say what there is in all of it. Batch normalisation, unlike the layer
    normalisation of the branches, keeps voltages apart.

    Inputs (a dict): `leads_mv` `[batch, 12, samples]` in the order of `leads.LEADS`,
    samples a multiple of 5; `seen` `[batch, 12, samples / 5]`, 1 at steps where a lead was
    recorded, whatever it holds elsewhere.
    Output: `[batch, conditions]`, probabilities in the order of `conditions.CONDITION_CODES`,
    each of its own.

    Args:
        config: sizes.
        compute_dtype: of the convolutions; `"bfloat16"` trains twice as fast where the processor
            knows it. Weights are float32 either way.
        thresholds: see `ConditionProbabilities`.
    """
    dtype = "float32" if compute_dtype == "float32" else f"mixed_{compute_dtype}"
    leads_mv = keras.Input((len(LEADS), None), name="leads_mv")
    seen = keras.Input((len(LEADS), None), name="seen")
    seen_samples = SamplesOfSteps(name="seen_samples")(seen)
    x = MaskedMillivolts(name="millivolts")(
        CompleteLimbLeads(name="limb_leads")([leads_mv, seen_samples])
    )
    x = _convolution(x, config.wave_filters, 9, dtype)
    x = _residual_block(x, 7, dtype)
    x = _convolution(
        x, config.condition_filters[0], 2 * SAMPLES_PER_STEP, dtype, strides=SAMPLES_PER_STEP
    )
    for _ in range(config.condition_blocks):
        x = _residual_block(x, 3, dtype)
    x = _convolution(x, config.condition_filters[1], 3, dtype, strides=POOLED_STEPS)
    for _ in range(config.condition_blocks):
        x = _residual_block(x, 3, dtype)
    pooled = SeenPooling(name="pool")([x, AnySeen(POOLED_STEPS, name="any_seen")(seen)])
    pooled = layers.Dropout(config.condition_dropout)(pooled)
    logits = layers.Dense(len(CONDITION_CODES), name=LOGITS)(pooled)
    conditions = ConditionProbabilities(thresholds, name="conditions")(logits)
    return keras.Model({"leads_mv": leads_mv, "seen": seen}, conditions, name=CONDITIONS_HEAD)


def calibrated_head(
    trained: keras.Model,
    config: ModelConfig,
    slopes: Sequence[float],
    offsets: Sequence[float],
    thresholds: Sequence[float],
) -> keras.Model:
    """A trained head in float32 whose logits are stretched and shifted (Platt 1999).

    Args:
        trained: a head of `build_conditions_head`, whatever it computed in.
        config: its sizes.
        slopes: factor of each condition's logit.
        offsets: what is added to each after that.
        thresholds: the least probability at which each condition is called present.
    """
    head = build_conditions_head(config, thresholds=thresholds)
    head.set_weights(trained.get_weights())
    logits = head.get_layer(LOGITS)
    kernel, bias = logits.get_weights()
    logits.set_weights([kernel * np.asarray(slopes), bias * np.asarray(slopes) + offsets])
    return head


def thresholds_of(head: keras.Model) -> tuple[float, ...]:
    """From which probability on each condition is called present."""
    return head.get_layer("conditions").thresholds


def _convolution(x: Any, filters: int, kernel_size: int, dtype: str, strides: int = 1) -> Any:
    return layers.ReLU(dtype=dtype)(_normalised(x, filters, kernel_size, dtype, strides))


def _normalised(x: Any, filters: int, kernel_size: int, dtype: str, strides: int = 1) -> Any:
    x = layers.Conv1D(
        filters, kernel_size, strides=strides, padding="same", use_bias=False, dtype=dtype
    )(x)
    return layers.BatchNormalization(momentum=_MOMENTUM)(x)


def _residual_block(x: Any, kernel_size: int, dtype: str) -> Any:
    """Two convolutions and the input added back."""
    filters = x.shape[-1]
    y = _normalised(_convolution(x, filters, kernel_size, dtype), filters, kernel_size, dtype)
    return layers.ReLU(dtype=dtype)(layers.Add(dtype=dtype)([x, y]))
