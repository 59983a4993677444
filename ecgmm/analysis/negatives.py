"""What was looked for and not found: "no sign of" is said only where that was shown to be safe."""

from __future__ import annotations

from collections.abc import Sequence

from ecgmm.analysis.reading import Finding, JudgedCondition
from ecgmm.analysis.rules.blocks import BLOCKS
from ecgmm.analysis.rules.conditions import FINDING_OF_GROUP
from ecgmm.analysis.words import listed

NO_SIGN_SHARE = 0.5
"""Of the threshold from which a condition is called present. Nearer to it the question stays open:
of 1,400 records of PTB-XL's fold 9, those with "no sign of" a disease have it, by their experts, in
2 % (hypertrophy) to 4 % (conduction disturbance), those with "not excluded" in 20 % to 32 %."""

_NOUNS = {
    "MI": "infarction",
    "CD": "conduction disturbance",
    "STTC": "ST or T changes",
    "HYP": "hypertrophy",
}
_CRITERIA: dict[str, frozenset[str]] = {
    "MI": frozenset({"st_elevation", "pathological_q", "poor_r_progression"}),
    "CD": frozenset({*BLOCKS, "preexcitation"}),
    "STTC": frozenset({"st_elevation", "st_depression", "t_inversion", "brugada_pattern"}),
    "HYP": frozenset(
        {
            "left_ventricular_hypertrophy",
            "right_ventricular_hypertrophy",
            "left_atrial_enlargement",
            "right_atrial_enlargement",
        }
    ),
}
"""Findings by a criterion that are a sign of the disease, whatever the network says."""


_HIDING = ("CLBBB", "WPW", "PACE")
"""Left bundle branch block, preexcitation and pacing change QRS, ST and T themselves: no infarction
and no hypertrophy can be excluded beside them (AHA/ACCF/HRS 2009, parts III and V; UDMI 2018)."""


def without_a_sign(findings: Sequence[Finding], conditions: Sequence[JudgedCondition]) -> str:
    """Such as `"No sign of infarction or hypertrophy"`; empty where nothing can be ruled out.

    Only a disease that was judged, is far from being called present, and of which no criterion
    found a sign. Where all four are absent, infarction stands for them.
    """
    absent = [
        _NOUNS[code]
        for code, condition in _not_found(findings, conditions)
        if condition.probability < NO_SIGN_SHARE * condition.threshold
    ]
    if len(absent) == len(_NOUNS):
        absent = absent[:1]
    return f"No sign of {listed(absent, 'or')}" if absent else ""


def open_question(findings: Sequence[Finding], conditions: Sequence[JudgedCondition]) -> str:
    """Such as `"Infarction not excluded"`: what is not called present, yet near to it."""
    near = [
        _NOUNS[code]
        for code, condition in _not_found(findings, conditions)
        if condition.probability >= NO_SIGN_SHARE * condition.threshold
    ]
    told = listed(near, "and")
    return f"{told[0].upper()}{told[1:]} not excluded" if near else ""


def _not_found(
    findings: Sequence[Finding], conditions: Sequence[JudgedCondition]
) -> list[tuple[str, JudgedCondition]]:
    """Each disease that was judged and of which nothing is told; none where QRS hides them all."""
    by_code = {condition.code: condition for condition in conditions}
    if any(code in by_code and by_code[code].present for code in _HIDING):
        return []
    found = {finding.code for finding in findings}
    return [
        (code, by_code[code])
        for code in _NOUNS
        if code in by_code
        and not by_code[code].present
        and FINDING_OF_GROUP[code] not in found
        and not found & _CRITERIA[code]
    ]
