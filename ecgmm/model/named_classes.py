"""The last layer of a head for classes of your own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers


@keras.saving.register_keras_serializable(package="ecgmm")
class NamedClasses(layers.Layer):
    """Probabilities of classes, with the names of the classes.

    Args:
        class_names: in the order of the probabilities.

    Input shape: `[batch, units]`.
    Output shape: `[batch, classes]`.

    Example:
        >>> tuple(NamedClasses(["Brugada", "other"])(np.zeros((3, 32))).shape)
        (3, 2)
    """

    def __init__(self, class_names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.class_names = tuple(class_names)
        self.dense = layers.Dense(
            len(self.class_names), activation="softmax", dtype=self.dtype_policy
        )

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
