"""A reading in one line, as a cardiologist would dictate it: by a fixed grammar.

Rhythm and rate, axis, what was found, ectopic beats, what was looked for in vain, what was not
judged, the conclusion. Every word rests on a figure or a finding that stands elsewhere in the
reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ecgmm.analysis import words
from ecgmm.analysis.negatives import open_question, without_a_sign
from ecgmm.analysis.reading import Finding, JudgedCondition, Rhythm, Summary
from ecgmm.analysis.rhythm_name import SINUS, hedged, rhythm_name
from ecgmm.analysis.rules.agreement import CONDITIONS_OF_FINDING
from ecgmm.analysis.rules.axis_and_voltage import LEFT_DEG, RIGHT_DEG
from ecgmm.analysis.rules.conditions import FINDING_OF_GROUP, told_conditions
from ecgmm.conditions import DISEASES
from ecgmm.measure.measurements import Measurements

_MOST_FINDINGS = 6
_RHYTHM_CODES = frozenset(
    {"af", "afib", "aflt", "other_rhythm", "irregular_rhythm", "pace", "svtac", "psvt"}
    | {"bradycardia", "tachycardia", "extreme_bradycardia", "extreme_tachycardia"}
)
_ECTOPY = {
    "pvc": "ventricular premature beat",
    "pac": "supraventricular premature beat",
    "fusion": "fusion beat",
}
_SAID_BY_OTHERS = frozenset(
    {*_ECTOPY, "pvc_burden", "pac_burden"}
    | {"left_axis_deviation", "right_axis_deviation", "extreme_axis_deviation"}
)
_GROUP_OF_FINDING = {code: group for group, code in FINDING_OF_GROUP.items()}


def statement(
    summary: Summary,
    rhythm: Rhythm,
    findings: Sequence[Finding],
    conditions: Sequence[JudgedCondition],
    measured: Measurements,
    not_judged: Sequence[str],
    doubts: Sequence[str] = (),
) -> str | None:
    """The reading in one line; None where nothing could be read.

    Such as `"Sinus rhythm, 72/min. Left axis. Left anterior fascicular block. Two ventricular
    premature beats. No sign of infarction."`

    Args:
        summary: rate, verdict, grade and counts.
        rhythm: of the whole.
        findings: the gravest first.
        conditions: every condition that was asked.
        measured: what the waves measure.
        not_judged: what the leads, or the model, could not tell.
        doubts: what may be wrong with it all, in a few words each.
    """
    if summary.verdict == "unreadable":
        return None
    rhythm_and_rate = rhythm_name(summary.heart_rate_bpm, rhythm, conditions, measured, findings)
    if summary.heart_rate_bpm is not None:
        rhythm_and_rate += f", {words.whole_bpm(summary.heart_rate_bpm)}/min"
    beside = [_axis(measured), *_found(findings, conditions), *_ectopic_beats(findings)]
    is_plain = rhythm_and_rate.startswith(SINUS) and not any(beside)
    sentences = [
        rhythm_and_rate,
        *beside,
        without_a_sign(findings, conditions),
        open_question(findings, conditions),
        *_conclusion(summary, not_judged, doubts, is_plain=is_plain),
    ]
    return " ".join(f"{sentence}." for sentence in sentences if sentence)


def _axis(measured: Measurements) -> str:
    """The QRS axis in a word; nothing where it is normal or not known."""
    axis_deg = measured.qrs_axis_deg
    if axis_deg is None or LEFT_DEG <= axis_deg <= RIGHT_DEG:
        return ""
    if axis_deg > RIGHT_DEG:
        return "Right axis"
    return "Left axis" if axis_deg >= -90 else "Extreme axis"


def _found(findings: Sequence[Finding], conditions: Sequence[JudgedCondition]) -> list[str]:
    """What was found beside rhythm, axis and premature beats, each by its name."""
    told: dict[str, None] = {}
    judged = {c.code for group in FINDING_OF_GROUP for c in told_conditions(group, conditions)}
    for finding in findings:
        if finding.code in _RHYTHM_CODES | _SAID_BY_OTHERS:
            continue
        if finding.code in _GROUP_OF_FINDING:
            whole_and_parts = told_conditions(_GROUP_OF_FINDING[finding.code], conditions)
            told |= dict.fromkeys(map(hedged, whole_and_parts[1:] or whole_and_parts))
        elif not judged & set(CONDITIONS_OF_FINDING.get(finding.code, ())):
            told[_name(finding)] = None
    return list(told)[:_MOST_FINDINGS]


def _name(finding: Finding) -> str:
    """The words of a finding before its figures."""
    text = finding.text
    for border in (",", ":", " ("):
        text = text.split(border)[0]
    return text.removesuffix(".")


def _ectopic_beats(findings: Sequence[Finding]) -> Iterator[str]:
    """Such as `"Two ventricular premature beats"`."""
    by_code = {finding.code: finding for finding in findings}
    for code, noun in _ECTOPY.items():
        finding = by_code.get(code) or by_code.get(f"{code}_burden")
        if finding:
            count = words.number(len(finding.beats))
            yield f"{count} {noun}{'s' * (len(finding.beats) != 1)}"


def _conclusion(
    summary: Summary, not_judged: Sequence[str], doubts: Sequence[str], *, is_plain: bool
) -> Iterator[str]:
    open_diseases = [what for what in not_judged if what in DISEASES.values()]
    is_limited = bool(open_diseases or doubts)
    label = summary.graded.label
    if label == "normal":
        whole = "Normal ECG" if is_plain else "Otherwise normal"
        yield "Rhythm and beats normal" if is_limited else whole
    elif label == "borderline":
        yield "Rhythm and beats borderline" if is_limited else "Borderline ECG"
    if doubts:
        yield f"Doubtful: {', '.join(doubts)}"
    if open_diseases:
        yield f"Not judged: {', '.join(open_diseases)}"
