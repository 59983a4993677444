"""A second head for classes of your own, beside the released one and without touching it."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import layers

from ecgmm.model.layers import AttentionPooling
from ecgmm.model.named_classes import NamedClasses

OWN_HEAD = "own_head"
DROPOUT = 0.2
UNITS = 32


def build_own_head(features: int, class_names: Sequence[str]) -> keras.Model:
    """Features on the time grid in, one class of the whole strip out.

    Input: `[batch, steps, features]`, what the branches give.
    Output: `[batch, classes]`, probabilities in the order of `class_names`.
    """
    steps = keras.Input((None, features), name="features")
    shared = layers.LayerNormalization()(steps)
    pooled = layers.Concatenate()(
        [
            AttentionPooling()(shared),
            layers.GlobalAveragePooling1D()(shared),
            layers.GlobalMaxPooling1D()(shared),
        ]
    )
    hidden = layers.Dropout(DROPOUT)(pooled)
    hidden = layers.Dense(UNITS, activation="relu")(hidden)
    return keras.Model(steps, NamedClasses(class_names, name="classes")(hidden), name=OWN_HEAD)


def with_own_head(model: keras.Model, own_head: keras.Model) -> keras.Model:
    """The model with one more output, `classes`; its own outputs are computed as they were.

    Args:
        model: the functional model; the new one shares all of its weights.
        own_head: from `build_own_head`.
    """
    outputs = {**model.output, "classes": own_head(model.get_layer("merge").output)}
    return keras.Model(model.input, outputs, name=model.name)


def class_names_of(model: keras.Model) -> tuple[str, ...]:
    """The classes that a model's own head tells apart; none where it has no such head."""
    if OWN_HEAD not in {layer.name for layer in model.layers}:
        return ()
    return tuple(model.get_layer(OWN_HEAD).get_layer("classes").class_names)
