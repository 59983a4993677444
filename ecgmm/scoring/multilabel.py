"""How well conditions are told, of which a record may have any number.

Every function takes `truth`, 0 or 1, and `scores`, higher where the condition is likelier; those
of a single condition `[records]`, the others `[records, conditions]`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit
from scipy.stats import rankdata

from ecgmm.scoring.bootstrap import Interval, bootstrap_records

_SMALLEST_PROBABILITY = 1e-7
"""Keeps logarithms finite."""


def auroc(truth: NDArray, scores: NDArray) -> float:
    """Area under the receiver operating characteristic; NaN where one of the two is missing.

    It is the share of pairs of a record with and one without the condition that the scores order
    rightly, ties half (Hanley and McNeil 1982).
    """
    positives = int(np.sum(truth))
    negatives = len(truth) - positives
    if not positives or not negatives:
        return float("nan")
    ranks = rankdata(scores)[np.asarray(truth, bool)].sum()
    return float((ranks - positives * (positives + 1) / 2) / (positives * negatives))


def aurocs(truth: NDArray, scores: NDArray) -> NDArray[np.float64]:
    """`[conditions]`, the area of each."""
    return np.array([auroc(*columns) for columns in zip(truth.T, scores.T, strict=True)])


def macro_auroc(truth: NDArray, scores: NDArray) -> float:
    """Mean area over the conditions that some records have and some have not."""
    areas = aurocs(truth, scores)
    return float(np.nanmean(areas)) if np.isfinite(areas).any() else float("nan")


def macro_auroc_interval(truth: NDArray, scores: NDArray, *, repeats: int = 1000) -> Interval:
    """The macro area with its 95 % bootstrap interval over records."""

    def figures(records: Sequence[int]) -> dict[str, float]:
        return {"macro": macro_auroc(truth[list(records)], scores[list(records)])}

    return bootstrap_records(range(len(truth)), figures, repeats=repeats)["macro"]


def sensitivity_at(truth: NDArray, scores: NDArray, specificity: float = 0.95) -> float:
    """The largest sensitivity of a threshold that keeps to a specificity; NaN without cases."""
    known = np.asarray(truth, bool)
    if known.all() or not known.any():
        return float("nan")
    threshold = np.quantile(scores[~known], specificity, method="higher")
    return float(np.mean(scores[known] > threshold))


def f1(truth: NDArray, called: NDArray) -> float:
    """Harmonic mean of precision and sensitivity; 0 where nothing is called or nothing is there."""
    true = np.sum((truth == 1) & (called == 1))
    total = np.sum(truth == 1) + np.sum(called == 1)
    return float(2 * true / total) if total else 0.0


def best_f1_threshold(truth: NDArray, probabilities: NDArray) -> float:
    """The threshold with the best F1, in the middle between two records; 0.5 without cases."""
    if not np.any(truth):
        return 0.5
    order = np.argsort(-probabilities, kind="stable")
    ranked, hits = probabilities[order], np.cumsum(truth[order])
    scores = 2 * hits / (np.arange(1, len(order) + 1) + hits[-1])
    scores[:-1][ranked[:-1] == ranked[1:]] = -1.0
    best = int(np.argmax(scores))
    following = ranked[best + 1] if best + 1 < len(ranked) else 0.0
    return float((ranked[best] + following) / 2)


def fit_platt(truth: NDArray, probabilities: NDArray) -> tuple[float, float]:
    """Slope and offset of the logit that make probabilities mean what they say.

    Platt 1999, with his targets, which keep a condition of few cases from being called certain.
    The order of the records stays: a slope is never below 0.1.
    """
    positives = np.sum(truth)
    target = np.where(
        truth == 1, (positives + 1) / (positives + 2), 1 / (len(truth) - positives + 2)
    )
    logits = logit(np.clip(probabilities, _SMALLEST_PROBABILITY, 1 - _SMALLEST_PROBABILITY))

    def loss(parameters: NDArray) -> float:
        z = parameters[0] * logits + parameters[1]
        return float(np.mean(np.logaddexp(0, z) - target * z))

    def gradient(parameters: NDArray) -> NDArray:
        error = expit(parameters[0] * logits + parameters[1]) - target
        return np.array([np.mean(error * logits), np.mean(error)])

    bounds = [(0.1, 10.0), (-20.0, 20.0)]
    fit = minimize(loss, [1.0, 0.0], jac=gradient, bounds=bounds, method="L-BFGS-B")
    return float(fit.x[0]), float(fit.x[1])


def with_platt(
    probabilities: NDArray, slopes: Sequence[float], offsets: Sequence[float]
) -> NDArray[np.float64]:
    """Probabilities after `fit_platt`, a slope and an offset a condition."""
    clipped = np.clip(probabilities, _SMALLEST_PROBABILITY, 1 - _SMALLEST_PROBABILITY)
    return expit(logit(clipped) * np.asarray(slopes) + np.asarray(offsets))
