"""Agreement between two readings of the same records, such as signal and picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.labels import NO_BEAT
from ecgmm.scoring.beat_scores import ClassScores, share
from ecgmm.scoring.matching import CONFUSION_CLASSES, confusion_matrix, match_beats
from ecgmm.scoring.results import RecordResult


@dataclass(frozen=True)
class Dispute:
    """Beats of one record that two readings see differently in the same way.

    Attributes:
        record: name of the record.
        reference: what the reference says, `"none"` for no beat.
        first: what the first reading says.
        second: what the second reading says.
        beats: how many beats.
        example_s: where the first of them is, in seconds.
    """

    record: str
    reference: str
    first: str
    second: str
    beats: int
    example_s: float


@dataclass(frozen=True)
class Agreement:
    """How far two readings agree.

    Attributes:
        kappa: Cohen's kappa over all beats of either reading.
        confusion: `[6, 6]` over `CONFUSION_CLASSES`, rows first reading, columns second.
        disputes: where they differ, the most beats first.
    """

    kappa: float
    confusion: NDArray[np.int64]
    disputes: tuple[Dispute, ...]


def cohen_kappa(confusion: NDArray[np.int64]) -> float:
    """Agreement beyond chance (Cohen 1960, doi 10.1177/001316446002000104).

    Args:
        confusion: `[classes, classes]` counts of one rater against another.

    Returns:
        1 for full agreement, 0 for chance, NaN where chance alone explains everything.
    """
    total = confusion.sum()
    observed = share(np.trace(confusion), total)
    expected = share(confusion.sum(axis=0) @ confusion.sum(axis=1), float(total) ** 2)
    return share(observed - expected, 1 - expected)


def agreement(first: Sequence[RecordResult], second: Sequence[RecordResult]) -> Agreement:
    """Compares two readings of the same records beat by beat, within 150 ms.

    Args:
        first: one reading of each record.
        second: the other reading of the same records, in the same order.

    Raises:
        ValueError: if the records differ.
    """
    names = [result.record for result in first], [result.record for result in second]
    if names[0] != names[1]:
        raise ValueError(f"Expected two readings of the same records. Received {names}.")
    confusion = np.zeros((len(CONFUSION_CLASSES),) * 2, np.int64)
    disputes: list[Dispute] = []
    for one, other in zip(first, second, strict=True):
        matching = match_beats(one.test_times_s, other.test_times_s)
        confusion += confusion_matrix(one.test_labels, other.test_labels, matching)
        disputes += _disputes(one, other)
    disputes.sort(key=lambda dispute: -dispute.beats)
    return Agreement(cohen_kappa(confusion), confusion, tuple(disputes))


def retention(
    kept: Mapping[str, ClassScores], whole: Mapping[str, ClassScores], classes: Sequence[str]
) -> dict[str, float]:
    """Share of each class's F1 that survives, such as of the signal's in the picture.

    Args:
        kept: scores of the reading from the harder input.
        whole: scores of the reading from the easier one.
        classes: AAMI classes wanted.

    Returns:
        The share for each class, and for the mean F1 of the classes under `"macro"`.
    """
    sums = (sum(scores[name].f1 for name in classes) for scores in (kept, whole))
    by_class = {name: share(kept[name].f1, whole[name].f1) for name in classes}
    return by_class | {"macro": share(*sums)}


def _disputes(one: RecordResult, other: RecordResult) -> list[Dispute]:
    matching = match_beats(one.test_times_s, other.test_times_s)
    pairs = zip(matching.reference_indices, matching.test_indices, strict=True)
    places = [
        *((one.test_times_s[i], one.test_labels[i], other.test_labels[j]) for i, j in pairs),
        *((one.test_times_s[i], one.test_labels[i], NO_BEAT) for i in matching.missed_indices),
        *((other.test_times_s[j], NO_BEAT, other.test_labels[j]) for j in matching.extra_indices),
    ]
    differing = sorted(place for place in places if place[1] != place[2])
    references = _reference_at(one, np.array([time_s for time_s, _, _ in differing]))
    keys = [(ref, *place[1:]) for ref, place in zip(references, differing, strict=True)]
    example_s = {key: place[0] for key, place in zip(keys[::-1], differing[::-1], strict=True)}
    return [
        Dispute(one.record, *key, beats=beats, example_s=float(example_s[key]))
        for key, beats in Counter(keys).items()
    ]


def _reference_at(result: RecordResult, times_s: NDArray[np.float64]) -> list[str]:
    """Reference label of the beat at each time, `"none"` where there is no beat."""
    labels = result.reference_labels()
    matching = match_beats(result.reference_times_s, times_s)
    found = [NO_BEAT] * len(times_s)
    for i, j in zip(matching.reference_indices, matching.test_indices, strict=True):
        found[j] = labels[i]
    return found
