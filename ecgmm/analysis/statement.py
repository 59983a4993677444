"""A reading in one line, as a cardiologist would dictate it: by a fixed grammar.

Rhythm and rate with the ectopic beats, the intervals, what was found, what was not judged. Every
word rests on a figure or a finding that stands elsewhere in the reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ecgmm.analysis import words
from ecgmm.analysis.reading import Finding, JudgedCondition, Rhythm, Summary
from ecgmm.analysis.rules.conditions import EVEN_ODDS
from ecgmm.analysis.rules.rates import NORMAL_BPM
from ecgmm.analysis.rules.rhythms import is_fibrillating
from ecgmm.conditions import DISEASES
from ecgmm.measure.measurements import Measurements

SINUS_P_AXIS_DEG = (0, 90)
"""P comes from the sinus node: it points down and to the left."""
_MOST_FINDINGS = 6
_OTHER_RHYTHMS = {"AFLT": "Atrial flutter", "PACE": "Paced rhythm"}

_RHYTHM_CODES = frozenset(
    {"af", "afib", "aflt", "other_rhythm", "irregular_rhythm", "pace", "svtac", "psvt"}
    | {"bradycardia", "tachycardia", "extreme_bradycardia", "extreme_tachycardia"}
)
_ECTOPY = {
    "pvc": "ventricular premature beats",
    "pac": "supraventricular premature beats",
    "fusion": "fusion beats",
}
_ECTOPIC_CODES = frozenset({*_ECTOPY, "pvc_burden", "pac_burden"})


def statement(
    summary: Summary,
    rhythm: Rhythm,
    findings: Sequence[Finding],
    conditions: Sequence[JudgedCondition],
    measured: Measurements,
    not_judged: Sequence[str],
) -> str | None:
    """The reading in one line; None where nothing could be read.

    Args:
        summary: rate, verdict and counts.
        rhythm: of the whole.
        findings: the gravest first.
        conditions: every condition that was asked.
        measured: what the waves measure.
        not_judged: what the leads, or the model, could not tell.
    """
    if summary.verdict == "unreadable":
        return None
    open_diseases = [what for what in not_judged if what in DISEASES.values()]
    sentences = [
        _rhythm_and_rate(summary, rhythm, findings, conditions, measured),
        ", ".join(_figures(measured)),
        *(found := _found(findings)),
        *_conclusion(summary, open_diseases, is_alone=not found),
    ]
    return " ".join(f"{sentence}." for sentence in sentences if sentence)


def _rhythm_and_rate(
    summary: Summary,
    rhythm: Rhythm,
    findings: Sequence[Finding],
    conditions: Sequence[JudgedCondition],
    measured: Measurements,
) -> str:
    told = _rhythm(summary.heart_rate_bpm, rhythm, conditions, measured)
    if summary.heart_rate_bpm is not None:
        told += f", {words.whole_bpm(summary.heart_rate_bpm)}/min"
    codes = {finding.code for finding in findings}
    ectopy = [name for code, name in _ECTOPY.items() if {code, f"{code}_burden"} & codes]
    return f"{told}, with {' and '.join(ectopy)}" if ectopy else told


def _rhythm(
    rate_bpm: float | None,
    rhythm: Rhythm,
    conditions: Sequence[JudgedCondition],
    measured: Measurements,
) -> str:
    if is_fibrillating(rhythm):
        return "Atrial fibrillation"
    present = {condition.code: condition for condition in conditions if condition.present}
    for code, name in _OTHER_RHYTHMS.items():
        if code in present:
            is_likely = present[code].probability >= EVEN_ODDS
            return name if is_likely else f"Possible {name[0].lower()}{name[1:]}"
    if measured.pr_ms is None or not _is_sinus(measured):
        return "Rhythm without a sinus P wave" if measured.qrs_ms is not None else "Rhythm unnamed"
    if rate_bpm is not None and rate_bpm < NORMAL_BPM[0]:
        return "Sinus bradycardia"
    if rate_bpm is not None and rate_bpm > NORMAL_BPM[1]:
        return "Sinus tachycardia"
    return "Sinus rhythm"


def _is_sinus(measured: Measurements) -> bool:
    """Whether P points as that of the sinus node does, where its direction is known."""
    axis_deg = measured.p_axis_deg
    return axis_deg is None or SINUS_P_AXIS_DEG[0] <= axis_deg <= SINUS_P_AXIS_DEG[1]


def _figures(measured: Measurements) -> Iterator[str]:
    for name, value in (("PR", measured.pr_ms), ("QRS", measured.qrs_ms)):
        if value is not None:
            yield f"{name} {value} ms"
    qtc_ms = measured.qtc_ms["fridericia"]
    if qtc_ms is not None:
        yield f"QTc {qtc_ms} ms"
    if measured.qrs_axis_deg is not None:
        yield f"axis {measured.qrs_axis_deg} degrees"


def _found(findings: Sequence[Finding]) -> list[str]:
    """What was found beside rhythm, rate and single ectopic beats, each by its name."""
    named = [f for f in findings if f.code not in _RHYTHM_CODES | _ECTOPIC_CODES]
    return list(dict.fromkeys(map(_name, named)))[:_MOST_FINDINGS]


def _name(finding: Finding) -> str:
    """The words of a finding before its figures."""
    text = finding.text
    for border in (",", ":", " ("):
        text = text.split(border)[0]
    return text.removesuffix(".")


def _conclusion(summary: Summary, open_diseases: Sequence[str], *, is_alone: bool) -> Iterator[str]:
    if summary.verdict == "normal":
        whole = "Normal ECG" if is_alone else "Otherwise normal"
        yield "Rhythm and beats normal" if open_diseases else whole
    if open_diseases:
        yield f"Not judged: {', '.join(open_diseases)}"
