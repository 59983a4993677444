"""The last layer of the conditions: probabilities, and from which one a condition is present."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from ecgmm.conditions import CONDITION_CODES

UNCHOSEN = 0.5


@keras.saving.register_keras_serializable(package="ecgmm")
class ConditionProbabilities(layers.Layer):
    """Probabilities from logits; it carries the thresholds with the model.

    Args:
        thresholds: in the order of `conditions.CONDITION_CODES`, the least probability at which a
            condition is called present; 0.5 each until they are chosen.

    Input shape: `[batch, conditions]`.
    Output shape: the same.

    Example:
        >>> np.array(ConditionProbabilities()(np.zeros((1, 2)))).tolist()
        [[0.5, 0.5]]
    """

    def __init__(self, thresholds: Sequence[float] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.thresholds = tuple(thresholds) or (UNCHOSEN,) * len(CONDITION_CODES)

    def call(self, logits: Any) -> Any:
        """Answer one batch."""
        return ops.sigmoid(logits)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Shapes stay."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Arguments to build the layer again."""
        return {**super().get_config(), "thresholds": list(self.thresholds)}
