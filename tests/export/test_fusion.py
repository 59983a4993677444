"""What is served computes what was trained, in fewer and faster steps."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from ecgmm.export.frozen import frozen
from ecgmm.export.fused_layers import (
    FusedConv1D,
    FusedDense,
    FusedLayerNormalization,
    RunningSumConditioner,
)
from ecgmm.export.fused_lstm import FusedBidirectionalLSTM
from ecgmm.export.fusion import fuse_layers
from ecgmm.model.layers import SignalConditioner

layers = keras.layers
LSTM = partial(layers.LSTM, 4)
FASTER = [
    (FusedConv1D, lambda: layers.Conv1D(5, 3, padding="same", dilation_rate=8, activation="relu")),
    (FusedConv1D, lambda: layers.Conv1D(5, 10, padding="same", strides=5)),
    (FusedConv1D, lambda: layers.Conv1D(5, 4, padding="valid", use_bias=False)),
    (FusedDense, lambda: layers.Dense(5, activation="softmax")),
    (FusedLayerNormalization, lambda: layers.LayerNormalization()),
    (FusedBidirectionalLSTM, lambda: layers.Bidirectional(LSTM(return_sequences=True))),
]
AS_THEY_ARE = [
    lambda: layers.Conv1D(6, 3, padding="causal"),
    lambda: layers.Conv1D(6, 3, groups=3),
    lambda: layers.LayerNormalization(center=False),
    lambda: layers.Bidirectional(LSTM(return_sequences=False)),
    lambda: layers.Bidirectional(LSTM(return_sequences=True), merge_mode="sum"),
    lambda: layers.Bidirectional(layers.GRU(4, return_sequences=True)),
]


def part_with(layer: keras.layers.Layer) -> keras.Model:
    """A part of a model: one layer with weights that are not those it was born with."""
    inputs = keras.Input((None, 6))
    part = keras.Model(inputs, layer(inputs))
    rng = np.random.default_rng(7)
    part.set_weights([rng.normal(size=weight.shape) for weight in part.get_weights()])
    return part


def features() -> np.ndarray:
    return np.random.default_rng(8).normal(3.0, 2.0, (3, 50, 6)).astype(np.float32)


@pytest.mark.parametrize(("fused", "make"), FASTER)
def test_a_faster_layer_computes_what_the_trained_one_does(
    fused: type, make: Callable[[], Any]
) -> None:
    part = part_with(make())
    served = fuse_layers(part)
    assert isinstance(served.layers[-1], fused)
    np.testing.assert_allclose(served(features()), part(features()), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("make", AS_THEY_ARE)
def test_a_layer_without_a_faster_form_stays(make: Callable[[], Any]) -> None:
    part = part_with(make())
    assert fuse_layers(part).layers[-1] is part.layers[-1]


@pytest.mark.parametrize("samples", [1250, 3750, 100_000])
def test_the_baseline_is_the_moving_average_however_long_and_far_off_the_signal(
    samples: int,
) -> None:
    rng = np.random.default_rng(9)
    signal = (rng.normal(size=(2, samples)).cumsum(axis=1) * 0.01 + 5.0).astype(np.float32)
    trained, served = SignalConditioner(), RunningSumConditioner()
    np.testing.assert_allclose(served(signal), trained(signal), rtol=1e-4, atol=1e-4)


def test_a_frozen_function_keeps_its_answers_and_gives_up_its_variables() -> None:
    weight = tf.Variable([2.0, 3.0])

    @tf.function(input_signature=[tf.TensorSpec((None, 2), tf.float32, name="x")])
    def scaled(x: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"rows": tf.map_fn(lambda row: row * weight, x)}

    constant = frozen(scaled)
    weight.assign([0.0, 0.0])
    assert constant(tf.constant([[1.0, 10.0]]))["rows"].numpy().tolist() == [[2.0, 30.0]]
    assert constant.get_concrete_function().variables == ()
