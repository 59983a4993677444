"""A rhythm that looks neither sinus nor fibrillating, and for which nothing else was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ecgmm.analysis import words
from ecgmm.analysis.reading import Finding, Rhythm
from ecgmm.analysis.rules.blocks import BLOCKS
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.rules.rhythms import (
    ABNORMAL_PROBABILITY,
    abnormal_rhythm_probability,
    is_fibrillating,
)

NOT_CLEARLY_SINUS = "other_rhythm"
THROUGHOUT = frozenset(
    {*BLOCKS, "preexcitation", "conduction_disturbance", "irregular_rhythm"}
    | {"bradycardia", "tachycardia", "extreme_bradycardia", "extreme_tachycardia"}
)
"""Findings that make a sinus rhythm look unusual from beginning to end."""
_EXPLAINING = THROUGHOUT | frozenset(
    {"af_episodes", "afib", "aflt", "svtac", "psvt", "pace", "junctional_rhythm", "unclassifiable"}
    | {"pvc", "pac", "fusion", "pause", "asystole"}
    | {"vt_sustained", "vt_nonsustained", "idioventricular_rhythm"}
    | {"svt_run", "supraventricular_rhythm"}
)
"""With other rhythms, premature beats and pauses, which are told by their names."""
LEAST_WORTH_SAYING = 0.01
"""Of the probability of fibrillation; less is "under 1 %"."""


def looks_other(rhythm: Rhythm) -> bool:
    """Whether the rhythm is more probably abnormal than normal, and yet no fibrillation."""
    is_abnormal = abnormal_rhythm_probability(rhythm) >= ABNORMAL_PROBABILITY
    return is_abnormal and not is_fibrillating(rhythm)


def is_explained(codes: Iterable[str]) -> bool:
    """Whether one of these findings says why a rhythm looks unusual."""
    return not _EXPLAINING.isdisjoint(codes)


def other_rhythm(evidence: Evidence, found: Sequence[Finding]) -> list[Finding]:
    """The rhythm is probably not sinus, and nothing that was found says what it is.

    The class "other" of the PhysioNet/CinC Challenge 2017 (Clifford et al. 2017) holds every rhythm
    that its experts called neither normal nor fibrillation: with premature beats, blocks, rates
    beyond the limits. Where one of these is found it is told by its name, and nothing more; where
    none is, a doubt remains, which establishes nothing.

    Args:
        evidence: the reading before its findings.
        found: what all other rules found in it.
    """
    if not looks_other(evidence.rhythm) or is_explained(finding.code for finding in found):
        return []
    text = "Rhythm not clearly sinus: nothing was found that explains how it looks"
    af_probability = evidence.rhythm.probabilities["af"]
    if af_probability >= LEAST_WORTH_SAYING:
        text += f" (atrial fibrillation {words.percent(af_probability)})"
    return [Finding(NOT_CLEARLY_SINUS, f"{text}.", "info", evidence.all_beats)]
