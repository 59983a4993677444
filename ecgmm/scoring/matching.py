"""Pairing of test beats with reference beats, and the confusion matrix of the pairs.

The rule is the one of ANSI/AAMI EC57 (beat-by-beat comparison, match window of
150 ms), in the reading of its reference implementation, the program `bxb` of the
WFDB Applications Guide (https://physionet.org/physiotools/wag/bxb-1.htm).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ecgmm.labels import AAMI_CLASSES, NO_BEAT

MATCH_WINDOW_S = 0.15
"""EC57's match window."""
CONFUSION_CLASSES = (*AAMI_CLASSES, NO_BEAT)

_SAME_TIME_S = 1e-6
"""A microsecond: times are sums of floats."""


@dataclass(frozen=True)
class Matching:
    """Which test beat answers which reference beat.

    Attributes:
        reference_indices: `[pairs]` int64, index of the reference beat of each pair, ascending.
        test_indices: `[pairs]` int64, index of the test beat of each pair, ascending.
        missed_indices: `[missed]` int64, reference beats that no test beat answers.
        extra_indices: `[extra]` int64, test beats that answer no reference beat.
    """

    reference_indices: NDArray[np.int64]
    test_indices: NDArray[np.int64]
    missed_indices: NDArray[np.int64]
    extra_indices: NDArray[np.int64]


def match_beats(
    reference_times_s: ArrayLike, test_times_s: ArrayLike, tolerance_s: float = MATCH_WINDOW_S
) -> Matching:
    """Pairs beats one to one, as `bxb` does.

    Both lists are walked in time order. The earlier of the two current beats is
    paired with the other one when they are at most the match window apart, and
    either no successor of the earlier one is as near to the other one, or that
    successor has a still nearer partner of its own (the rule `bxb` added in
    November 2002). Otherwise the earlier one stays alone. So a beat is used at
    most once, of two candidates the nearer wins, and of two equally near ones
    the later.

    Args:
        reference_times_s: `[reference beats]` seconds, ascending.
        test_times_s: `[test beats]` seconds, ascending.
        tolerance_s: match window; a distance equal to it (to a microsecond) still matches.

    Returns:
        The pairs, and the beats left alone on either side.

    Raises:
        ValueError: if a list is not a row of ascending finite times, or the window is negative.
    """
    reference = _ascending_times("reference_times_s", reference_times_s)
    test = _ascending_times("test_times_s", test_times_s)
    if not tolerance_s >= 0:
        raise ValueError(f"Expected a match window of 0 s or more. Received {tolerance_s} s.")
    pairs = np.array(_merge(reference.tolist(), test.tolist(), tolerance_s), np.int64)
    reference_indices, test_indices = pairs.reshape(-1, 2).T
    return Matching(
        reference_indices=reference_indices,
        test_indices=test_indices,
        missed_indices=np.setdiff1d(np.arange(len(reference)), reference_indices, True),
        extra_indices=np.setdiff1d(np.arange(len(test)), test_indices, True),
    )


def confusion_matrix(
    reference_labels: Sequence[str], test_labels: Sequence[str], matching: Matching
) -> NDArray[np.int64]:
    """Counts the pairs of labels, missed and extra beats included.

    Args:
        reference_labels: AAMI class of each reference beat.
        test_labels: AAMI class of each test beat.
        matching: what `match_beats` made of the same beats.

    Returns:
        `[6, 6]` int64 over `CONFUSION_CLASSES` (`N`, `S`, `V`, `F`, `Q`, `none`): rows are
        the reference, columns the test; the last column holds missed beats, the last
        row extra ones.

    Raises:
        ValueError: if a label is not an AAMI class.
    """
    reference = _class_indices(reference_labels)
    test = _class_indices(test_labels)
    none = CONFUSION_CLASSES.index(NO_BEAT)
    confusion = np.zeros((len(CONFUSION_CLASSES),) * 2, np.int64)
    paired = (reference[matching.reference_indices], test[matching.test_indices])
    np.add.at(confusion, paired, 1)
    np.add.at(confusion[:, none], reference[matching.missed_indices], 1)
    np.add.at(confusion[none], test[matching.extra_indices], 1)
    return confusion


def _merge(reference: list[float], test: list[float], tolerance_s: float) -> list[tuple[int, int]]:
    """The pairs of two ascending lists, by one walk over both."""
    window = tolerance_s + _SAME_TIME_S
    reference.append(np.inf)
    test.append(np.inf)
    pairs = []
    i = j = 0
    while i < len(reference) - 1 and j < len(test) - 1:
        gap = abs(test[j] - reference[i])
        test_is_earlier = test[j] < reference[i]
        if gap <= window:
            rival_gap = abs(
                test[j + 1] - reference[i] if test_is_earlier else test[j] - reference[i + 1]
            )
            next_gap = abs(test[j + 1] - reference[i + 1])
            if min(gap, next_gap) + _SAME_TIME_S < rival_gap:
                pairs.append((i, j))
                i += 1
                j += 1
                continue
        if test_is_earlier:
            j += 1
        else:
            i += 1
    return pairs


def _ascending_times(name: str, times_s: ArrayLike) -> NDArray[np.float64]:
    times = np.asarray(times_s, np.float64)
    if times.ndim != 1 or not np.isfinite(times).all() or np.any(np.diff(times) < 0):
        raise ValueError(
            f"Expected {name} to be a row of ascending finite times. "
            f"Received shape {times.shape}, or times out of order."
        )
    return times


def _class_indices(labels: Sequence[str]) -> NDArray[np.int64]:
    try:
        return np.array([AAMI_CLASSES.index(label) for label in labels], np.int64)
    except ValueError:
        strange = sorted(set(labels) - set(AAMI_CLASSES))
        raise ValueError(f"Expected labels among {AAMI_CLASSES}. Received {strange}.") from None
