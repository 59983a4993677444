"""What the rules look at: the beats in their order, the intervals between them, the rhythm."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis import words
from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.heart_rate import rr_intervals_s
from ecgmm.analysis.reading import Beat, JudgedCondition, Rhythm
from ecgmm.measure.measurements import NOTHING_MEASURED, Measurements
from ecgmm.person import NOBODY, Person

TOLERANCE = 1e-6
"""Sums of times on a grid are off by the rounding of floats; no limit may depend on it."""


@dataclass(frozen=True)
class Evidence:
    """One reading before its findings.

    Attributes:
        beats: every beat, in time order, no two at one time.
        rhythm: the rhythm of the whole recording.
        duration_s: length of the recording in seconds.
        gaps: `(start_s, end_s)` of each unreadable span, in time order, without overlap. An RR
            interval that touches one is not known, and beats on its two sides are no neighbours.
        conditions: what the model was asked of the leads as a set, present or not.
        measured: what the waves of the dominant beats measure.
        person: whose heart it is, as far as that is known.
    """

    beats: Sequence[Beat]
    rhythm: Rhythm
    duration_s: float
    gaps: Sequence[tuple[float, float]] = ()
    conditions: Sequence[JudgedCondition] = ()
    measured: Measurements = NOTHING_MEASURED
    person: Person = NOBODY

    def __post_init__(self) -> None:
        wrong = np.flatnonzero(~(np.diff(self.times_s) > 0))
        if len(wrong):
            first_s, second_s = self.times_s[wrong[0] : wrong[0] + 2]
            raise ValueError(
                "Expected beats in time order, no two at one time. "
                f"Received {second_s} s after {first_s} s."
            )

    @cached_property
    def columns(self) -> BeatList:
        """The beats as columns."""
        return BeatList.of(self.beats)

    @property
    def times_s(self) -> NDArray[np.float64]:
        """`[beats]`, time of each beat in seconds."""
        return self.columns.time_s

    @property
    def labels(self) -> str:
        """AAMI class of each beat, one letter a beat."""
        return self.columns.labels

    @cached_property
    def all_beats(self) -> tuple[int, ...]:
        """The index of every beat; one list of numbers, which are objects, for all findings."""
        return tuple(range(len(self.beats)))

    @cached_property
    def rr_s(self) -> NDArray[np.float64]:
        """`[beats - 1]`, each RR interval in seconds; NaN where it touches a gap."""
        return rr_intervals_s(self.times_s, self.gaps)

    @cached_property
    def readable_s(self) -> float:
        """How much of the recording lies outside the gaps, in seconds."""
        return self.duration_s - sum(end_s - start_s for start_s, end_s in self.gaps)

    @cached_property
    def neighbourhoods(self) -> list[range]:
        """Stretches of beats with no gap between them, as ranges of indices."""
        borders = np.flatnonzero(np.isnan(self.rr_s)) + 1
        edges = [0, *borders.tolist(), len(self.beats)]
        return [range(first, stop) for first, stop in pairwise(edges)]

    def of_class(self, label: str) -> tuple[int, ...]:
        """Indices of the beats of one AAMI class."""
        letters = np.frombuffer(self.labels.encode("ascii"), np.uint8)
        return self.chosen(letters == ord(label))

    def matches(self, pattern: str) -> list[range]:
        """Neighbouring beats whose labels match a regular expression, as ranges of indices."""
        return [
            range(beats.start + match.start(), beats.start + match.end())
            for beats in self.neighbourhoods
            for match in re.finditer(pattern, self.labels[beats.start : beats.stop])
        ]

    def joined(self, groups: Sequence[range]) -> tuple[int, ...]:
        """The beats of several groups in time order, each named once."""
        belongs = np.zeros(len(self.beats), np.bool_)
        for group in groups:
            belongs[group.start : group.stop] = True
        return self.chosen(belongs)

    def chosen(self, belongs: NDArray[np.bool_]) -> tuple[int, ...]:
        """The beats at which `[beats]` `belongs` is true."""
        if belongs.all():
            return self.all_beats
        return tuple(np.flatnonzero(belongs).tolist())

    def rate_bpm(self, beats: range) -> float:
        """Mean rate over neighbouring beats, at least two."""
        return 60.0 / float(self.rr_s[beats.start : beats.stop - 1].mean())

    def share_words(self, beats: Sequence[int]) -> str:
        """How many of all beats these are, such as `"25 % of all beats"`."""
        return f"{words.share(len(beats), len(self.beats))} of all beats"


def counted(count: int, noun: str) -> str:
    """A number and its noun: `"1 pause"`, `"3 pauses"`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
