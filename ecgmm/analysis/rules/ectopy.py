"""What ventricular and supraventricular ectopic beats have in common."""

from __future__ import annotations

import math

from ecgmm.analysis import words
from ecgmm.analysis.reading import Finding, Severity
from ecgmm.analysis.rules.evidence import TOLERANCE, Evidence, counted

NOTABLE_BEATS_PER_HOUR = 30.0
"""Lown and Wolf 1971; Binici et al. 2010 (see `fewest_notable_beats`)."""
FEWEST_FREQUENT_BEATS = 3
"""In a strip of ten seconds a single beat is a tenth of all already."""
SHORTEST_RUN_BEATS = 3
"""AHA/ACC/HRS 2017 and EC57: a couplet is two, a run is more."""
FEWEST_GROUPS = 3
"""The textbook's: three in a row are needed to tell a pattern from chance."""
TACHYCARDIA_BPM = 100.0
"""AHA/ACC/HRS 2017: a cycle below 600 ms."""
SUSTAINED_S = 30.0
"""AHA/ACC/HRS 2017: 30 s or longer."""


def fewest_notable_beats(readable_s: float) -> int:
    """How many ectopic beats of one kind are more than a healthy heart's stray ones.

    30 an hour, but at least one: Lown and Wolf 1971 (Circulation 44:130) call ventricular
    beats frequent from there, Binici et al. 2010 (Circulation 121:1904) atrial ones excessive.
    A healthy heart has a few a day, so one in half an hour is told without alarm; one in a
    strip of ten seconds is unlikely to be a stray one.
    """
    return max(1, math.ceil(NOTABLE_BEATS_PER_HOUR * readable_s / 3600.0 - TOLERANCE))


def premature_beats(evidence: Evidence, label: str, code: str, noun: str) -> list[Finding]:
    """Every beat of an ectopic class, alone or in company."""
    beats = evidence.of_class(label)
    if not beats:
        return []
    notable = len(beats) >= fewest_notable_beats(evidence.readable_s)
    severity: Severity = "warning" if notable else "info"
    text = f"{counted(len(beats), noun)}, {evidence.share_words(beats)}."
    return [Finding(code, text, severity, beats)]


def couplets(
    evidence: Evidence, label: str, code: str, adjective: str, severity: Severity
) -> list[Finding]:
    """Exactly two ectopic beats in a row."""
    groups = evidence.matches(f"(?<!{label}){label}{label}(?!{label})")
    if not groups:
        return []
    return [
        Finding(
            code,
            f"{counted(len(groups), f'{adjective} couplet')}.",
            severity,
            evidence.joined(groups),
        )
    ]


def grouped_beating(
    evidence: Evidence, label: str, every: int, code: str, name: str, severity: Severity
) -> list[Finding]:
    """Every `every`-th beat is ectopic and the others are conducted, three times in a row."""
    others = "NS".replace(label, "")
    groups = evidence.matches(f"(?:[{others}]{{{every - 1}}}{label}){{{FEWEST_GROUPS},}}")
    if not groups:
        return []
    longest = max(len(group) for group in groups)
    text = f"{name}: {counted(len(groups), 'episode')}, the longest {longest} beats."
    return [Finding(code, text, severity, evidence.joined(groups))]


def runs(evidence: Evidence, label: str) -> tuple[list[range], list[range]]:
    """Runs of at least three ectopic beats: those at 100 bpm or faster, and the slower ones."""
    fast: list[range] = []
    slow: list[range] = []
    for run in evidence.matches(f"{label}{{{SHORTEST_RUN_BEATS},}}"):
        is_fast = words.whole_bpm(evidence.rate_bpm(run)) >= TACHYCARDIA_BPM
        (fast if is_fast else slow).append(run)
    return fast, slow


def told_runs(
    evidence: Evidence, groups: list[range], code: str, name: str, severity: Severity
) -> list[Finding]:
    """A finding with the figures of some runs; none without any."""
    if not groups:
        return []
    text = f"{name}: {run_words(evidence, groups)}."
    return [Finding(code, text, severity, evidence.joined(groups))]


def length_s(evidence: Evidence, run: range) -> float:
    """Time from the first beat of a run to its last."""
    return float(evidence.times_s[run[-1]] - evidence.times_s[run[0]])


def run_words(evidence: Evidence, groups: list[range]) -> str:
    """The figures of some runs, such as `"2 runs, the longest 5 beats at 160 bpm"`."""
    longest = max(groups, key=len)
    rate = words.rate(evidence.rate_bpm(longest))
    return f"{counted(len(groups), 'run')}, the longest {len(longest)} beats at {rate}"
