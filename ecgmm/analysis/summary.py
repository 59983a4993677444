"""The figures and the verdict that a reader looks for first."""

from __future__ import annotations

from collections.abc import Sequence

from ecgmm.analysis.abnormality import abnormal_probability
from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.grade import grade
from ecgmm.analysis.heart_rate import rate_range_bpm, told_rate_bpm
from ecgmm.analysis.reading import (
    Beat,
    Finding,
    JudgedCondition,
    Quality,
    Rhythm,
    Summary,
    Verdict,
)
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.rules.rhythms import ABNORMAL_PROBABILITY, is_fibrillating
from ecgmm.labels import AAMI_CLASSES

LOWEST_READABLE_SCORE = 0.4
"""Less than two fifths of it usable, or noise more probable than 0.6: no verdict then."""

S_MISSED = "This program misses many supraventricular premature beats."
"""In fibrillation there are none to miss: its beats are `N` however early they come."""


def summarise(
    beats: Sequence[Beat],
    rhythm: Rhythm,
    findings: Sequence[Finding],
    quality: Quality,
    *,
    duration_s: float,
    gaps: Sequence[tuple[float, float]] = (),
    judged: Sequence[JudgedCondition] = (),
) -> Summary:
    """Heart rate, beat counts, verdict and the probability behind it.

    The verdict is `unreadable` when there is no beat or the quality's score is below 0.4; no
    rate and no probability are given then. Otherwise it is `abnormal` when
    `abnormal_probability` is at least 0.5, which is so exactly when some finding is a warning or
    critical.

    Args:
        beats: every beat, in time order.
        rhythm: the rhythm of the whole recording.
        findings: what `find_findings` found in them.
        quality: how readable the input is.
        duration_s: length of the recording in seconds.
        gaps: `(start_s, end_s)` of each span that could not be read.
        judged: the conditions that were asked of the leads as a set.

    Returns:
        The summary, its heart rate rounded to 0.1 bpm and its probability to four digits.
    """
    if not is_readable(beats, quality):
        return Summary(None, beat_counts(beats), "unreadable", None)
    evidence = Evidence(beats, rhythm, duration_s, gaps, judged)
    probability = round(abnormal_probability(evidence, findings), 4)
    range_bpm = rate_range_bpm(evidence.rr_s)
    verdict: Verdict = "abnormal" if probability >= ABNORMAL_PROBABILITY else "normal"
    return Summary(
        heart_rate_bpm=told_rate_bpm(evidence.rr_s),
        beat_counts=beat_counts(beats),
        verdict=verdict,
        abnormal_probability=probability,
        heart_rate_range_bpm=range_bpm and (round(range_bpm[0], 1), round(range_bpm[1], 1)),
        grade=grade(evidence, findings, verdict),
        caution=None if is_fibrillating(rhythm) else S_MISSED,
    )


def is_readable(beats: Sequence[Beat], quality: Quality) -> bool:
    """Whether anything may be said of the heart: there is a beat, and enough to be sure of it."""
    return bool(beats) and quality.score >= LOWEST_READABLE_SCORE


def beat_counts(beats: Sequence[Beat]) -> dict[str, int]:
    """How many beats there are of each AAMI class, every class named."""
    labels = BeatList.of(beats).labels
    return {label: labels.count(label) for label in AAMI_CLASSES}
