"""The network that marks waves, run by OpenCV."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from ecgmm.measure.waves import SAMPLE_CLASSES, SAMPLES_PER_STEP
from ecgmm.opencv_network import network_answer

WEIGHTS = Path(__file__).with_name("waves.onnx")


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
    rows = np.ascontiguousarray(padded.T)[:, np.newaxis, np.newaxis, :]
    answers = network_answer(weights, rows)
    logits = answers.reshape(leads, SAMPLES_PER_STEP, len(SAMPLE_CLASSES), -1)
    logits = logits.transpose(0, 3, 1, 2).reshape(leads, -1, len(SAMPLE_CLASSES))[:, :samples]
    return np.asarray(softmax(logits, axis=-1), np.float32)


def over_leads(
    conditioned_leads: NDArray[np.float32], weights: Path = WEIGHTS
) -> NDArray[np.float32]:
    """`[samples, 4]`, the mean over the leads that are seen of what the network says of each."""
    answers = wave_probabilities(conditioned_leads, weights)
    seen = np.isfinite(conditioned_leads).T[..., np.newaxis]
    return np.asarray((answers * seen).sum(axis=0) / np.maximum(seen.sum(axis=0), 1), np.float32)
