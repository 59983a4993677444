"""When the heart does not beat."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile
from operator import itemgetter

import numpy as np

from ecgmm.analysis import words
from ecgmm.analysis.reading import Finding
from ecgmm.analysis.rules.evidence import TOLERANCE, Evidence, counted

SHORTEST_PAUSE_S = 3.0
"""ACC/AHA/HRS 2018: a sign of sinus node dysfunction."""
SHORTEST_ASYSTOLE_S = 4.0
"""CinC 2015: no QRS complex for at least 4 s."""


def pause(evidence: Evidence) -> list[Finding]:
    """No beat for at least 3 s, and less than 4 s.

    ACC/AHA/HRS 2018 counts sinus pauses of more than 3 s among the signs of sinus node
    dysfunction.
    """
    pauses = _silences(evidence, SHORTEST_PAUSE_S, SHORTEST_ASYSTOLE_S)
    if not pauses:
        return []
    text = f"{counted(len(pauses), 'pause')} without a beat, the longest {_longest(pauses)}."
    return [Finding("pause", text, "warning", _bordering(pauses))]


def asystole(evidence: Evidence) -> list[Finding]:
    """No beat for at least 4 s (CinC 2015).

    Ventricular flutter and fibrillation have no distinct beats either, so the text names both.
    A recording without any beat gives no finding: a lead that fell off looks the same.
    """
    pauses = _silences(evidence, SHORTEST_ASYSTOLE_S, float("inf"))
    if not pauses:
        return []
    text = (
        f"Asystole or ventricular fibrillation: {counted(len(pauses), 'pause')} of "
        f"{SHORTEST_ASYSTOLE_S:.0f} s or more without a distinct beat, the longest "
        f"{_longest(pauses)}."
    )
    return [Finding("asystole", text, "critical", _bordering(pauses))]


def silent_spans_s(evidence: Evidence) -> list[tuple[float, float]]:
    """`(start_s, end_s)` of each time of 3 s or more without a beat between two that were read."""
    long = np.flatnonzero(evidence.rr_s >= SHORTEST_PAUSE_S - TOLERANCE)
    return [(float(evidence.times_s[i]), float(evidence.times_s[i + 1])) for i in long]


def _silences(
    evidence: Evidence, shortest_s: float, limit_s: float
) -> list[tuple[float, tuple[int, ...]]]:
    """Times without a beat from `shortest_s` up to but not including `limit_s`.

    Each comes with the beats at its borders. The time before the first beat and after the
    last counts, for a pause there is at least that long; the time inside a gap does not.
    """
    if not evidence.beats:
        return []
    edges_s = np.concatenate(([0.0], evidence.times_s, [evidence.duration_s]))
    silences = []
    for index in np.flatnonzero(np.diff(edges_s) >= shortest_s - TOLERANCE).tolist():
        start_s, end_s = edges_s[index : index + 2].tolist()
        length_s = max(_pieces_s(start_s, end_s, evidence.gaps))
        if shortest_s - TOLERANCE <= length_s < limit_s - TOLERANCE:
            borders = tuple(i for i in (index - 1, index) if 0 <= i < len(evidence.beats))
            silences.append((length_s, borders))
    return silences


def _pieces_s(start_s: float, end_s: float, gaps: Sequence[tuple[float, float]]) -> Iterator[float]:
    """Lengths of what is left of a span when the gaps are cut out of it."""
    first = bisect_right(gaps, start_s, key=itemgetter(1))
    for gap_start_s, gap_end_s in takewhile(lambda gap: gap[0] < end_s, islice(gaps, first, None)):
        yield gap_start_s - start_s
        start_s = gap_end_s
    yield end_s - start_s


def _longest(silences: list[tuple[float, tuple[int, ...]]]) -> str:
    return words.lasting(max(length_s for length_s, _ in silences))


def _bordering(silences: list[tuple[float, tuple[int, ...]]]) -> tuple[int, ...]:
    return tuple(sorted({index for _, borders in silences for index in borders}))
