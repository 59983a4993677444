"""What the trainings of the small networks that OpenCV runs have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

_LAST_SHARE = 0.01
"""Of the highest learning rate, which the last step still has."""


def convolution(x: Any, filters: int, size: int | tuple[int, int], **options: Any) -> Any:
    """A convolution that keeps the size, and the normalization of what it gives.

    Args:
        x: `[batch, rows, columns, channels]`.
        filters: how many channels it gives.
        size: of its kernel.
        **options: of `keras.layers.Conv2D`.
    """
    from keras import layers

    x = layers.Conv2D(filters, size, padding="same", use_bias=False, **options)(x)
    return layers.BatchNormalization(momentum=0.97)(x)


def learning_rate_at(done: float, step: int, *, highest: float, warm_up_steps: int) -> float:
    """The learning rate of a step: it rises at first, and falls as a cosine does.

    Args:
        done: the share of the training that is done, from 0 to 1.
        step: number of the step, from 0.
        highest: the learning rate to which it rises.
        warm_up_steps: over how many steps it rises.
    """
    warm, cool = min(1.0, (step + 1) / warm_up_steps), np.cos(np.pi / 2 * done) ** 2
    return float(highest * warm * (_LAST_SHARE + (1 - _LAST_SHARE) * cool))


def training_step(
    network: keras.Model, loss: Callable[..., Any], optimizer: keras.optimizers.Optimizer
) -> Callable[..., Any]:
    """A function that learns from one batch and gives its loss.

    Its arguments are what the network is given, and what `loss` takes after the answers.
    """
    import tensorflow as tf

    @tf.function(reduce_retracing=True)
    def step(given: Any, *wanted: Any) -> Any:
        with tf.GradientTape() as tape:
            value = loss(network(given, training=True), *wanted)
        gradients = tape.gradient(value, network.trainable_variables)
        optimizer.apply_gradients(zip(gradients, network.trainable_variables, strict=True))
        return value

    return step
