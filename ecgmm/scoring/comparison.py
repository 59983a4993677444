"""The beat-by-beat comparison of one record (ANSI/AAMI EC57, program `bxb`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.labels import AAMI_CLASSES
from ecgmm.scoring.matching import CONFUSION_CLASSES, Matching, confusion_matrix
from ecgmm.scoring.results import LEARNING_PERIOD_S, EscapesAs, RecordResult, match_record
from ecgmm.scoring.spans import overlap_s, within

BXB_CLASSES = (*AAMI_CLASSES, "O", "X")

_NONE = _O = len(AAMI_CLASSES)
_X = _O + 1


@dataclass(frozen=True)
class BeatComparison:
    """How the beats of one record were read.

    Attributes:
        record: name of the record.
        patient: identity of the person.
        counts: `[7, 7]` int64 over `BXB_CLASSES`, rows reference, columns test. `O` stands
            for no beat, `X` for no beat because the signal was called unreadable.
        rr_error_ms: root mean square difference of RR intervals, NaN where there is none.
        shutdown_s: seconds of the test period that the reader called unreadable.
    """

    record: str
    patient: str
    counts: NDArray[np.int64]
    rr_error_ms: float
    shutdown_s: float

    @property
    def confusion(self) -> NDArray[np.int64]:
        """`[6, 6]` counts over `CONFUSION_CLASSES`: `O` and `X` together as `none`."""
        size = len(CONFUSION_CLASSES)
        confusion = self.counts[:size, :size].copy()
        confusion[_NONE] += self.counts[_X, :size]
        confusion[:, _NONE] += self.counts[:size, _X]
        return confusion


def compare_beats(
    result: RecordResult, start_s: float = LEARNING_PERIOD_S, escapes_as: EscapesAs = "N"
) -> BeatComparison:
    """Compares the beats of one record by the rules of EC57.

    Args:
        result: the record.
        start_s: what lies before is left out (see `match_record`).
        escapes_as: where the escape beats `e`, `j` and `n` of the reference count. `bxb`
            counts them as `S` when it reports SVEBs, most papers as `N`.
    """
    matching = match_record(result, start_s)
    labels = result.reference_labels(escapes_as)
    counts = np.zeros((len(BXB_CLASSES),) * 2, np.int64)
    counts[:_X, :_X] = confusion_matrix(labels, result.test_labels, matching)
    _move_shutdown_beats(counts, result, matching, labels)
    return BeatComparison(
        record=result.record,
        patient=result.patient,
        counts=counts,
        rr_error_ms=_rr_error_ms(result, matching),
        shutdown_s=overlap_s(result.test_shutdown_spans_s, [(start_s, result.duration_s)]),
    )


def _move_shutdown_beats(
    counts: NDArray[np.int64], result: RecordResult, matching: Matching, labels: tuple[str, ...]
) -> None:
    """Moves beats missed or added during a shutdown of the other side from `O` to `X`."""
    missed = matching.missed_indices
    for index in missed[within(result.reference_times_s[missed], result.test_shutdown_spans_s)]:
        row = AAMI_CLASSES.index(labels[index])
        counts[row, _O] -= 1
        counts[row, _X] += 1
    extra = matching.extra_indices
    for index in extra[within(result.test_times_s[extra], result.reference_shutdown_spans_s)]:
        column = AAMI_CLASSES.index(result.test_labels[index])
        counts[_O, column] -= 1
        counts[_X, column] += 1


def _rr_error_ms(result: RecordResult, matching: Matching) -> float:
    """RMS difference of the intervals that end at each pair, in milliseconds.

    `bxb` also adds the intervals current at missed and extra beats; here only intervals
    that end at a paired beat count. Intervals across ventricular flutter are left out.
    """
    preceded = (matching.reference_indices > 0) & (matching.test_indices > 0)
    reference = matching.reference_indices[preceded]
    test = matching.test_indices[preceded]
    onsets_s = np.array([onset_s for onset_s, _ in result.vf_spans_s])
    before_s = result.reference_times_s[reference - 1]
    across_vf = np.searchsorted(onsets_s, before_s) != np.searchsorted(
        onsets_s, result.reference_times_s[reference]
    )
    reference_rr_s = result.reference_times_s[reference] - before_s
    test_rr_s = result.test_times_s[test] - result.test_times_s[test - 1]
    errors_ms = 1000 * (reference_rr_s - test_rr_s)[~across_vf]
    return float(np.sqrt(np.mean(errors_ms**2))) if len(errors_ms) else float("nan")
