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
from ecgmm.analysis.rules.agreement import CONDITIONS_OF_FINDING
from ecgmm.analysis.rules.axis_and_voltage import LEFT_DEG, RIGHT_DEG
from ecgmm.analysis.rules.conditions import (
    EVEN_ODDS,
    FINDING_OF_GROUP,
    decapitalised,
    told_conditions,
)
from ecgmm.analysis.rules.rates import NORMAL_BPM
from ecgmm.analysis.rules.rhythms import is_fibrillating
from ecgmm.conditions import DISEASES
from ecgmm.measure.measurements import Measurements

SINUS_P_AXIS_DEG = (-30, 110)
"""P comes from the sinus node: it points down and to the left, 0 to 90 degrees, with room for the
error of measuring. Of 1,400 records of PTB-XL's fold 9 experts call those sinus rhythm in 96 %
whose P axis is from 0 to 90, in 91 % from -30 to -1, in 69 % beyond -30 or 110, in 14 % where
there is no P."""
PROBABLE = 0.8
"""A condition that is less probable is told as "probable", below even odds as "possible"."""
_MOST_FINDINGS = 6
_OTHER_RHYTHMS = ("AFLT", "AFIB", "SVTAC", "PSVT", "PACE")
"""Conditions that name what sets the rate."""

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
    rhythm_and_rate = _rhythm_and_rate(summary, rhythm, conditions, measured)
    beside = [_axis(measured), *_found(findings, conditions), *_ectopic_beats(findings)]
    is_plain = rhythm_and_rate.startswith("Sinus") and not any(beside)
    sentences = [
        rhythm_and_rate,
        *beside,
        without_a_sign(findings, conditions),
        open_question(findings, conditions),
        *_conclusion(summary, not_judged, doubts, is_plain=is_plain),
    ]
    return " ".join(f"{sentence}." for sentence in sentences if sentence)


def _rhythm_and_rate(
    summary: Summary,
    rhythm: Rhythm,
    conditions: Sequence[JudgedCondition],
    measured: Measurements,
) -> str:
    told = rhythm_name(summary.heart_rate_bpm, rhythm, conditions, measured)
    if summary.heart_rate_bpm is None:
        return told
    return f"{told}, {words.whole_bpm(summary.heart_rate_bpm)}/min"


def rhythm_name(
    rate_bpm: float | None,
    rhythm: Rhythm,
    conditions: Sequence[JudgedCondition],
    measured: Measurements,
) -> str:
    """What sets the heart's rate, such as `"Sinus rhythm"` or `"Atrial fibrillation"`."""
    if is_fibrillating(rhythm):
        return "Atrial fibrillation"
    seen = [c for c in conditions if c.present and c.code in _OTHER_RHYTHMS]
    if seen:
        return _hedged(max(seen, key=lambda condition: condition.probability))
    if measured.pr_ms is None or not _is_sinus(measured):
        return "Rhythm without a sinus P wave" if measured.qrs_ms is not None else "Rhythm unnamed"
    whole_bpm = None if rate_bpm is None else words.whole_bpm(rate_bpm)
    if whole_bpm is not None and whole_bpm < NORMAL_BPM[0]:
        return "Sinus bradycardia"
    if whole_bpm is not None and whole_bpm > NORMAL_BPM[1]:
        return "Sinus tachycardia"
    return "Sinus rhythm"


def _is_sinus(measured: Measurements) -> bool:
    """Whether P points as that of the sinus node does, where its direction is known."""
    axis_deg = measured.p_axis_deg
    return axis_deg is None or SINUS_P_AXIS_DEG[0] <= axis_deg <= SINUS_P_AXIS_DEG[1]


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
            told |= dict.fromkeys(map(_hedged, whole_and_parts[1:] or whole_and_parts))
        elif not judged & set(CONDITIONS_OF_FINDING.get(finding.code, ())):
            told[_name(finding)] = None
    return list(told)[:_MOST_FINDINGS]


def _hedged(condition: JudgedCondition) -> str:
    """A condition, and in a word how sure it is."""
    if condition.probability >= PROBABLE:
        return condition.text
    doubt = "Probable" if condition.probability >= EVEN_ODDS else "Possible"
    return f"{doubt} {decapitalised(condition.text)}"


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
