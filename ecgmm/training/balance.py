"""The last step of a training: how readily each class is named.

Strips are drawn for their rare classes far more often than life has them, and the loss weighs
classes too, so that the head names some classes too readily and others not enough. A bias for
each ectopic class is chosen on the held-out patients and becomes part of the head's last layer.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from ecgmm.evaluation.scores import macro_f1
from ecgmm.labels import STEP_CLASSES
from ecgmm.pipeline.strips import Strip
from ecgmm.training.validation import strip_confusion

BALANCED_CLASSES = ("S", "V")
BIASES = (0.0, -0.5, 0.5, -1.0, 1.0, 1.5)


@dataclass(frozen=True)
class ReadStrips:
    """Strips with annotated beats, and what the model says of each step of them.

    Attributes:
        strips: the truth.
        beats: `[strips, steps, 6]` probabilities.
    """

    strips: Sequence[Strip]
    beats: NDArray[np.float32]


def choose_biases(readings: Sequence[ReadStrips]) -> dict[str, float]:
    """The biases of S and V with the best macro-F1 (N, S, V), averaged over the readings.

    A class that this says nothing of keeps its bias.

    Args:
        readings: held-out strips read as signals, as pictures, or both.
    """
    if not readings:
        return dict.fromkeys(BALANCED_CLASSES, 0.0)
    candidates = [
        dict(zip(BALANCED_CLASSES, values, strict=True))
        for values in itertools.product(BIASES, repeat=len(BALANCED_CLASSES))
    ]
    return max(
        candidates,
        key=lambda biases: np.mean([_macro_f1(reading, biases) for reading in readings]),
    )


def add_biases(model: keras.Model, biases: dict[str, float]) -> None:
    """Make the biases part of the head's last layer."""
    layer = model.get_layer("head").get_layer("beats")
    bias = np.array(keras.ops.convert_to_numpy(layer.bias))
    for name, value in biases.items():
        bias[STEP_CLASSES.index(name)] += value
    layer.bias.assign(bias)


def biased(probabilities: NDArray[np.float32], biases: dict[str, float]) -> NDArray[np.float32]:
    """Probabilities `[..., 6]` as they would be with the biases in the head."""
    factors = np.ones(len(STEP_CLASSES), np.float32)
    for name, value in biases.items():
        factors[STEP_CLASSES.index(name)] = np.exp(value)
    scaled = probabilities * factors
    return scaled / scaled.sum(axis=-1, keepdims=True)


def _macro_f1(reading: ReadStrips, biases: dict[str, float]) -> float:
    steps = biased(reading.beats, biases)
    confusions = [
        strip_confusion(strip, probabilities)
        for strip, probabilities in zip(reading.strips, steps, strict=True)
    ]
    return macro_f1(np.sum(confusions, axis=0))
