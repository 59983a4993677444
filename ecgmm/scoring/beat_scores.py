"""Scores of a confusion matrix of beats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.labels import AAMI_CLASSES
from ecgmm.scoring.matching import CONFUSION_CLASSES


@dataclass(frozen=True)
class ClassScores:
    """Scores of one beat class, as shares from 0 to 1; NaN where undefined.

    Attributes:
        sensitivity: share of the class's reference beats that the test names so.
        positive_predictivity: share of the test's beats of the class that are so.
        f1: harmonic mean of the two.
        support: number of reference beats of the class.
    """

    sensitivity: float
    positive_predictivity: float
    f1: float
    support: int


def share(part: float, whole: float) -> float:
    """`part / whole`, or NaN where there is no whole."""
    return float(part) / float(whole) if whole else float("nan")


def class_scores(confusion: NDArray[np.int64]) -> dict[str, ClassScores]:
    """Scores of every AAMI class, straight from the matrix.

    Every confusion counts, missed beats and extra beats included; what EC57 does
    not penalise is in `ecgmm.scoring.ec57`.

    Args:
        confusion: `[6, 6]` counts over `CONFUSION_CLASSES`, rows reference, columns test.

    Returns:
        The scores by class name, in the order of `AAMI_CLASSES`.

    Raises:
        ValueError: if the matrix has another shape.
    """
    size = len(CONFUSION_CLASSES)
    if confusion.shape != (size, size):
        raise ValueError(
            f"Expected a confusion matrix of shape ({size}, {size}). "
            f"Received shape {confusion.shape}."
        )
    scores = {}
    for index, name in enumerate(AAMI_CLASSES):
        hits = int(confusion[index, index])
        in_reference = int(confusion[index].sum())
        in_test = int(confusion[:, index].sum())
        scores[name] = ClassScores(
            sensitivity=share(hits, in_reference),
            positive_predictivity=share(hits, in_test),
            f1=share(2 * hits, in_reference + in_test),
            support=in_reference,
        )
    return scores


def macro_f1(confusion: NDArray[np.int64], classes: Sequence[str] = ("N", "S", "V")) -> float:
    """Mean F1 of the classes named.

    A class that neither the reference nor the test has anywhere is left out of the
    mean; where that is all of them, the mean is NaN.

    Args:
        confusion: `[6, 6]` counts over `CONFUSION_CLASSES`, rows reference, columns test.
        classes: AAMI classes to average over.
    """
    scores = class_scores(confusion)
    defined = [scores[name].f1 for name in classes if not np.isnan(scores[name].f1)]
    return float(np.mean(defined)) if defined else float("nan")
