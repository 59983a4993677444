"""Beats that begin in the ventricles."""

from __future__ import annotations

from ecgmm.analysis.reading import Finding, Severity
from ecgmm.analysis.rules import ectopy
from ecgmm.analysis.rules.evidence import TOLERANCE, Evidence

VENTRICULAR = "V"
HIGH_BURDEN_SHARE = 0.10
"""Baman et al. 2010: the lowest burden seen with a reversible cardiomyopathy."""
ALARMING_RUN_BEATS = 5
"""CinC 2015: five ventricular beats in a row at 100 bpm or faster."""


def pvc(evidence: Evidence) -> list[Finding]:
    """Ventricular premature beats (class V of EC57), all of them; a warning from 30 an hour.

    See `ectopy.fewest_notable_beats` for the figure and its sources.
    """
    return ectopy.premature_beats(evidence, VENTRICULAR, "pvc", "ventricular premature beat")


def pvc_burden(evidence: Evidence) -> list[Finding]:
    """At least 10 % of all beats, and three of them, are ventricular.

    The lowest burden seen with a reversible cardiomyopathy is 10 % of the beats of a day
    (Baman et al. 2010, Heart Rhythm 7:865); AHA/ACC/HRS 2017 speaks of generally more than
    15 %. A strip of seconds can only say that it is frequent there.
    """
    beats = evidence.of_class(VENTRICULAR)
    if len(beats) < max(ectopy.FEWEST_FREQUENT_BEATS, HIGH_BURDEN_SHARE * len(evidence.beats)):
        return []
    text = f"Frequent ventricular premature beats: {evidence.share_words(beats)}."
    return [Finding("pvc_burden", text, "warning", beats)]


def couplet(evidence: Evidence) -> list[Finding]:
    """Two ventricular beats in a row, no more (EC57, which counts couplets and runs apart)."""
    return ectopy.couplets(evidence, VENTRICULAR, "couplet", "ventricular", "warning")


def bigeminy(evidence: Evidence) -> list[Finding]:
    """Every second beat is ventricular, at least three times in a row.

    The textbook's definition; three cycles are needed to tell it from chance.
    """
    return ectopy.grouped_beating(
        evidence, VENTRICULAR, 2, "bigeminy", "Ventricular bigeminy", "warning"
    )


def trigeminy(evidence: Evidence) -> list[Finding]:
    """Every third beat is ventricular, at least three times in a row (textbook)."""
    return ectopy.grouped_beating(
        evidence, VENTRICULAR, 3, "trigeminy", "Ventricular trigeminy", "warning"
    )


def quadrigeminy(evidence: Evidence) -> list[Finding]:
    """Every fourth beat is ventricular, at least three times in a row (textbook)."""
    return ectopy.grouped_beating(
        evidence, VENTRICULAR, 4, "quadrigeminy", "Ventricular quadrigeminy", "warning"
    )


def vt_nonsustained(evidence: Evidence) -> list[Finding]:
    """At least three ventricular beats in a row at 100 bpm or faster, for less than 30 s.

    AHA/ACC/HRS 2017, which writes "more than 100 bpm (cycle length below 600 ms)": exactly
    100 bpm counts here. From five beats on it is critical, as bedside monitors alarm
    (CinC 2015).
    """
    fast, _ = ectopy.runs(evidence, VENTRICULAR)
    groups = [run for run in fast if not _is_sustained(evidence, run)]
    alarming = any(len(run) >= ALARMING_RUN_BEATS for run in groups)
    severity: Severity = "critical" if alarming else "warning"
    name = "Non-sustained ventricular tachycardia"
    return ectopy.told_runs(evidence, groups, "vt_nonsustained", name, severity)


def vt_sustained(evidence: Evidence) -> list[Finding]:
    """Ventricular tachycardia for at least 30 s (AHA/ACC/HRS 2017)."""
    fast, _ = ectopy.runs(evidence, VENTRICULAR)
    groups = [run for run in fast if _is_sustained(evidence, run)]
    name = "Sustained ventricular tachycardia"
    return ectopy.told_runs(evidence, groups, "vt_sustained", name, "critical")


def idioventricular_rhythm(evidence: Evidence) -> list[Finding]:
    """At least three ventricular beats in a row slower than 100 bpm.

    An escape rhythm, or an accelerated idioventricular rhythm where it outruns the sinus node
    (textbook: 50 to 100 or 110 bpm); below the rate of tachycardia in AHA/ACC/HRS 2017.
    """
    _, slow = ectopy.runs(evidence, VENTRICULAR)
    name = "Idioventricular rhythm"
    return ectopy.told_runs(evidence, slow, "idioventricular_rhythm", name, "warning")


def _is_sustained(evidence: Evidence, run: range) -> bool:
    return ectopy.length_s(evidence, run) >= ectopy.SUSTAINED_S - TOLERANCE
