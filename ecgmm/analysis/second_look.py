"""A second look at every beat, once the whole recording is known.

The network reads windows of thirty seconds. What it said of each beat, how that beat lies in its
recording and how it looks beside the others go into a small network over the row of beats, which
corrects the first look. It is run by OpenCV and was trained by `ecgmm.experiments.second_look`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from ecgmm.analysis.beat_features import BeatTable, beat_features
from ecgmm.analysis.fusion import with_fusion
from ecgmm.analysis.heart_rate import rr_intervals_s
from ecgmm.labels import AAMI_CLASSES
from ecgmm.opencv_network import network_answer

WEIGHTS = Path(__file__).with_name("second_look.onnx")
FEWEST_PAIRS = 60
"""Of neighbouring intervals: about a minute. Strips of ten seconds and recordings of thirty know
too little of what is usual: of held-out normal ones of CinC 2017 the first look finds a
supraventricular beat in 4 %, the second in 11 %."""


def look_again(table: BeatTable) -> NDArray[np.float32]:
    """`[beats, 5]` probabilities over `labels.AAMI_CLASSES`; the first look's where beats are few.

    It needs beats before and after each: no stream is read so.
    """
    rr_s = rr_intervals_s(table.time_s, table.gaps_s)
    if np.isfinite(np.diff(rr_s)).sum() < FEWEST_PAIRS:
        return table.class_probability
    features = beat_features(table)
    probability = corrected(features, _network_answer(features))
    return with_fusion(probability, table.shapes, table.class_probability)


def corrected(features: NDArray[np.float32], added: NDArray[np.float32]) -> NDArray[np.float32]:
    """`[beats, 5]` probabilities: what is added to the log-probabilities that features begin with.

    Args:
        features: `[beats, FEATURES]` of `beat_features`.
        added: `[beats, 5]`.
    """
    logits = features[:, : len(AAMI_CLASSES)] + added
    return np.asarray(softmax(logits, axis=1), np.float32)


def _network_answer(features: NDArray[np.float32]) -> NDArray[np.float32]:
    rows = np.ascontiguousarray(features.T)[np.newaxis, :, np.newaxis]
    return network_answer(WEIGHTS, rows)[0, :, 0].T
