"""Every figure of one way of reading conditions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.conditions import CONDITION_CODES, CONDITIONS, SUPERCLASSES
from ecgmm.scoring.bootstrap import Interval
from ecgmm.scoring.calibration import ReliabilityBins, reliability
from ecgmm.scoring.multilabel import auroc, f1, macro_auroc_interval, sensitivity_at

LEAST_CASES = 5
"""A condition of fewer cases among the records is left out of the means."""

CLASSES = [CONDITION_CODES.index(code) for code in SUPERCLASSES]
SUBCLASSES = [
    index
    for index, condition in enumerate(CONDITIONS)
    if condition.level == "sub_class" or condition.code == "NORM"
]
NORMAL, INFARCTION = CONDITION_CODES.index("NORM"), CONDITION_CODES.index("MI")


@dataclass(frozen=True)
class ConditionScore:
    """How well one condition is told.

    Attributes:
        code: which.
        cases: records that have it.
        auroc: area under the receiver operating characteristic.
        sensitivity_at_95: sensitivity at 95 % specificity.
        threshold: the model's, for what follows.
        sensitivity: share of those who have it that are called.
        specificity: share of those who have it not that are not called.
        f1: harmonic mean of sensitivity and precision.
        calibration_error: expected calibration error of the probability (15 bins).
        reliability: the diagram behind it.
    """

    code: str
    cases: int
    auroc: float
    sensitivity_at_95: float
    threshold: float
    sensitivity: float
    specificity: float
    f1: float
    calibration_error: float
    reliability: ReliabilityBins


@dataclass(frozen=True)
class ConditionScores:
    """How well conditions are told in one way of reading.

    Attributes:
        name: the way.
        records: how many were read.
        superclass_auroc: macro area of the five superclasses, with its interval.
        subclass_auroc: of PTB-XL's 23 subclasses, as far as they have cases.
        auroc: of all conditions.
        normals_called_normal: share of normal records in which `NORM` is called.
        infarctions_called_normal: share of records with an infarction in which it is.
        conditions: one by one.
    """

    name: str
    records: int
    superclass_auroc: Interval
    subclass_auroc: Interval
    auroc: Interval
    normals_called_normal: float
    infarctions_called_normal: float
    conditions: tuple[ConditionScore, ...]


def score_conditions(
    name: str, truth: NDArray, probabilities: NDArray, thresholds: NDArray, *, repeats: int = 1000
) -> ConditionScores:
    """Score one way of reading.

    Args:
        name: the way.
        truth: `[records, conditions]`, 0 or 1.
        probabilities: of the same shape.
        thresholds: `[conditions]`, the model's.
        repeats: resamples of the intervals.
    """
    counted = np.flatnonzero(truth.sum(axis=0) >= LEAST_CASES)

    def area(places: list[int] | NDArray) -> Interval:
        kept = [place for place in places if place in counted]
        return macro_auroc_interval(truth[:, kept], probabilities[:, kept], repeats=repeats)

    called_normal = probabilities[:, NORMAL] >= thresholds[NORMAL]
    return ConditionScores(
        name=name,
        records=len(truth),
        superclass_auroc=area(CLASSES),
        subclass_auroc=area(SUBCLASSES),
        auroc=area(counted),
        normals_called_normal=_share(called_normal, truth[:, NORMAL]),
        infarctions_called_normal=_share(called_normal, truth[:, INFARCTION]),
        conditions=tuple(
            _score(code, *columns)
            for code, *columns in zip(
                CONDITION_CODES, truth.T, probabilities.T, thresholds, strict=True
            )
        ),
    )


def _score(code: str, truth: NDArray, probabilities: NDArray, threshold: float) -> ConditionScore:
    called = probabilities >= threshold
    bins = reliability(probabilities, truth == 1)
    return ConditionScore(
        code=code,
        cases=int(truth.sum()),
        auroc=auroc(truth, probabilities),
        sensitivity_at_95=sensitivity_at(truth, probabilities),
        threshold=float(threshold),
        sensitivity=_share(called, truth),
        specificity=_share(~called, 1 - truth),
        f1=f1(truth, called),
        calibration_error=bins.expected_calibration_error,
        reliability=bins,
    )


def _share(called: NDArray, among: NDArray) -> float:
    return float(np.mean(called[among == 1])) if np.any(among) else float("nan")
