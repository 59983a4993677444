"""What the CNN branch says of a picture beside its features: is it an ECG, where is its trace."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from ecgmm.grid import MM_PER_MV, PIXELS_PER_MM, SAMPLES_PER_STEP, STRIP_HEIGHT_PX
from ecgmm.model.config import ModelConfig
from ecgmm.model.precision import precise

STRIP_HEIGHT_MV = STRIP_HEIGHT_PX / PIXELS_PER_MM / MM_PER_MV


def trace_heights(cells: Any, features: Any, config: ModelConfig) -> Any:
    """Height of the trace at every sample.

    Where ink is comes from the fine cells, which ink is the trace from the features.

    Args:
        cells: `[batch, rows, steps, channels]`, cells of the paper from top to bottom.
        features: `[batch, steps, features]`.
        config: sizes.

    Returns:
        `[batch, 5 * steps]` millivolts above the middle of the strip, at 10 mm/mV.
    """
    context = layers.Dense(config.tracer_filters, use_bias=False)(features)
    context = layers.Reshape((1, -1, config.tracer_filters))(context)
    x = layers.Conv2D(config.tracer_filters, 1)(cells)
    x = layers.ReLU()(layers.Add()([x, context]))
    x = layers.Conv2D(config.tracer_filters, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(2 * SAMPLES_PER_STEP, (3, 1), padding="same")(x)
    return ExpectedHeight(name="height_mv")(x)


def ecg_probability(features: Any, config: ModelConfig) -> Any:
    """`[batch, 1]` probability that `[batch, steps, features]` come from a readable ECG."""
    pooled = layers.Concatenate()(
        [layers.GlobalAveragePooling1D()(features), layers.GlobalMaxPooling1D()(features)]
    )
    hidden = layers.Dense(config.head_units, activation="relu")(pooled)
    return layers.Dense(1, activation="sigmoid", name="ecg")(hidden)


@keras.saving.register_keras_serializable(package="ecgmm")
class ExpectedHeight(layers.Layer):
    """Turns scores of cells into the height that they expect.

    Each sample has a score in every cell of its column, and a place within the cell; the
    softmax of the scores weighs the places.

    Input shape: `[batch, rows, steps, 10]`: five scores, then five places.
    Output shape: `[batch, 5 * steps]`, millivolts above the middle of the strip.

    Example:
        >>> tuple(ExpectedHeight()(np.zeros((2, 40, 250, 10))).shape)
        (2, 1250)
    """

    def call(self, cells: Any) -> Any:
        """Expect one batch."""
        rows = cells.shape[1]
        cells = precise(cells)
        cell_mv = STRIP_HEIGHT_MV / rows
        middle = ops.arange(rows, dtype=cells.dtype) + 0.5
        middle_mv = STRIP_HEIGHT_MV / 2 - cell_mv * ops.reshape(middle, (1, rows, 1, 1))
        share = ops.softmax(cells[..., :SAMPLES_PER_STEP], axis=1)
        place_mv = middle_mv + cell_mv * ops.tanh(cells[..., SAMPLES_PER_STEP:])
        height = ops.cast(ops.sum(share * place_mv, axis=1), self.compute_dtype)
        return ops.reshape(height, (-1, ops.shape(cells)[2] * SAMPLES_PER_STEP))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Samples of the strip."""
        steps = input_shape[2]
        return (input_shape[0], steps and steps * SAMPLES_PER_STEP)
