"""Marked waves against found ones: differences of intervals, and waves found or invented."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ecgmm.measure.waves import WAVE_NAMES, Wave, WaveName

INTERVALS = ("pr_ms", "qrs_ms", "qt_ms")
TOLERANCE_S = 0.15
"""As EC57 matches beats: twice the duration of a narrow QRS complex."""
LONGEST_REST_S = 1.0
"""In a longer stretch without a mark lie beats that nobody marked."""
LEAST_SHARE = 0.25
"""Of the marked beats: what fewer of them have is no interval of the record."""
_LONGEST_PR_S = 0.6
_SAME_BEAT_S = 0.1
"""Marks of one wave in several leads lie closer together than that."""


@dataclass(frozen=True)
class IntervalAgreement:
    """One interval over many records.

    Attributes:
        records: records in which the reference has it.
        measured: how many of them got a value.
        bias_ms: mean of measured less reference.
        sd_ms: standard deviation of these differences.
    """

    records: int
    measured: int
    bias_ms: float
    sd_ms: float


@dataclass(frozen=True)
class Found:
    """How many waves of one kind were found.

    Attributes:
        hits: marked and found.
        missed: marked and not found.
        invented: found where none is marked.
    """

    hits: int
    missed: int
    invented: int

    def __add__(self, other: Found) -> Found:
        return Found(
            self.hits + other.hits, self.missed + other.missed, self.invented + other.invented
        )

    @property
    def sensitivity(self) -> float:
        """Se: found, of the marked ones."""
        return self.hits / max(self.hits + self.missed, 1)

    @property
    def predictivity(self) -> float:
        """+P: marked, of the found ones."""
        return self.hits / max(self.hits + self.invented, 1)


def intervals_ms(leads: Iterable[Sequence[Wave]]) -> dict[str, float]:
    """PR, QRS and QT of a record: the median over its beats and leads.

    Args:
        leads: the waves of each lead, in time order.
    """
    found: dict[str, list[float]] = {name: [] for name in INTERVALS}
    beats = 0
    for waves in leads:
        for place, qrs in enumerate(waves):
            if qrs.name != "QRS" or qrs.onset_s is None or qrs.end_s is None:
                continue
            beats += 1
            found["qrs_ms"].append(qrs.end_s - qrs.onset_s)
            before = waves[place - 1] if place else None
            after = waves[place + 1] if place + 1 < len(waves) else None
            if before and before.name == "P" and before.onset_s is not None:
                pr_s = qrs.onset_s - before.onset_s
                found["pr_ms"] += [pr_s] * (pr_s < _LONGEST_PR_S)
            if after and after.name == "T" and after.end_s is not None:
                found["qt_ms"].append(after.end_s - qrs.onset_s)
    return {
        name: 1000 * float(np.median(values))
        for name, values in found.items()
        if values and len(values) >= LEAST_SHARE * beats
    }


def agreement(pairs: Sequence[tuple[float, float | None]]) -> IntervalAgreement:
    """Bias and spread of one interval.

    Args:
        pairs: of each record the reference, and what was measured, None where nothing was.
    """
    differences = [measured - reference for reference, measured in pairs if measured is not None]
    return IntervalAgreement(
        len(pairs),
        len(differences),
        float(np.mean(differences)) if differences else float("nan"),
        float(np.std(differences, ddof=1)) if len(differences) > 1 else float("nan"),
    )


def marked_beats(leads: Sequence[Sequence[Wave]]) -> dict[WaveName, list[tuple[float, float]]]:
    """Where the waves of each beat are over several leads.

    Args:
        leads: the waves of each lead.

    Returns:
        Of each wave the median of its peaks in seconds, and in which share of the leads it is
        marked.
    """
    marked: dict[WaveName, list[tuple[float, float]]] = {}
    for name in WAVE_NAMES:
        groups: list[list[float]] = []
        for peak_s in sorted(w.peak_s for waves in leads for w in waves if w.name == name):
            if groups and peak_s - groups[-1][0] < _SAME_BEAT_S:
                groups[-1].append(peak_s)
            else:
                groups.append([peak_s])
        marked[name] = [(float(np.median(group)), len(group) / len(leads)) for group in groups]
    return marked


def found_waves(
    leads: Sequence[Sequence[Wave]], peaks_s: Mapping[WaveName, Sequence[float]]
) -> dict[WaveName, Found]:
    """Waves found beat by beat.

    A wave counts as marked where half of the leads have it; one that fewer leads have is neither
    missed nor invented. Where nobody has marked, nothing counts.

    Args:
        leads: the reference, the waves of each lead.
        peaks_s: the peaks that were found.
    """
    marked = marked_beats(leads)
    asked = [span for waves in leads for span in asked_spans(waves)]
    scores: dict[WaveName, Found] = {}
    for name, reference in marked.items():
        found = np.array(peaks_s.get(name, ()), np.float64)
        sure = [time_s for time_s, share in reference if share >= 0.5]
        hits = sum(bool(np.any(np.abs(found - time_s) <= TOLERANCE_S)) for time_s in sure)
        possible = np.array([time_s for time_s, _ in reference])
        invented = sum(
            any(first <= time_s <= last for first, last in asked)
            and not np.any(np.abs(possible - time_s) <= TOLERANCE_S)
            for time_s in found.tolist()
        )
        scores[name] = Found(hits, len(sure) - hits, invented)
    return scores


def asked_spans(waves: Sequence[Wave]) -> list[tuple[float, float]]:
    """From when to when a lead was marked without a gap."""
    if not waves:
        return []
    borders = [
        place
        for place, (one, other) in enumerate(pairwise(waves), start=1)
        if _onset_s(other) - _end_s(one) > LONGEST_REST_S
    ]
    edges = [0, *borders, len(waves)]
    return [(_onset_s(waves[first]), _end_s(waves[last - 1])) for first, last in pairwise(edges)]


def _onset_s(wave: Wave) -> float:
    return wave.peak_s if wave.onset_s is None else wave.onset_s


def _end_s(wave: Wave) -> float:
    return wave.peak_s if wave.end_s is None else wave.end_s
