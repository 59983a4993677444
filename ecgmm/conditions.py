"""Every condition that the model answers for: its code, its words, and the leads that show it.

Codes are those of PTB-XL (Wagner et al., Scientific Data 7:154, 2020), whose statements follow
SCP-ECG, without the underscores that pad some of them; the subclass that PTB-XL names as its
class, STTC, is `STTC_`. Which leads show what follows the AHA/ACCF/HRS recommendations for the
standardization and interpretation of the electrocardiogram, parts III to VI (2009), and, for
infarction, the Fourth Universal Definition (2018).
"""

# ruff: noqa: E501 (a table is read best with one row a line)

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from ecgmm.leads import CHEST_LEADS, LEADS, LIMB_LEADS

Level = Literal["super_class", "sub_class", "statement"]
Needs = tuple[tuple[str, ...], ...]

ANY_LEAD: Needs = ()
FRONTAL_PLANE: Needs = (("I",), ("aVF",))
INFERIOR: Needs = (("II",), ("III", "aVF"))
ANTERIOR: Needs = (("V1", "V2"), ("V3", "V4"))
LATERAL: Needs = (("I", "aVL"), ("V5", "V6"))
BUNDLE_BRANCHES: Needs = (("V1",), ("I", "V5", "V6"))
ATRIA: Needs = (("II",), ("V1",))
RIGHT_VENTRICLE: Needs = (("I",), ("aVF",), ("V1",))
VOLTAGES: Needs = (("I",), ("aVF",), ("V1", "V2"), ("V5", "V6"))
ALL_WALLS: Needs = (("I",), ("II",), *((lead,) for lead in CHEST_LEADS))


@dataclass(frozen=True)
class Condition:
    """One thing that a heart may have.

    Attributes:
        code: its name in the model's answer.
        level: superclass, subclass or single statement of PTB-XL.
        group: the superclass of a diagnosis; `"form"` or `"rhythm"`.
        text: for a clinician.
        plain_text: for a patient.
        needs: leads without which it cannot be judged, one of each tuple.
    """

    code: str
    level: Level
    group: str
    text: str
    plain_text: str
    needs: Needs = ANY_LEAD

    def can_be_judged_from(self, leads: Collection[str]) -> bool:
        """Whether these leads, and the limb leads that follow from them, can show it."""
        known = with_limb_leads(leads)
        return bool(known) and all(known & set(alternatives) for alternatives in self.needs)


def with_limb_leads(leads: Iterable[str]) -> frozenset[str]:
    """The leads among the twelve, and all six limb leads where two of these are there."""
    known = frozenset(leads) & frozenset(LEADS)
    return known | frozenset(LIMB_LEADS) if len(known & frozenset(LIMB_LEADS)) > 1 else known


def condition_code(name: str, level: str) -> str:
    """The code of a class or statement that PTB-XL names so."""
    code = name.strip("_")
    return "STTC_" if (code, level) == ("STTC", "sub_class") else code


CODE_OF_CINC2020_DIAGNOSIS = {"IAVB": "1AVB", "LAnFB": "LAFB", "LPFB": "LPFB"}
"""Statements of PTB-XL that the PhysioNet/CinC Challenge 2020 kept as diagnoses of their own."""

SUPERCLASSES = ("NORM", "MI", "STTC", "CD", "HYP")

DISEASES = {
    "MI": "infarction",
    "CD": "conduction",
    "STTC": "ST and T changes",
    "HYP": "hypertrophy",
}
"""What a cardiologist looks for first, by superclass: it is told where one was not judged."""

INTERVALS, AXES = "intervals", "axes"
"""What is measured, not judged; it is told where it could not be."""

NOTHING_JUDGED = (*DISEASES.values(), INTERVALS, AXES)
"""What a reading of beats and rhythm alone leaves open."""

_Table = tuple[tuple[str, str, str, str, Needs], ...]

_CLASSES: _Table = (
    ("NORM", "NORM", "Normal ECG", "No sign of disease", ALL_WALLS),
    ("MI", "MI", "Myocardial infarction", "Signs of a heart attack, new or old", ALL_WALLS),
    ("STTC", "STTC", "ST-T changes", "Changes in how the heart recovers after a beat", ALL_WALLS),
    (
        "CD",
        "CD",
        "Conduction disturbance",
        "The electrical signal is delayed on its way",
        ALL_WALLS,
    ),
    ("HYP", "HYP", "Hypertrophy", "Signs of thickened or enlarged heart walls", ALL_WALLS),
)
# fmt: off
_SUBCLASSES: _Table = (
    ("AMI", "MI", "Anterior infarction", "Heart attack at the front wall", ANTERIOR),
    ("IMI", "MI", "Inferior infarction", "Heart attack at the lower wall", INFERIOR),
    ("LMI", "MI", "Lateral infarction", "Heart attack at the side wall", LATERAL),
    ("PMI", "MI", "Posterior infarction", "Heart attack at the back wall", ANTERIOR),
    ("STTC_", "STTC", "Other ST-T changes", "Unspecific changes in recovery", ALL_WALLS),
    ("ISC", "STTC", "Ischaemic ST-T changes", "Possibly too little blood to the heart", ALL_WALLS),
    ("ISCA", "STTC", "Anterior or lateral ischaemia", "Possibly too little blood to the front or side wall", (*ANTERIOR, ("V5", "V6"))),
    ("ISCI", "STTC", "Inferior ischaemia", "Possibly too little blood to the lower wall", INFERIOR),
    ("NST", "STTC", "Non-specific ST changes", "Small changes of unclear meaning", ALL_WALLS),
    ("LAFB/LPFB", "CD", "Left fascicular block", "One part of the left bundle conducts late", FRONTAL_PLANE),
    ("AVB", "CD", "AV block", "The signal passes late from the atria to the ventricles", ANY_LEAD),
    ("CRBBB", "CD", "Complete right bundle branch block", "The right ventricle is reached late", BUNDLE_BRANCHES),
    ("IRBBB", "CD", "Incomplete right bundle branch block", "The right ventricle is reached a little late", BUNDLE_BRANCHES),
    ("CLBBB", "CD", "Complete left bundle branch block", "The left ventricle is reached late", BUNDLE_BRANCHES),
    ("ILBBB", "CD", "Incomplete left bundle branch block", "The left ventricle is reached a little late", BUNDLE_BRANCHES),
    ("IVCD", "CD", "Intraventricular conduction delay", "The ventricles are reached a little late", BUNDLE_BRANCHES),
    ("WPW", "CD", "Wolff-Parkinson-White pattern", "An additional path leads past the AV node", BUNDLE_BRANCHES),
    ("LVH", "HYP", "Left ventricular hypertrophy", "Signs of a thickened left ventricle", VOLTAGES),
    ("RVH", "HYP", "Right ventricular hypertrophy", "Signs of a thickened right ventricle", RIGHT_VENTRICLE),
    ("SEHYP", "HYP", "Septal hypertrophy", "Signs of a thickened wall between the ventricles", VOLTAGES),
    ("LAO/LAE", "HYP", "Left atrial enlargement", "Signs of an enlarged left atrium", ATRIA),
    ("RAO/RAE", "HYP", "Right atrial enlargement", "Signs of an enlarged right atrium", ATRIA),
)
_STATEMENTS: _Table = (
    ("1AVB", "CD", "First-degree AV block", "The signal passes late from the atria to the ventricles", ANY_LEAD),
    ("LAFB", "CD", "Left anterior fascicular block", "The front part of the left bundle conducts late", FRONTAL_PLANE),
    ("LPFB", "CD", "Left posterior fascicular block", "The rear part of the left bundle conducts late", FRONTAL_PLANE),
    ("NDT", "form", "Non-diagnostic T abnormalities", "Unusual recovery waves of unclear meaning", ALL_WALLS),
    ("DIG", "form", "Digitalis effect", "Looks like the effect of digitalis", ALL_WALLS),
    ("LNGQT", "form", "Long QT interval", "The heart recovers more slowly than usual", ANY_LEAD),
    ("ABQRS", "form", "Abnormal QRS", "Unusually shaped heartbeats", ALL_WALLS),
    ("PVC", "form", "Ventricular premature complexes", "Extra beats from the ventricles", ANY_LEAD),
    ("PAC", "form", "Atrial premature complexes", "Extra beats from the atria", ANY_LEAD),
    ("STD", "form", "ST depression", "The line between beats is lowered", ALL_WALLS),
    ("VCLVH", "form", "Voltage criteria for left ventricular hypertrophy", "Large waves, as of a thick left ventricle", VOLTAGES),
    ("QWAVE", "form", "Q waves", "Waves that may be left by an old heart attack", ALL_WALLS),
    ("LOWT", "form", "Low T waves", "Small recovery waves", ALL_WALLS),
    ("NT", "form", "Non-specific T changes", "Small changes of unclear meaning", ALL_WALLS),
    ("INVT", "form", "Inverted T waves", "Recovery waves are upside down", ALL_WALLS),
    ("LPR", "form", "Prolonged PR interval", "The signal passes late from the atria to the ventricles", ANY_LEAD),
    ("LVOLT", "form", "Low QRS voltage", "Unusually small waves", VOLTAGES),
    ("SR", "rhythm", "Sinus rhythm", "Normal pacemaker of the heart", ANY_LEAD),
    ("AFIB", "rhythm", "Atrial fibrillation", "The atria quiver, the pulse is irregular", ANY_LEAD),
    ("AFLT", "rhythm", "Atrial flutter", "The atria beat far too fast", ANY_LEAD),
    ("STACH", "rhythm", "Sinus tachycardia", "Regular and fast heartbeat", ANY_LEAD),
    ("SBRAD", "rhythm", "Sinus bradycardia", "Regular and slow heartbeat", ANY_LEAD),
    ("SARRH", "rhythm", "Sinus arrhythmia", "The pulse varies, mostly with breathing", ANY_LEAD),
    ("SVARR", "rhythm", "Supraventricular arrhythmia", "Irregular beats from the atria", ANY_LEAD),
    ("SVTAC", "rhythm", "Supraventricular tachycardia", "Fast heartbeat from the atria", ANY_LEAD),
    ("PSVT", "rhythm", "Paroxysmal supraventricular tachycardia", "A sudden fast heartbeat from the atria", ANY_LEAD),
    ("BIGU", "rhythm", "Bigeminy", "Every second beat is an extra beat", ANY_LEAD),
    ("PACE", "rhythm", "Paced rhythm", "A pacemaker drives the heart", ANY_LEAD),
)
# fmt: on

_TABLES: dict[Level, _Table] = {
    "super_class": _CLASSES,
    "sub_class": _SUBCLASSES,
    "statement": _STATEMENTS,
}

CONDITIONS = tuple(
    Condition(code, level, group, text, plain_text, needs)
    for level, table in _TABLES.items()
    for code, group, text, plain_text, needs in table
)
"""In the order of the model's output `conditions`."""

CONDITION_CODES = tuple(condition.code for condition in CONDITIONS)
