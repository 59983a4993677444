"""The network that marks waves, run by OpenCV: it needs no TensorFlow and is quick to start."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.measure.waves import SAMPLE_CLASSES, SAMPLES_PER_STEP

WEIGHTS = Path(__file__).with_name("waves.onnx")
_ONE_AT_A_TIME = threading.Lock()


def wave_probabilities(
    conditioned_leads: NDArray[np.float32], weights: Path = WEIGHTS
) -> NDArray[np.float32]:
    """What each sample of each lead belongs to.

    Args:
        conditioned_leads: `[samples, leads]`, as `conditioning.conditioned` gives them; NaN where
            a lead is not seen.
        weights: the network.

    Returns:
        `[leads, samples, 4]` probabilities, in the order of `waves.SAMPLE_CLASSES`.
    """
    samples, leads = conditioned_leads.shape
    padded = np.pad(np.nan_to_num(conditioned_leads), ((0, -samples % SAMPLES_PER_STEP), (0, 0)))
    with _ONE_AT_A_TIME:  # a network of OpenCV keeps its input and its answer
        network = _network(weights)
        network.setInput(np.ascontiguousarray(padded.T)[:, np.newaxis, np.newaxis, :])
        answers = np.asarray(network.forward(), np.float32)
    logits = answers.reshape(leads, SAMPLES_PER_STEP, len(SAMPLE_CLASSES), -1)
    logits = logits.transpose(0, 3, 1, 2).reshape(leads, -1, len(SAMPLE_CLASSES))[:, :samples]
    exponential = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponential / exponential.sum(axis=-1, keepdims=True), np.float32)


def over_leads(
    conditioned_leads: NDArray[np.float32], weights: Path = WEIGHTS
) -> NDArray[np.float32]:
    """`[samples, 4]`, the mean over the leads that are seen of what the network says of each."""
    answers = wave_probabilities(conditioned_leads, weights)
    seen = np.isfinite(conditioned_leads).T[..., np.newaxis]
    return np.asarray((answers * seen).sum(axis=0) / np.maximum(seen.sum(axis=0), 1), np.float32)


@cache
def _network(weights: Path) -> cv2.dnn.Net:
    return cv2.dnn.readNetFromONNX(np.frombuffer(weights.read_bytes(), np.uint8))
