"""Where the network and a criterion speak of the same thing: whether they agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ecgmm.analysis.reading import Finding, JudgedCondition
from ecgmm.analysis.rules.av_conduction import LONGEST_PR_MS
from ecgmm.analysis.rules.conditions import EVEN_ODDS
from ecgmm.analysis.rules.evidence import Evidence
from ecgmm.analysis.rules.measured import WIDE_QRS_MS
from ecgmm.analysis.words import percent
from ecgmm.measure.measurements import Measurements

CONDITIONS_OF_FINDING: dict[str, tuple[str, ...]] = {
    "first_degree_av_block": ("1AVB", "LPR"),
    "preexcitation": ("WPW",),
    "complete_right_bundle_branch_block": ("CRBBB",),
    "incomplete_right_bundle_branch_block": ("IRBBB",),
    "complete_left_bundle_branch_block": ("CLBBB",),
    "incomplete_left_bundle_branch_block": ("ILBBB",),
    "intraventricular_delay": ("IVCD",),
    "left_anterior_fascicular_block": ("LAFB",),
    "left_posterior_fascicular_block": ("LPFB",),
    "left_ventricular_hypertrophy": ("LVH", "VCLVH"),
    "right_ventricular_hypertrophy": ("RVH",),
    "right_atrial_enlargement": ("RAO/RAE",),
    "left_atrial_enlargement": ("LAO/LAE",),
    "st_depression": ("STD",),
    "t_inversion": ("INVT",),
    "pathological_q": ("QWAVE",),
    "long_qt": ("LNGQT",),
    "low_voltage": ("LVOLT",),
}
"""Findings by a criterion, and the conditions of PTB-XL that say the same."""

_MEASURED_OTHERWISE = {
    "CLBBB": ("qrs_ms", "QRS", WIDE_QRS_MS - 1),
    "CRBBB": ("qrs_ms", "QRS", WIDE_QRS_MS - 1),
    "1AVB": ("pr_ms", "PR", LONGEST_PR_MS),
}
"""Conditions that are defined by an interval, and up to where it contradicts them."""


def with_network(found: Finding, evidence: Evidence) -> Finding:
    """The finding, and what the network says of the same thing where it was asked."""
    codes = CONDITIONS_OF_FINDING.get(found.code, ())
    asked = [condition for condition in evidence.conditions if condition.code in codes]
    if not asked:
        return found
    likeliest = max(asked, key=lambda condition: (condition.present, condition.probability))
    says = _answer(likeliest)
    text = f"{found.text[:-1]} (the network {says}, {percent(likeliest.probability)})."
    return replace(found, text=text)


def _answer(condition: JudgedCondition) -> str:
    if not condition.present:
        return "does not agree"
    return "agrees" if condition.probability >= EVEN_ODDS else "finds it possible"


def contradictions(
    conditions: Sequence[JudgedCondition], measured: Measurements
) -> tuple[str, ...]:
    """A sentence for each condition that the network sees and the intervals contradict."""
    seen = (condition for condition in conditions if condition.present)
    return tuple(filter(None, (_contradiction(condition, measured) for condition in seen)))


def _contradiction(condition: JudgedCondition, measured: Measurements) -> str:
    if condition.code not in _MEASURED_OTHERWISE:
        return ""
    attribute, name, highest_ms = _MEASURED_OTHERWISE[condition.code]
    value_ms = getattr(measured, attribute)
    if value_ms is None or value_ms > highest_ms:
        return ""
    probability = percent(condition.probability)
    return f"{condition.text} ({probability} by the network) does not go with {name} {value_ms} ms."
