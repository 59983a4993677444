"""Scores of rhythm: the F1 of the PhysioNet/CinC Challenge 2017 and the burden of AF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.labels import RHYTHM_CLASSES
from ecgmm.scoring.beat_scores import share
from ecgmm.scoring.results import RecordResult
from ecgmm.scoring.spans import overlap_s, total_s


@dataclass(frozen=True)
class Cinc2017Scores:
    """F1 of each rhythm class and their means.

    As Clifford et al. 2017 define them (doi 10.22489/CinC.2017.065-469).

    Attributes:
        f1n: F1 of normal rhythm; NaN where no recording is or is called so. Same below.
        f1a: F1 of atrial fibrillation.
        f1o: F1 of other rhythms.
        f1p: F1 of recordings too noisy to read.
        f1: mean of the first three, the figure by which the challenge ranked.
        f1_with_noise: mean of all four.
        confusion: `[4, 4]` over `RHYTHM_CLASSES`, rows reference, columns test.
    """

    f1n: float
    f1a: float
    f1o: float
    f1p: float
    f1: float
    f1_with_noise: float
    confusion: NDArray[np.int64]


@dataclass(frozen=True)
class AfBurden:
    """How much of a recording is atrial fibrillation.

    Attributes:
        record: name of the recording.
        duration_s: its length.
        reference: share of it in AF by the reference.
        test: share of it in AF by the reader.
        sensitivity: share of the reference's AF time that the reader finds, NaN if none.
        positive_predictivity: share of the reader's AF time that is so, NaN if none.
    """

    record: str
    duration_s: float
    reference: float
    test: float
    sensitivity: float
    positive_predictivity: float


def cinc2017_scores(reference: Sequence[str], test: Sequence[str]) -> Cinc2017Scores:
    """Scores rhythm classes as the PhysioNet/CinC Challenge 2017 did.

    Args:
        reference: rhythm class of each recording or strip, of `RHYTHM_CLASSES`.
        test: what the reader called each.

    Raises:
        ValueError: if the lists differ in length or hold another class.
    """
    if len(reference) != len(test):
        raise ValueError(
            f"Expected one test class a recording. Received {len(reference)} reference and "
            f"{len(test)} test classes."
        )
    strange = sorted((set(reference) | set(test)) - set(RHYTHM_CLASSES))
    if strange:
        raise ValueError(f"Expected classes among {RHYTHM_CLASSES}. Received {strange}.")
    confusion = np.zeros((len(RHYTHM_CLASSES),) * 2, np.int64)
    for reference_class, test_class in zip(reference, test, strict=True):
        confusion[RHYTHM_CLASSES.index(reference_class), RHYTHM_CLASSES.index(test_class)] += 1
    f1n, f1a, f1o, f1p = (
        share(2 * confusion[i, i], confusion[i].sum() + confusion[:, i].sum())
        for i in range(len(RHYTHM_CLASSES))
    )
    return Cinc2017Scores(
        f1n=f1n,
        f1a=f1a,
        f1o=f1o,
        f1p=f1p,
        f1=(f1n + f1a + f1o) / 3,
        f1_with_noise=(f1n + f1a + f1o + f1p) / 4,
        confusion=confusion,
    )


def af_burden(result: RecordResult) -> AfBurden:
    """Burden of AF in one record, and how much of it the reader finds.

    Args:
        result: the record; a reader that says nothing of AF has found none.
    """
    test_spans_s = result.test_af_spans_s or ()
    reference_s = total_s(result.reference_af_spans_s)
    test_s = total_s(test_spans_s)
    both_s = overlap_s(result.reference_af_spans_s, test_spans_s)
    return AfBurden(
        record=result.record,
        duration_s=result.duration_s,
        reference=reference_s / result.duration_s,
        test=test_s / result.duration_s,
        sensitivity=share(both_s, reference_s),
        positive_predictivity=share(both_s, test_s),
    )
