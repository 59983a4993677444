"""A reading in words that a patient understands."""

from __future__ import annotations

from typing import Any

from ecgmm.analysis.reading import Reading
from ecgmm.analysis.rules.blocks import BLOCKS
from ecgmm.analysis.rules.conditions import is_possibility
from ecgmm.analysis.words import (
    by_severity,
    certainty,
    is_limited,
    is_readable,
    whole_bpm,
)
from ecgmm.conditions import DISEASES

_HEADLINES = {
    "normal": "Nothing unusual was found in this ECG",
    "borderline": "This ECG is close to normal, with something to look at",
    "abnormal": "Something unusual was found in this ECG",
    "unreadable": "This ECG could not be read",
}

_ADVICE = {
    "normal": "If you feel unwell, see a physician whatever it says here.",
    "borderline": (
        "Show this page to a physician when you next see one. It may well mean nothing. With chest "
        "pain, fainting or shortness of breath, call the emergency number now."
    ),
    "abnormal": (
        "Show this page to a physician, who can tell what it means for you. With chest pain, "
        "fainting or shortness of breath, call the emergency number now."
    ),
    "unreadable": (
        "Take the photo again, flat and in even light with the whole strip in view, or use the "
        "original recording. If you feel unwell, see a physician."
    ),
}

_SENTENCES = {
    "af": "The heart beats irregularly, as in atrial fibrillation.",
    "af_episodes": "At times the heart beats irregularly, as in atrial fibrillation.",
    "other_rhythm": "Whether the rhythm is the usual one is not clear.",
    "asystole": "For several seconds no heart beat is seen.",
    "pause": "There are longer pauses between beats.",
    "vt_sustained": "A long series of fast beats comes from the lower chambers of the heart.",
    "vt_nonsustained": "A short series of fast beats comes from the lower chambers of the heart.",
    "idioventricular_rhythm": "A series of slow beats comes from the lower chambers of the heart.",
    "extreme_bradycardia": "At times the heart beats very slowly.",
    "extreme_tachycardia": "At times the heart beats very fast.",
    "bradycardia": "The heart beats slowly. That is common in sleep and in trained people.",
    "tachycardia": "The heart beats fast. That is normal after effort or with excitement.",
    "couplet": "Sometimes two extra beats from the lower chambers follow each other.",
    "pvc_burden": "Extra beats from the lower chambers are frequent.",
    "pvc": "There are extra beats from the lower chambers. Most people have some.",
    "fusion": "Some beats are a mixture of a normal and an extra beat.",
    "svt_run": "A short series of fast beats comes from the upper chambers of the heart.",
    "supraventricular_rhythm": "The beats start at an unusual place in the upper chambers.",
    "junctional_rhythm": "At times the beats may start between the upper and lower chambers.",
    "atrial_bigeminy": "In places every second beat is an extra beat from the upper chambers.",
    "atrial_couplet": "Sometimes two extra beats from the upper chambers follow each other.",
    "pac_burden": "Extra beats from the upper chambers are frequent.",
    "pac": "There are extra beats from the upper chambers. Most people have some.",
    "irregular_rhythm": "The time from beat to beat varies more than usual.",
    "infarction": "There are signs of a heart attack, which may be new or old.",
    "conduction_disturbance": "The electrical signal is delayed on its way through the heart.",
    "st_t_changes": "The heart recovers from its beats in an unusual way.",
    "hypertrophy": "There are signs of thickened or enlarged heart walls.",
    "afib": "The heart beats irregularly, as in atrial fibrillation.",
    "aflt": "The upper chambers of the heart beat far too fast, as in atrial flutter.",
    "svtac": "The heart beats fast, from a place in its upper chambers.",
    "psvt": "The heart beats fast, from a place in its upper chambers.",
    "pace": "A pacemaker drives the heart.",
    "lngqt": "The heart takes longer than usual to recover from a beat.",
    "lvolt": "The waves are smaller than usual.",
    "dig": "The waves look as they do under digitalis.",
    "st_elevation": "A part of the curve lies higher than usual, as it may in a heart attack.",
    "brugada_pattern": "The curve has a shape that a cardiologist should look at.",
    "long_qt": "The heart takes longer than usual to recover from a beat.",
    "short_qt": "The heart recovers from a beat faster than usual.",
    **dict.fromkeys(
        BLOCKS,
        "The electrical signal is delayed on its way through the heart.",
    ),
    "preexcitation": "The signal may reach the lower chambers on an additional path.",
    "short_pr": "The signal passes quickly from the upper to the lower chambers.",
    **dict.fromkeys(
        (
            "left_ventricular_hypertrophy",
            "right_ventricular_hypertrophy",
            "left_atrial_enlargement",
            "right_atrial_enlargement",
        ),
        "Some waves are as large as with thickened or enlarged heart walls.",
    ),
    "pathological_q": "Some waves look as they may after a heart attack.",
    **dict.fromkeys(
        ("st_depression", "t_inversion"), "The heart recovers from its beats in an unusual way."
    ),
    "early_repolarisation": "The curve rises early after a beat, as in many healthy people.",
    **dict.fromkeys(
        ("left_axis_deviation", "right_axis_deviation", "extreme_axis_deviation"),
        "The heart's electrical axis points in an unusual direction.",
    ),
    "low_voltage": "The waves are smaller than usual.",
    "poor_r_progression": "The waves over the chest grow less than usual.",
    "unclassifiable": "Some beats could not be told apart, or come from a pacemaker.",
}

_POSSIBLE_SENTENCES = {
    "infarction": "There may be signs of a heart attack, new or old.",
    "conduction_disturbance": "The electrical signal may be delayed on its way through the heart.",
    "st_t_changes": "The heart may recover from its beats in an unusual way.",
    "hypertrophy": "There may be signs of thickened or enlarged heart walls.",
    "afib": "The heart may beat irregularly, as in atrial fibrillation.",
    "aflt": "The upper chambers of the heart may beat far too fast, as in atrial flutter.",
    "svtac": "The heart may beat fast, from a place in its upper chambers.",
    "psvt": "The heart may beat fast, from a place in its upper chambers.",
    "pace": "A pacemaker may drive the heart.",
    "lngqt": "The heart may take longer than usual to recover from a beat.",
    "lvolt": "The waves may be smaller than usual.",
    "dig": "The waves may look as they do under digitalis.",
}
"""Of conditions that are called present and are likelier absent."""

_EVERY_NTH = {"bigeminy": "second", "trigeminy": "third", "quadrigeminy": "fourth"}

_IMPLIED = {
    "pvc_burden": {"pvc"},
    "pac_burden": {"pac"},
    "vt_sustained": {"pvc", "tachycardia"},
    "extreme_bradycardia": {"bradycardia"},
    "extreme_tachycardia": {"tachycardia"},
    "af": {"irregular_rhythm"},
}
_MOST_SENTENCES = 4
"""Whoever asks for plain words reads no more."""


def plain_words(reading: Reading) -> dict[str, Any]:
    """A headline, how sure it is, what was found and what to do, for the person whose ECG it is.

    Args:
        reading: what was read.

    Returns:
        `headline`, `certainty` (empty where there is none), `sentences` and `advice`.
    """
    return {
        "headline": _headline(reading),
        "certainty": _certainty(reading),
        "sentences": _told(reading) if is_readable(reading) else [],
        "advice": " ".join(filter(None, (_limits(reading), advice(reading)))),
    }


def advice(reading: Reading) -> str:
    """What the person whose ECG it is should do."""
    return _ADVICE[_label(reading)]


def patient_statement(reading: Reading) -> str | None:
    """The same in one line, without the advice; None for what is unreadable."""
    if not is_readable(reading):
        return None
    rate_bpm = reading.summary.heart_rate_bpm
    rate = "" if rate_bpm is None else f"The heart beats {whole_bpm(rate_bpm)} times a minute."
    told = (f"{_headline(reading)}.", rate, *_told(reading), _limits(reading))
    return " ".join(filter(None, told))


def _label(reading: Reading) -> str:
    return reading.summary.graded.label if is_readable(reading) else "unreadable"


def _headline(reading: Reading) -> str:
    label = _label(reading)
    if label == "normal" and is_limited(reading):
        return "Beats and rhythm of this ECG show nothing unusual"
    return _HEADLINES[label]


def _told(reading: Reading) -> list[str]:
    """What was found, and what is doubtful about it."""
    doubts = reading.quality.doubts
    doubtful = [f"This reading is doubtful: {', '.join(doubts)}."] if doubts else []
    return [*_sentences(reading), *doubtful]


def _limits(reading: Reading) -> str:
    """What a reading that found nothing grave does not speak of."""
    if _label(reading) not in ("normal", "borderline"):
        return ""
    if DISEASES["MI"] in reading.not_judged:
        return "A heart attack was not looked for: it cannot be seen in what was read here."
    return "A heart attack does not always show in an ECG."


def _certainty(reading: Reading) -> str:
    sure = certainty(reading)
    if _label(reading) == "borderline" and sure:
        return f"It is {sure}, the program says."
    return f"The program is {sure}." if sure else ""


def _sentences(reading: Reading) -> list[str]:
    codes = [finding.code for finding in by_severity(reading.findings)]
    implied = {other for code in codes for other in _IMPLIED.get(code, ())}
    possible = {finding.code for finding in reading.findings if is_possibility(finding)}
    spoken = [
        _POSSIBLE_SENTENCES.get(code, "") if code in possible else _sentence(code, codes)
        for code in codes
        if code not in implied
    ]
    return [sentence for sentence in dict.fromkeys(spoken) if sentence][:_MOST_SENTENCES]


def _sentence(code: str, codes: list[str]) -> str:
    """What a finding says; grouped beats of one kind share a sentence."""
    if code not in _EVERY_NTH:
        return _SENTENCES.get(code, "")
    turns = [nth for other, nth in _EVERY_NTH.items() if other in codes]
    return f"In places every {' or '.join(turns)} beat is an extra beat from the lower chambers."
