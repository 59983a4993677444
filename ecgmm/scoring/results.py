"""What a reader said about one record, beside what the reference says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.labels import AAMI_CLASSES, aami_class
from ecgmm.scoring.matching import Matching, match_beats
from ecgmm.scoring.spans import Span, within

LEARNING_PERIOD_S = 300.0
"""EC57 lets a reader learn for five minutes."""

EscapesAs = Literal["N", "S"]


@dataclass(frozen=True)
class RecordResult:
    """One record's reference and the reading under test, on one clock.

    Attributes:
        record: name of the record.
        patient: identity of the person; records of one person share it.
        duration_s: length of the record in seconds.
        reference_times_s: `[reference beats]` seconds, ascending.
        reference_symbols: PhysioNet symbol of each reference beat.
        test_times_s: `[test beats]` seconds, ascending.
        test_labels: AAMI class of each test beat.
        test_probabilities: `[test beats, 5]` over `AAMI_CLASSES`, or None for a reader that
            gives none.
        vf_spans_s: ventricular flutter or fibrillation by the reference (`[` to `]`).
        reference_af_spans_s: atrial fibrillation by the reference.
        test_af_spans_s: atrial fibrillation by the reader, or None where it says nothing.
        reference_shutdown_spans_s: where the reference calls every signal unreadable.
        test_shutdown_spans_s: where the reader does.

    Raises:
        InputError: if the record has no reference beat, or one outside the record.
        ValueError: if the parts do not fit together.
    """

    record: str
    patient: str
    duration_s: float
    reference_times_s: NDArray[np.float64]
    reference_symbols: tuple[str, ...]
    test_times_s: NDArray[np.float64]
    test_labels: tuple[str, ...]
    test_probabilities: NDArray[np.floating] | None = None
    vf_spans_s: tuple[Span, ...] = ()
    reference_af_spans_s: tuple[Span, ...] = ()
    test_af_spans_s: tuple[Span, ...] | None = None
    reference_shutdown_spans_s: tuple[Span, ...] = ()
    test_shutdown_spans_s: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        self._check_lengths()
        if len(self.reference_times_s) == 0:
            raise InputError("no_reference", f"Record {self.record} has no reference beat.")
        outside = self.reference_times_s[-1] > self.duration_s or self.reference_times_s[0] < 0
        if outside:
            raise InputError(
                "annotations_do_not_match",
                f"Record {self.record} lasts {self.duration_s:.1f} s, but its reference beats "
                f"lie between {self.reference_times_s[0]:.1f} s and "
                f"{self.reference_times_s[-1]:.1f} s: use the annotations of this record.",
            )

    def _check_lengths(self) -> None:
        expected = {
            "symbol a reference beat": (len(self.reference_times_s), len(self.reference_symbols)),
            "label a test beat": (len(self.test_times_s), len(self.test_labels)),
        }
        for what, (beats, labels) in expected.items():
            if beats != labels:
                raise ValueError(f"Expected one {what}. Received {beats} beats and {labels}.")
        shape = (len(self.test_times_s), len(AAMI_CLASSES))
        if self.test_probabilities is not None and self.test_probabilities.shape != shape:
            raise ValueError(
                f"Expected probabilities of shape {shape}. "
                f"Received shape {self.test_probabilities.shape}."
            )
        strange = {symbol for symbol in self.reference_symbols if aami_class(symbol) is None}
        if strange:
            raise ValueError(f"Expected symbols of beats. Received {sorted(strange)}.")

    def reference_labels(self, escapes_as: EscapesAs = "N") -> tuple[str, ...]:
        """AAMI class of each reference beat.

        Args:
            escapes_as: where the escape beats `e`, `j` and `n` count.
        """
        label_of = {
            symbol: label
            for symbol in set(self.reference_symbols)
            if (label := aami_class(symbol, escapes_as)) is not None
        }
        return tuple(label_of[symbol] for symbol in self.reference_symbols)


def match_record(result: RecordResult, start_s: float = LEARNING_PERIOD_S) -> Matching:
    """Pairs the beats of a record that EC57 has compared.

    Reference beats during ventricular flutter or fibrillation take no part, and test
    beats there that pair with nothing are not counted. The whole record is matched
    before the beginning is left out: a pair belongs to where its reference beat is.
    (`bxb` starts its walk at `start_s`; the two can differ by one beat there.)

    Args:
        result: the record.
        start_s: what lies before is left out. EC57 gives a reader the first five minutes
            to learn; many papers score them too (`start_s=0`).

    Returns:
        Indices into the beats of `result`.
    """
    counted = np.flatnonzero(~within(result.reference_times_s, result.vf_spans_s))
    matching = match_beats(result.reference_times_s[counted], result.test_times_s)
    reference_indices = counted[matching.reference_indices]
    missed_indices = counted[matching.missed_indices]
    extra_times_s = result.test_times_s[matching.extra_indices]
    in_period = result.reference_times_s >= start_s
    paired = in_period[reference_indices]
    scored = (extra_times_s >= start_s) & ~within(extra_times_s, result.vf_spans_s)
    return Matching(
        reference_indices=reference_indices[paired],
        test_indices=matching.test_indices[paired],
        missed_indices=missed_indices[in_period[missed_indices]],
        extra_indices=matching.extra_indices[scored],
    )


def within_spans(result: RecordResult, spans_s: Sequence[Span]) -> RecordResult:
    """What a result says of some stretches of its record alone.

    The whole record is matched first: a pair belongs to where its reference beat is.

    Args:
        result: the whole record.
        spans_s: onset and end of each stretch.

    Raises:
        InputError: if no reference beat lies there.
    """
    matching = match_beats(result.reference_times_s, result.test_times_s)
    reference = within(result.reference_times_s, spans_s)
    test = within(result.test_times_s, spans_s)
    test[matching.test_indices] = reference[matching.reference_indices]
    kept, read = np.flatnonzero(reference), np.flatnonzero(test)
    probabilities = result.test_probabilities
    return replace(
        result,
        reference_times_s=result.reference_times_s[kept],
        reference_symbols=tuple(result.reference_symbols[index] for index in kept),
        test_times_s=result.test_times_s[read],
        test_labels=tuple(result.test_labels[index] for index in read),
        test_probabilities=None if probabilities is None else probabilities[read],
    )
