"""A rhythm that looks neither sinus nor fibrillating, and of which nothing says what it is."""

from __future__ import annotations

from collections.abc import Sequence

from ecgmm.analysis import words
from ecgmm.analysis.reading import Finding, Rhythm
from ecgmm.analysis.rules import av_block
from ecgmm.analysis.rules.blocks import BLOCKS
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.rules.rhythms import (
    ABNORMAL_PROBABILITY,
    abnormal_rhythm_probability,
    is_fibrillating,
)
from ecgmm.measure.measurements import Measurements

NOT_CLEARLY_SINUS = "other_rhythm"
SINUS_P_AXIS_DEG = (-30, 110)
"""P comes from the sinus node: it points down and to the left, 0 to 90 degrees, with room for the
error of measuring. Of 1,400 records of PTB-XL's fold 9 experts call those sinus rhythm in 96 %
whose P axis is from 0 to 90, in 91 % from -30 to -1, in 69 % beyond -30 or 110, in 14 % where
there is no P."""
THROUGHOUT = frozenset(
    {*BLOCKS, "preexcitation", "conduction_disturbance", "irregular_rhythm"}
    | {"bradycardia", "tachycardia", "extreme_bradycardia", "extreme_tachycardia"}
)
"""Findings that make a sinus rhythm look unusual from beginning to end."""
_DISTURBING = THROUGHOUT | {"pvc", "pac", "fusion", "pause", "asystole"}
"""With premature beats and pauses, which leave it a sinus rhythm."""
_OTHER_RHYTHMS = frozenset(
    {"af_episodes", "afib", "aflt", "svtac", "psvt", "pace", "junctional_rhythm", "unclassifiable"}
    | {"vt_sustained", "vt_nonsustained", "idioventricular_rhythm"}
    | {"svt_run", "supraventricular_rhythm", *av_block.CODES}
)
"""What else drives a heart, or keeps P waves and beats apart, told by its name."""
LEAST_WORTH_SAYING = 0.01
"""Of the probability of fibrillation; less is "under 1 %"."""


def looks_other(rhythm: Rhythm) -> bool:
    """Whether the rhythm is more probably abnormal than normal, and yet no fibrillation."""
    is_abnormal = abnormal_rhythm_probability(rhythm) >= ABNORMAL_PROBABILITY
    return is_abnormal and not is_fibrillating(rhythm)


def lacks_sinus_p(measured: Measurements) -> bool:
    """Whether beats were measured and no P wave goes before them that points as a sinus P does."""
    axis_deg = measured.p_axis_deg
    points_elsewhere = axis_deg is not None and not (
        SINUS_P_AXIS_DEG[0] <= axis_deg <= SINUS_P_AXIS_DEG[1]
    )
    return measured.qrs_ms is not None and (measured.pr_ms is None or points_elsewhere)


def other_rhythm(evidence: Evidence, found: Sequence[Finding]) -> list[Finding]:
    """The rhythm is probably not sinus, and nothing that was found says what it is.

    The class "other" of the PhysioNet/CinC Challenge 2017 (Clifford et al. 2017) holds every rhythm
    that its experts called neither normal nor fibrillation: with premature beats, blocks, rates
    beyond the limits. Where one of these is found it is told by its name, and nothing more; where
    none is, a doubt remains, which establishes nothing. So it does where the P wave of the sinus
    node is missing and no other rhythm was found.

    Args:
        evidence: the reading before its findings.
        found: what all other rules found in it.
    """
    codes = {finding.code for finding in found}
    if is_fibrillating(evidence.rhythm) or codes & _OTHER_RHYTHMS:
        return []
    if lacks_sinus_p(evidence.measured):
        text = "Rhythm without a sinus P wave: nothing was found that says where it begins"
    elif looks_other(evidence.rhythm) and not codes & _DISTURBING:
        text = "Rhythm not clearly sinus: nothing was found that explains how it looks"
    else:
        return []
    af_probability = evidence.rhythm.probabilities["af"]
    if af_probability >= LEAST_WORTH_SAYING:
        text += f" (atrial fibrillation {words.percent(af_probability)})"
    return [Finding(NOT_CLEARLY_SINUS, f"{text}.", "info", evidence.all_beats)]
