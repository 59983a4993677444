"""Train the tables that tell the rhythm of a short recording from its features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.strip_rhythm import AdditiveModel
from ecgmm.labels import RHYTHM_CLASSES

RANGES = 32
"""Of each feature, equally frequent in training."""
_ITERATIONS = 300
_LEARNING_RATE = 0.05
_SHRINKAGE = 5.0
"""Of the second order: a range with few recordings says little."""
_FEWEST_RECORDINGS = 15
"""On either side of a border."""


def train_tables(
    features: NDArray[np.float32], rhythm: NDArray[np.int64], seed: int
) -> AdditiveModel:
    """Boost stumps, each of which asks for one feature, and write down what they come to.

    Args:
        features: `[recordings, features]` as `strip_features` gives them.
        rhythm: `[recordings]` index into `labels.RHYTHM_CLASSES`; every class occurs.
        seed: of the order of features that are equally good.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    edges = np.quantile(features, np.arange(1, RANGES) / RANGES, axis=0).T.astype(np.float32)
    classes = len(RHYTHM_CLASSES)
    number = features.shape[1]
    blank = AdditiveModel(
        edges, np.zeros((number, RANGES, classes), np.float32), np.zeros(classes, np.float32)
    )
    boosted = HistGradientBoostingClassifier(
        max_leaf_nodes=2,
        max_iter=_ITERATIONS,
        learning_rate=_LEARNING_RATE,
        l2_regularization=_SHRINKAGE,
        min_samples_leaf=_FEWEST_RECORDINGS,
        early_stopping=False,
        random_state=seed,
    ).fit(blank.ranges(features), rhythm)
    first = np.zeros((1, number), np.intp)
    start = boosted.decision_function(first)[0]
    added = np.stack(
        [
            boosted.decision_function(_with_column(first, feature, np.arange(RANGES))) - start
            for feature in range(number)
        ]
    )
    return AdditiveModel(edges, added.astype(np.float32), start.astype(np.float32))


def parts_of(rhythm: NDArray[np.int64], parts: int, seed: int) -> NDArray[np.intp]:
    """`[recordings]`, the part to which each belongs; every class is spread over all parts."""
    order = np.random.default_rng(seed).permutation(len(rhythm))
    by_class = order[np.argsort(rhythm[order], kind="stable")]
    part = np.empty(len(rhythm), np.intp)
    part[by_class] = np.arange(len(rhythm)) % parts
    return part


def _with_column(row: NDArray[np.intp], column: int, values: NDArray[np.intp]) -> NDArray[np.intp]:
    rows = np.repeat(row, len(values), axis=0)
    rows[:, column] = values
    return rows
