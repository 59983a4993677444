"""What the heart has, from the conditions that the model judged: one finding a superclass."""

from __future__ import annotations

from collections.abc import Sequence

from ecgmm.analysis.reading import Finding, JudgedCondition, Severity
from ecgmm.analysis.rhythm_agreement import is_regular
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.rules.rhythms import is_fibrillating
from ecgmm.analysis.words import percent
from ecgmm.conditions import LEADS

FINDING_OF_GROUP = {
    "MI": "infarction",
    "CD": "conduction_disturbance",
    "STTC": "st_t_changes",
    "HYP": "hypertrophy",
}
"""PTB-XL's superclasses of disease (Wagner et al. 2020) and their findings, each a warning."""

SEVERITY_OF_STATEMENT: dict[str, Severity] = {
    "AFIB": "warning",
    "AFLT": "warning",
    "SVTAC": "warning",
    "PSVT": "warning",
    "PACE": "info",
    "LNGQT": "info",
    "LVOLT": "info",
    "DIG": "info",
}
"""Statements of rhythm and form that are findings of their own. The others (rates, ectopic beats,
shapes of T) are what rules over beats say better, or part of what a superclass says."""

EVEN_ODDS = 0.5
"""More probable than not."""
JUST_UNDER_EVEN_ODDS = 0.4999
"""Probabilities are told to four digits."""

_GENERAL = {"AVB": ("1AVB",), "LAFB/LPFB": ("LAFB", "LPFB"), "LVH": ("VCLVH",)}
"""Subclasses, and the statements that say the same more exactly."""
_POSSIBLY = "Possible "


def diseases(evidence: Evidence) -> list[Finding]:
    """Infarction, conduction disturbance, ST-T changes and hypertrophy, each a warning.

    The superclass decides: what belongs to it is named where it is present itself, or where the
    leads cannot show the superclass but can show that part of it. So one doubtful subclass of
    many does not make an ECG abnormal.
    """
    found = (_of_group(group, evidence.conditions) for group in FINDING_OF_GROUP)
    return [finding for finding in found if finding is not None]


def statements(evidence: Evidence) -> list[Finding]:
    """Statements of rhythm and form that are findings of their own.

    Fibrillation is not told again where the rhythm of the whole says it already, and not where the
    intervals are regular.
    """
    present = {condition.code: condition for condition in evidence.conditions if condition.present}
    if is_fibrillating(evidence.rhythm) or is_regular(evidence.columns, evidence.gaps):
        present.pop("AFIB", None)
    return [
        _of_statement(present[code], severity)
        for code, severity in SEVERITY_OF_STATEMENT.items()
        if code in present
    ]


def disease_probability(conditions: Sequence[JudgedCondition]) -> float:
    """Probability that some superclass of disease is there: that of the most probable one.

    At least 0.5 exactly where one is called present, so that verdict and findings agree; which
    probability is enough for that was chosen for each on patients that training never saw.
    """
    diseases = [condition for condition in conditions if condition.code in FINDING_OF_GROUP]
    return max((_against_even_odds(condition) for condition in diseases), default=0.0)


def _against_even_odds(condition: JudgedCondition) -> float:
    if condition.present:
        return max(EVEN_ODDS, condition.probability)
    return min(condition.probability, JUST_UNDER_EVEN_ODDS)


def told_conditions(
    group: str, conditions: Sequence[JudgedCondition]
) -> tuple[JudgedCondition, ...]:
    """What is told of a superclass: itself, where the leads can show it, then its likely parts.

    Args:
        group: the code of the superclass.
        conditions: every condition that was asked.

    Returns:
        None of them where it is not called present.
    """
    by_code = {condition.code: condition for condition in conditions}
    whole = by_code.get(group)
    parts = sorted(
        (
            condition
            for condition in by_code.values()
            if condition.present and condition.group == group and condition.code != group
        ),
        key=lambda condition: -condition.probability,
    )
    if not (whole.present if whole else parts):
        return ()
    named = [part for part in parts if not _said_better(part, by_code)]
    likely = [part for part in named if part.probability >= EVEN_ODDS] or named[:1]
    return (whole, *likely) if whole else tuple(likely)


def _of_group(group: str, conditions: Sequence[JudgedCondition]) -> Finding | None:
    said = told_conditions(group, conditions)
    if not said:
        return None
    first, *rest = (_worded(each) for each in said)
    details = f": {'; '.join(decapitalised(text) for text in rest)}" if rest else ""
    parts = [each for each in said if each.code != group]
    proof = parts[0] if parts and parts[0].leads else said[0]
    return Finding(
        FINDING_OF_GROUP[group],
        f"{first}{details}.",
        "warning",
        leads=_in_order(proof.leads),
        waves=proof.waves,
    )


def _of_statement(condition: JudgedCondition, severity: Severity) -> Finding:
    return Finding(
        condition.code.lower(),
        f"{_worded(condition)}.",
        severity,
        leads=condition.leads,
        waves=condition.waves,
    )


def _worded(condition: JudgedCondition) -> str:
    """A condition and its probability; what is likelier absent is told as a possibility."""
    text = condition.text
    if condition.probability < EVEN_ODDS:
        text = _POSSIBLY + decapitalised(text)
    return f"{text}, probability {percent(condition.probability)}"


def is_possibility(finding: Finding) -> bool:
    """Whether a finding is told as a possibility: it is likelier absent than present."""
    return finding.text.startswith(_POSSIBLY)


def _said_better(part: JudgedCondition, by_code: dict[str, JudgedCondition]) -> bool:
    return any(code in by_code and by_code[code].present for code in _GENERAL.get(part.code, ()))


def decapitalised(text: str) -> str:
    """A text in mid-sentence; abbreviations such as "AV block" stay as they are."""
    return text if text[1:2].isupper() or text.startswith("Wolff") else text[0].lower() + text[1:]


def _in_order(leads: Sequence[str]) -> tuple[str, ...]:
    return tuple(lead for lead in LEADS if lead in leads)
