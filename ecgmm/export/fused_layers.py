"""Layers replaced by equal ones that TensorFlow runs in one kernel each, for serving only.

TensorFlow's graph optimiser knows some shapes of graph and puts one kernel in their place. Keras
draws others: a dilated `Conv1D` shuffles time into the batch and back, a `LayerNormalization` is
nine passes over memory, a `Dense` on three axes works its shapes out anew at every call.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from ecgmm.model.layers import BASELINE_WINDOW_SAMPLES, SignalConditioner


class RunningSumConditioner(SignalConditioner):
    """A `SignalConditioner` that takes its moving average from differences of a running sum.

    The sum runs in double precision, so that it loses nothing over a day.
    """

    def baseline(self, signal: Any) -> Any:
        """Moving average of `[batch, samples, 1]`; at the ends, of the samples there are."""
        reach = BASELINE_WINDOW_SAMPLES // 2
        samples = tf.shape(signal)[1]
        padded = tf.pad(tf.cast(signal[..., 0], tf.float64), ((0, 0), (reach + 1, reach)))
        running = tf.cumsum(padded, axis=1)
        sums = running[:, BASELINE_WINDOW_SAMPLES:] - running[:, :-BASELINE_WINDOW_SAMPLES]
        centre = tf.range(samples)
        counts = tf.minimum(centre + reach, samples - 1) - tf.maximum(centre - reach, 0) + 1
        return tf.expand_dims(tf.cast(sums / tf.cast(counts, tf.float64), tf.float32), -1)


class FusedConv1D(keras.layers.Layer):
    """A trained `Conv1D` as a convolution of pictures one pixel high, dilated by the kernel itself.

    Input shape: `[batch, steps, channels]`.
    Output shape: `[batch, new steps, filters]`.
    """

    def __init__(self, trained: keras.layers.Conv1D) -> None:
        super().__init__(name=f"fused_{trained.name}")
        self._trained = trained

    @staticmethod
    def replaces(layer: keras.layers.Conv1D) -> bool:
        """Causal padding and groups of channels are left to Keras."""
        return layer.padding in ("same", "valid") and layer.groups == 1

    def call(self, x: Any) -> Any:
        """Convolve one batch."""
        layer = self._trained
        row = tf.nn.conv2d(
            tf.expand_dims(x, 1),
            tf.expand_dims(layer.kernel, 0),
            strides=(1, *layer.strides),
            padding=layer.padding.upper(),
            dilations=(1, *layer.dilation_rate),
        )
        return tf.squeeze(_activated(layer, row), 1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """As the trained layer says."""
        return self._trained.compute_output_shape(input_shape)


class FusedDense(keras.layers.Layer):
    """A trained `Dense` as one product of two matrices.

    Input shape: `[..., features]`.
    Output shape: `[..., units]`.
    """

    def __init__(self, trained: keras.layers.Dense) -> None:
        super().__init__(name=f"fused_{trained.name}")
        self._trained = trained

    def call(self, x: Any) -> Any:
        """Multiply one batch."""
        layer = self._trained
        product = tf.matmul(tf.reshape(x, (-1, x.shape[-1])), layer.kernel)
        return _with_last_axis(_activated(layer, product), like=x, size=layer.units)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """As the trained layer says."""
        return self._trained.compute_output_shape(input_shape)


class FusedLayerNormalization(keras.layers.Layer):
    """A trained `LayerNormalization` of the last axis as a batch normalisation of its rows.

    This is the form that TensorFlow's optimiser knows as layer normalisation and gives to one
    oneDNN kernel; where there is none, the batch normalisation computes the same.

    Input shape: `[..., features]`.
    Output shape: the same.
    """

    def __init__(self, trained: keras.layers.LayerNormalization) -> None:
        super().__init__(name=f"fused_{trained.name}")
        self._trained = trained

    @staticmethod
    def replaces(layer: keras.layers.LayerNormalization) -> bool:
        """Anything but the scaled and centred normalisation of the last axis is left to Keras."""
        return list(layer.axis) == [-1] and layer.center and layer.scale and not layer.rms_scaling

    def call(self, x: Any) -> Any:
        """Normalise one batch."""
        layer = self._trained
        shape = tf.shape(x)
        rows = tf.reduce_prod(shape[:-1])
        normal = tf.raw_ops.FusedBatchNormV3(
            x=tf.reshape(x, tf.stack([1, rows, x.shape[-1], 1])),
            scale=tf.fill([rows], 1.0),
            offset=tf.fill([rows], 0.0),
            mean=tf.constant([], tf.float32),
            variance=tf.constant([], tf.float32),
            epsilon=layer.epsilon,
            data_format="NCHW",
            is_training=True,
        )
        return tf.reshape(normal.y, shape) * layer.gamma + layer.beta

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Shapes stay."""
        return input_shape


def _activated(layer: Any, x: tf.Tensor) -> tf.Tensor:
    if layer.use_bias:
        x = tf.nn.bias_add(x, layer.bias)
    return x if layer.activation is None else layer.activation(x)


def _with_last_axis(rows: tf.Tensor, *, like: tf.Tensor, size: int) -> tf.Tensor:
    return tf.reshape(rows, tf.concat([tf.shape(like)[:-1], [size]], axis=0))
