"""Premature beats that begin above the ventricles.

None of these rules speaks in atrial fibrillation: without atrial activity to be premature
against, an early conducted beat there is only irregular.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from ecgmm.analysis.reading import Finding
from ecgmm.analysis.rules import ectopy
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.rules.rhythms import is_fibrillating

SUPRAVENTRICULAR = "S"


def _silent_in_fibrillation(
    rule: Callable[[Evidence], list[Finding]],
) -> Callable[[Evidence], list[Finding]]:
    @wraps(rule)
    def guarded(evidence: Evidence) -> list[Finding]:
        return [] if is_fibrillating(evidence.rhythm) else rule(evidence)

    return guarded


@_silent_in_fibrillation
def pac(evidence: Evidence) -> list[Finding]:
    """Supraventricular premature beats (class S of EC57), all of them; a warning from 30 an hour.

    See `ectopy.fewest_notable_beats` for the figure and its sources.
    """
    return ectopy.premature_beats(
        evidence, SUPRAVENTRICULAR, "pac", "supraventricular premature beat"
    )


@_silent_in_fibrillation
def pac_burden(evidence: Evidence) -> list[Finding]:
    """At least 30 supraventricular premature beats an hour, and three of them.

    Excessive supraventricular ectopic activity, which goes before atrial fibrillation and
    stroke (Binici et al. 2010, Circulation 121:1904), there over 48 h. A strip of seconds
    can only say that they are frequent there.
    """
    beats = evidence.of_class(SUPRAVENTRICULAR)
    fewest = max(ectopy.FEWEST_FREQUENT_BEATS, ectopy.fewest_notable_beats(evidence.readable_s))
    if len(beats) < fewest:
        return []
    text = f"Frequent supraventricular premature beats: {evidence.share_words(beats)}."
    return [Finding("pac_burden", text, "warning", beats)]


@_silent_in_fibrillation
def atrial_couplet(evidence: Evidence) -> list[Finding]:
    """Two supraventricular premature beats in a row, no more (EC57)."""
    return ectopy.couplets(evidence, SUPRAVENTRICULAR, "atrial_couplet", "supraventricular", "info")


@_silent_in_fibrillation
def atrial_bigeminy(evidence: Evidence) -> list[Finding]:
    """Every second beat is supraventricular premature, at least three times in a row (textbook)."""
    return ectopy.grouped_beating(
        evidence, SUPRAVENTRICULAR, 2, "atrial_bigeminy", "Supraventricular bigeminy", "warning"
    )


@_silent_in_fibrillation
def svt_run(evidence: Evidence) -> list[Finding]:
    """At least three supraventricular premature beats in a row at 100 bpm or faster.

    Supraventricular tachycardia is one of more than 100 bpm at rest (Page et al. 2015,
    ACC/AHA/HRS guideline, Circulation 2016;133:e506): exactly 100 bpm counts here.
    """
    fast, _ = ectopy.runs(evidence, SUPRAVENTRICULAR)
    return ectopy.told_runs(evidence, fast, "svt_run", "Supraventricular tachycardia", "warning")


@_silent_in_fibrillation
def supraventricular_rhythm(evidence: Evidence) -> list[Finding]:
    """At least three supraventricular ectopic beats in a row slower than 100 bpm.

    An ectopic atrial or junctional rhythm (textbook).
    """
    _, slow = ectopy.runs(evidence, SUPRAVENTRICULAR)
    name = "Ectopic atrial or junctional rhythm"
    return ectopy.told_runs(evidence, slow, "supraventricular_rhythm", name, "info")
