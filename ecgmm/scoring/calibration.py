"""Whether probabilities mean what they say.

Every function takes `probabilities`, `[cases, classes]`, rows summing to one, and
`labels`, `[cases]`, the index of each case's true class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from ecgmm.labels import AAMI_CLASSES
from ecgmm.scoring.results import LEARNING_PERIOD_S, EscapesAs, RecordResult, match_record

BINS = 15
"""Guo et al. 2017 (On Calibration of Modern Neural Networks)."""

_SMALLEST_PROBABILITY = 1e-12
"""Keeps logarithms finite."""
_TEMPERATURE_RANGE = (0.05, 20.0)
"""Beyond it all probabilities are equal, or are 0 and 1."""


@dataclass(frozen=True)
class ReliabilityBins:
    """A reliability diagram.

    Attributes:
        edges: `[bins + 1]` edges of the confidence bins.
        counts: `[bins]` cases in each.
        confidences: `[bins]` mean confidence in each, NaN where it is empty.
        accuracies: `[bins]` share of correct cases in each, NaN where it is empty.
    """

    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    confidences: NDArray[np.float64]
    accuracies: NDArray[np.float64]

    @property
    def expected_calibration_error(self) -> float:
        """Mean gap between confidence and accuracy, weighted by cases; NaN without a case."""
        filled = self.counts > 0
        gaps = np.abs(self.confidences - self.accuracies)[filled]
        weights = self.counts[filled]
        return float(np.average(gaps, weights=weights)) if filled.any() else float("nan")


@dataclass(frozen=True)
class RiskCoverage:
    """What a reader gains by leaving its least certain cases to a person.

    Attributes:
        coverages: `[cases]` share of cases kept, most certain first.
        risks: `[cases]` share of wrong cases among those kept.
    """

    coverages: NDArray[np.float64]
    risks: NDArray[np.float64]

    @property
    def area(self) -> float:
        """Mean risk over all coverages (AURC; Geifman and El-Yaniv 2017, arXiv 1705.08500)."""
        return float(np.mean(self.risks)) if len(self.risks) else float("nan")

    def thinned(self, points: int = 200) -> RiskCoverage:
        """The curve at evenly spaced coverages, for drawing and storing."""
        kept = np.unique(np.linspace(0, len(self.risks) - 1, points).round().astype(np.int64))
        return RiskCoverage(self.coverages[kept], self.risks[kept])


@dataclass(frozen=True)
class CalibrationScores:
    """How far the probabilities of a reading can be believed.

    Attributes:
        temperature: by which the logits were divided before scoring; 1 for none.
        cases: number of beats scored.
        ece: expected calibration error of the class named.
        classwise_ece: mean over the classes of each class's own calibration error.
        class_ece: calibration error of each class's probability, by class.
        brier: mean squared distance to the true class, 0 to 2.
        nll: mean negative log likelihood.
        reliability: the diagram behind `ece`.
        risk_coverage: error rate when the least certain beats are left out.
        aurc: area under that curve.
    """

    temperature: float
    cases: int
    ece: float
    classwise_ece: float
    class_ece: dict[str, float]
    brier: float
    nll: float
    reliability: ReliabilityBins
    risk_coverage: RiskCoverage
    aurc: float


def labelled_probabilities(
    results: Sequence[RecordResult],
    start_s: float = LEARNING_PERIOD_S,
    escapes_as: EscapesAs = "N",
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Probabilities and true classes of all paired beats of several records.

    Missed and extra beats have no pair and take no part: that they are wrong is seen in
    the QRS figures.

    Args:
        results: records with `test_probabilities`.
        start_s: what lies before is left out of each record.
        escapes_as: where the escape beats `e`, `j` and `n` count.

    Returns:
        `[beats, 5]` probabilities over `AAMI_CLASSES`, each row scaled to a sum of one, and
        `[beats]` int64 indices of the true classes.

    Raises:
        ValueError: if a record has no probabilities.
    """
    probabilities: list[NDArray[np.floating]] = [np.empty((0, len(AAMI_CLASSES)))]
    labels = [np.empty(0, np.int64)]
    for result in results:
        if result.test_probabilities is None:
            raise ValueError(f"Expected record {result.record} to have probabilities.")
        matching = match_record(result, start_s)
        classes = result.reference_labels(escapes_as)
        true_classes = [AAMI_CLASSES.index(classes[i]) for i in matching.reference_indices]
        probabilities.append(result.test_probabilities[matching.test_indices])
        labels.append(np.array(true_classes, np.int64))
    stacked = np.concatenate(probabilities).astype(np.float64)
    return stacked / stacked.sum(axis=1, keepdims=True), np.concatenate(labels)


def reliability(
    confidences: NDArray[np.floating], correct: NDArray[np.bool_], bins: int = BINS
) -> ReliabilityBins:
    """Sorts cases into equally wide bins of confidence.

    Args:
        confidences: `[cases]` from 0 to 1.
        correct: `[cases]` whether each was right.
        bins: number of bins.
    """
    edges = np.linspace(0, 1, bins + 1)
    bin_of = np.clip(np.digitize(confidences, edges[1:-1], right=True), 0, bins - 1)
    counts = np.bincount(bin_of, minlength=bins)
    filled = np.where(counts, counts, np.nan)
    return ReliabilityBins(
        edges=edges,
        counts=counts,
        confidences=np.bincount(bin_of, confidences, bins) / filled,
        accuracies=np.bincount(bin_of, correct, bins) / filled,
    )


def top_label_reliability(
    probabilities: NDArray[np.floating], labels: NDArray[np.int64], bins: int = BINS
) -> ReliabilityBins:
    """Reliability of the class named: its probability against how often it is right.

    Its expected calibration error is the ECE of Guo et al. 2017 (arXiv 1706.04599).
    """
    return reliability(probabilities.max(axis=1), probabilities.argmax(axis=1) == labels, bins)


def classwise_calibration_error(
    probabilities: NDArray[np.floating], labels: NDArray[np.int64], bins: int = BINS
) -> NDArray[np.float64]:
    """ECE of each class's own probability, `[classes]`.

    The top-label ECE of beats is ruled by the many normal ones; this is not (Nixon et al.
    2019, arXiv 1904.01685). Its mean is the classwise ECE.
    """
    return np.array(
        [
            reliability(probabilities[:, index], labels == index, bins).expected_calibration_error
            for index in range(probabilities.shape[1])
        ]
    )


def brier_score(probabilities: NDArray[np.floating], labels: NDArray[np.int64]) -> float:
    """Mean squared distance to the true class, from 0 (sure and right) to 2 (sure and wrong)."""
    truth = np.eye(probabilities.shape[1])[labels]
    return float(np.mean(np.sum((probabilities - truth) ** 2, axis=1)))


def negative_log_likelihood(
    probabilities: NDArray[np.floating], labels: NDArray[np.int64], temperature: float = 1.0
) -> float:
    """Mean negative log probability of the true class after a temperature."""
    logits = np.log(np.maximum(probabilities, _SMALLEST_PROBABILITY)) / temperature
    return float(-np.mean(log_softmax(logits, axis=1)[np.arange(len(labels)), labels]))


def apply_temperature(
    probabilities: NDArray[np.floating], temperature: float
) -> NDArray[np.float64]:
    """Probabilities of the logits divided by the temperature; above one is less sure."""
    logits = np.log(np.maximum(probabilities, _SMALLEST_PROBABILITY)) / temperature
    return np.exp(log_softmax(logits, axis=1))


def fit_temperature(probabilities: NDArray[np.floating], labels: NDArray[np.int64]) -> float:
    """The temperature with the least negative log likelihood.

    Fit it on training patients only: fitted on the test set it is one more trained
    parameter (Guo et al. 2017, arXiv 1706.04599).

    Raises:
        ValueError: if there is no case.
    """
    if not len(labels):
        raise ValueError("Expected at least one case to fit the temperature to. Received none.")
    low, high = np.log(_TEMPERATURE_RANGE)
    fit = minimize_scalar(
        lambda log_t: negative_log_likelihood(probabilities, labels, float(np.exp(log_t))),
        bounds=(low, high),
        method="bounded",
    )
    return float(np.exp(fit.x))


def risk_coverage(probabilities: NDArray[np.floating], labels: NDArray[np.int64]) -> RiskCoverage:
    """Error rate among the most certain cases, for every share of cases kept."""
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    wrong = (probabilities.argmax(axis=1) != labels)[order]
    kept = np.arange(1, len(labels) + 1)
    return RiskCoverage(coverages=kept / max(len(labels), 1), risks=np.cumsum(wrong) / kept)


def score_calibration(
    probabilities: NDArray[np.floating],
    labels: NDArray[np.int64],
    class_names: Sequence[str] = AAMI_CLASSES,
    temperature: float = 1.0,
) -> CalibrationScores:
    """All calibration figures of a set of cases.

    Args:
        probabilities: as the model gives them.
        labels: index of each case's true class.
        class_names: name of each class.
        temperature: to apply first; fitted on training patients, never on these.

    Raises:
        ValueError: if there is no case.
    """
    if not len(labels):
        raise ValueError("Expected at least one case to score the calibration of. Received none.")
    scaled = apply_temperature(probabilities, temperature)
    bins = top_label_reliability(scaled, labels)
    class_errors = classwise_calibration_error(scaled, labels)
    curve = risk_coverage(scaled, labels)
    return CalibrationScores(
        temperature=temperature,
        cases=len(labels),
        ece=bins.expected_calibration_error,
        classwise_ece=float(np.mean(class_errors)),
        class_ece=dict(zip(class_names, class_errors.tolist(), strict=True)),
        brier=brier_score(scaled, labels),
        nll=negative_log_likelihood(scaled, labels),
        reliability=bins,
        risk_coverage=curve.thinned(),
        aurc=curve.area,
    )
