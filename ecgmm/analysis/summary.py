"""The figures and the verdict that a reader looks for first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ecgmm.analysis.beat_list import BeatList
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
from ecgmm.analysis.rules.conditions import FINDING_OF_GROUP, disease_probability
from ecgmm.analysis.rules.ectopy import fewest_notable_beats
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.rules.rhythms import (
    ABNORMAL_PROBABILITY,
    abnormal_rhythm_probability,
    is_fibrillating,
)
from ecgmm.labels import AAMI_CLASSES

LOWEST_READABLE_SCORE = 0.4
"""Less than two fifths of it usable, or noise more probable than 0.6: no verdict then."""

_RHYTHM_FINDINGS = frozenset({"af", "other_rhythm"})
_COUNT_FINDINGS = frozenset({"pvc", "pvc_burden", "pac", "pac_burden", "fusion"})
_SAID_ELSEWHERE = _RHYTHM_FINDINGS | _COUNT_FINDINGS | frozenset(FINDING_OF_GROUP.values())


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
    )


def is_readable(beats: Sequence[Beat], quality: Quality) -> bool:
    """Whether anything may be said of the heart: there is a beat, and enough to be sure of it."""
    return bool(beats) and quality.score >= LOWEST_READABLE_SCORE


def beat_counts(beats: Sequence[Beat]) -> dict[str, int]:
    """How many beats there are of each AAMI class, every class named."""
    labels = BeatList.of(beats).labels
    return {label: labels.count(label) for label in AAMI_CLASSES}


def abnormal_probability(evidence: Evidence, findings: Sequence[Finding]) -> float:
    """Probability that at least one thing worth a warning is there.

    The largest of four, each a probability of its own:

    - the rhythm: `(af + other) / (normal + af + other)`;
    - ectopic beats: with `k` the fewest that are notable in a recording of this length (1 in a
      strip, 15 in half an hour), the probability of the `k`-th surest beat of class V, of S
      (not in fibrillation) and of F. It is the probability of at least `k` such beats when
      doubts about beats of one recording go together, as they do: the same shape is doubted
      every time. The product of thousands of beats' probabilities, which takes doubts as
      independent, would call every long recording abnormal;
    - infarction, conduction disturbance, ST-T changes and hypertrophy: see
      `rules.conditions.disease_probability`;
    - the other findings that are warnings or critical (a rate, a pause, a run, ...): the mean
      probability of the beats that prove each. Any such finding gives at least 0.5, because
      its rule is met.
    """
    return max(
        abnormal_rhythm_probability(evidence.rhythm),
        disease_probability(evidence.conditions),
        *(_ectopy_probability(evidence, label) for label in "SVF"),
        *(_finding_probability(evidence, finding) for finding in findings),
    )


def _ectopy_probability(evidence: Evidence, label: str) -> float:
    """Probability of a notable number of beats of one ectopic class."""
    if label == "S" and is_fibrillating(evidence.rhythm):
        return 0.0
    of_class = list(evidence.of_class(label))
    fewest = fewest_notable_beats(evidence.readable_s)
    if len(of_class) < fewest:
        return 0.0
    return float(np.sort(evidence.columns.probability[of_class])[-fewest])


def _finding_probability(evidence: Evidence, finding: Finding) -> float:
    """What a finding says beyond the rhythm and the counts; 0 when it is only for information."""
    if finding.severity == "info":
        return 0.0
    if finding.code in _SAID_ELSEWHERE or not finding.beats:
        return ABNORMAL_PROBABILITY
    mean = float(evidence.columns.probability[list(finding.beats)].mean())
    return max(ABNORMAL_PROBABILITY, mean)
