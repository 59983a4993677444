"""Normal, borderline or abnormal: what a cardiologist would call the whole, findings weighed.

A verdict says whether anything is worth a warning. A grade says how much it weighs: a premature
beat or two, a rate a little beyond the limits or a rhythm of no known name make an ECG borderline,
not abnormal.
"""

from __future__ import annotations

from collections.abc import Sequence

from ecgmm.analysis.abnormality import ectopy_probability, finding_probability
from ecgmm.analysis.reading import Finding, Grade, GradeLabel, Verdict
from ecgmm.analysis.rules.conditions import (
    FINDING_OF_GROUP,
    JUST_UNDER_EVEN_ODDS,
    SEVERITY_OF_STATEMENT,
)
from ecgmm.analysis.rules.ectopy import FEWEST_FREQUENT_BEATS, fewest_notable_beats
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.rules.rhythms import ABNORMAL_PROBABILITY, fibrillation_probability
from ecgmm.analysis.rules.unexplained_rhythm import NOT_CLEARLY_SINUS

LEAST_BORDERLINE = 1 / 3
"""Of the probability of disease: one in three."""
ODDS_OF_ANY = 2.5
"""The odds of any disease over those of the likeliest one. Fitted on 1,322 records of PTB-XL's fold
9 (logit of the likeliest against an expert's naming any: slope 0.99, shift 0.90); fitted on half of
the patients and measured on the others the expected calibration error is 0.02, without it 0.09."""

_LIGHT = frozenset({"pvc", "pac", "fusion", "bradycardia", "tachycardia"})
"""Warnings that in themselves are no disease. Where there are many such beats, where the heart is
extremely slow or fast, or fibrillates, another finding or probability says so."""
_BY_PROBABILITY = frozenset(
    {"af", *FINDING_OF_GROUP.values(), *(code.lower() for code in SEVERITY_OF_STATEMENT)}
)
"""Findings that rest on a probability of the model, which is weighed itself."""


def grade(evidence: Evidence, findings: Sequence[Finding], verdict: Verdict) -> Grade:
    """What a cardiologist would call the whole.

    Args:
        evidence: the reading before its findings.
        findings: what was found.
        verdict: whether anything is worth a warning; what is, is at least borderline.
    """
    probability = round(_of_any(_likeliest(evidence, findings), evidence), 4)
    if verdict == "normal":
        probability = min(probability, JUST_UNDER_EVEN_ODDS)
    label: GradeLabel = "normal"
    if probability >= ABNORMAL_PROBABILITY:
        label = "abnormal"
    elif (
        probability >= LEAST_BORDERLINE
        or verdict == "abnormal"
        or any(finding.code == NOT_CLEARLY_SINUS for finding in findings)
    ):
        label = "borderline"
    return Grade(label, probability)


def _of_any(likeliest: float, evidence: Evidence) -> float:
    """The probability of any disease, where all were judged; else that of the likeliest."""
    if not {condition.code for condition in evidence.conditions}.issuperset(FINDING_OF_GROUP):
        return likeliest
    return ODDS_OF_ANY * likeliest / (1.0 + (ODDS_OF_ANY - 1.0) * likeliest)


def _likeliest(evidence: Evidence, findings: Sequence[Finding]) -> float:
    """The largest of: fibrillation, each disease, frequent ectopic beats, each graver finding."""
    fewest = max(FEWEST_FREQUENT_BEATS, fewest_notable_beats(evidence.readable_s))
    return max(
        fibrillation_probability(evidence.rhythm),
        _of_conditions(evidence),
        ectopy_probability(evidence, fewest),
        *(
            finding_probability(evidence, finding)
            for finding in findings
            if finding.code not in _LIGHT | _BY_PROBABILITY
        ),
    )


def _of_conditions(evidence: Evidence) -> float:
    """The most probable disease or disturbance of rhythm."""
    grave = {
        *FINDING_OF_GROUP,
        *(code for code, severity in SEVERITY_OF_STATEMENT.items() if severity == "warning"),
    }
    return max(
        (condition.probability for condition in evidence.conditions if condition.code in grave),
        default=0.0,
    )
