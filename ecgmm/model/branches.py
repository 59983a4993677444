"""The two branches: a lead or a picture of it in, features on the time grid out."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

from ecgmm.grid import PIXELS_PER_MM, SAMPLES_PER_STEP, STRIP_HEIGHT_PX
from ecgmm.model.config import ModelConfig
from ecgmm.model.layers import (
    BoxesToChannels,
    PictureConditioner,
    RepeatToMatch,
    SignalConditioner,
)
from ecgmm.model.tracer import ecg_probability, trace_heights


def build_signal_branch(config: ModelConfig) -> keras.Model:
    """The LSTM branch.

    A convolutional stem brings 125 samples a second to 25 steps a second.
    Dilated convolutions compare each beat with its neighbours at that resolution. Bidirectional
    LSTMs then read every few steps only, which is enough to follow the rhythm of the whole window
    and takes a fraction of the time; what the convolutions found is passed around them.

    Input: `[batch, samples]` float32, one lead in millivolts at 125 Hz.
    Output: `[batch, samples / 5, features]`.
    """
    signal = keras.Input((None,), name="signal")
    x = SignalConditioner(name="condition")(signal)
    x = layers.Conv1D(config.stem_filters, 7, padding="same", activation="relu")(x)
    x = layers.Conv1D(
        config.signal_filters,
        2 * SAMPLES_PER_STEP,
        strides=SAMPLES_PER_STEP,
        padding="same",
        activation="relu",
    )(x)
    for dilation in config.signal_dilations:
        x = residual_block(x, config.signal_filters, kernel_size=3, dilation=dilation)
    stride = config.lstm_stride
    context = layers.Conv1D(
        2 * config.signal_filters, 2 * stride, strides=stride, padding="same", activation="relu"
    )(x)
    for _ in range(config.lstm_layers):
        context = layers.LayerNormalization()(context)
        context = layers.Dropout(config.dropout)(context)
        context = layers.Bidirectional(layers.LSTM(config.lstm_units, return_sequences=True))(
            context
        )
    context = RepeatToMatch(stride, name="every_step")([context, x])
    x = layers.Concatenate()([x, context])
    x = layers.Conv1D(config.features, 3, padding="same", activation="relu")(x)
    x = layers.Dense(config.features)(x)
    return keras.Model(signal, x, name="signal_branch")


def build_image_branch(config: ModelConfig) -> keras.Model:
    """The CNN branch.

    Each 1 mm box of the paper (4 x 4 pixels) becomes one cell of 16 channels. Strided
    convolutions take height away and keep one column a step; what is left of the
    height is folded into channels; dilated convolutions then look five seconds
    to either side.

    Input: `[batch, 160, 4 * steps, 1]`, grey levels 0 to 255.
    Outputs (a dict): `features` `[batch, steps, features]` for the head; `height_mv`
    `[batch, 5 * steps]`, the height of the trace above the middle of the strip; `ecg` `[batch, 1]`,
    the probability that the picture shows an ECG that can be read.
    """
    image = keras.Input((STRIP_HEIGHT_PX, None, 1), dtype="uint8", name="image")
    x = PictureConditioner(name="condition")(image)
    x = BoxesToChannels(name="boxes")(x)
    height = STRIP_HEIGHT_PX // PIXELS_PER_MM
    stem = []
    for filters in config.image_stem_filters:
        x = layers.Conv2D(filters, 3, strides=(2, 1), padding="same", activation="relu")(x)
        stem.append(x)
        height = -(-height // 2)
    x = layers.Permute((2, 1, 3))(x)
    x = layers.Reshape((-1, height * config.image_stem_filters[-1]))(x)
    x = layers.Dense(config.image_filters)(x)
    for dilation in config.image_dilations:
        x = layers.Dropout(config.dropout)(x)
        x = residual_block(x, config.image_filters, kernel_size=3, dilation=dilation)
    x = layers.LayerNormalization()(x)
    features = layers.Dense(config.features, name="features")(x)
    outputs = {
        "features": features,
        "height_mv": trace_heights(stem[0], x, config),
        "ecg": ecg_probability(x, config),
    }
    return keras.Model(image, outputs, name="image_branch")


def residual_block(x: Any, filters: int, *, kernel_size: int, dilation: int) -> Any:
    """Normalisation, dilated convolution, and the input added back."""
    y = layers.LayerNormalization()(x)
    y = layers.Conv1D(
        filters, kernel_size, padding="same", dilation_rate=dilation, activation="relu"
    )(y)
    return layers.Add()([x, y])
