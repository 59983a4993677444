"""The classification head that both branches share."""

from __future__ import annotations

import keras
from keras import layers

from ecgmm.labels import RHYTHM_CLASSES, STEP_CLASSES
from ecgmm.model.config import ModelConfig
from ecgmm.model.layers import AttentionPooling


def build_head(config: ModelConfig) -> keras.Model:
    """Features on the time grid in, probabilities of beats and rhythm out.

    Input: `[batch, steps, features]`.
    Output: `{"beats": [batch, steps, 6], "rhythm": [batch, 4]}`, probabilities in
    the order of `labels.STEP_CLASSES` and `labels.RHYTHM_CLASSES`.
    """
    features = keras.Input((None, config.features), name="features")
    shared = layers.LayerNormalization()(features)
    x = layers.Dropout(config.dropout)(shared)
    x = layers.Dense(config.head_units, activation="relu")(x)
    beats = layers.Dense(len(STEP_CLASSES), activation="softmax", name="beats")(x)

    pooled = layers.Concatenate()(
        [AttentionPooling()(shared), layers.GlobalAveragePooling1D()(shared)]
    )
    y = layers.Dropout(config.dropout)(pooled)
    y = layers.Dense(config.head_units, activation="relu")(y)
    rhythm = layers.Dense(len(RHYTHM_CLASSES), activation="softmax", name="rhythm")(y)
    return keras.Model(features, {"beats": beats, "rhythm": rhythm}, name="head")
