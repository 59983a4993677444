"""A second head for classes of your own, beside the released one and without touching it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from ecgmm.model.layers import AttentionPooling

OWN_HEAD = "own_head"
DROPOUT = 0.2
UNITS = 32


@keras.saving.register_keras_serializable(package="ecgmm")
class NamedClasses(layers.Layer):
    """Probabilities of classes, with the names of the classes.

    Args:
        class_names: in the order of the probabilities.

    Input shape: `[batch, units]`.
    Output shape: `[batch, classes]`.
    """

    def __init__(self, class_names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.class_names = tuple(class_names)
        self.dense = layers.Dense(len(self.class_names), activation="softmax")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Create the weights."""
        self.dense.build(input_shape)

    def call(self, hidden: Any) -> Any:
        """Name one batch."""
        return self.dense(hidden)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """A probability a class."""
        return (*input_shape[:-1], len(self.class_names))

    def get_config(self) -> dict[str, Any]:
        """Arguments to build the layer again."""
        return {**super().get_config(), "class_names": list(self.class_names)}


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
