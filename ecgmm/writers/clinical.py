"""What every format for clinics says of a reading: its measurements by their codes, its conclusion.

LOINC: https://loinc.org. ISO/IEEE 11073-10102 (MDC) as HL7 aECG and DICOM (PS3.16 CID 3335) use it.
A program wrote it and nobody has confirmed it, which every conclusion says.
"""

from __future__ import annotations

from dataclasses import dataclass

from ecgmm.analysis.reading import Reading

LONGEST_SIGNAL_S = 60.0
"""A resting ECG and a rhythm strip fit; a day of Holter as text would be hundreds of megabytes."""


@dataclass(frozen=True)
class Quantity:
    """A measurement that clinics have codes for.

    Attributes:
        name: in `Measurements`.
        words: for people.
        unit: as UCUM writes it.
        loinc: its LOINC code.
        mdc: its reference identifier in ISO/IEEE 11073-10102.
        gdt: short name and words of a German practice.
    """

    name: str
    words: str
    unit: str
    loinc: str
    mdc: str
    gdt: tuple[str, str]


QUANTITIES = (
    Quantity(
        "heart_rate_bpm",
        *("Heart rate", "/min", "8867-4", "MDC_ECG_HEART_RATE"),
        gdt=("HF", "Herzfrequenz"),
    ),
    Quantity(
        "pr_ms",
        *("P-R Interval", "ms", "8625-6", "MDC_ECG_TIME_PD_PR"),
        gdt=("PQ", "PQ-Zeit"),
    ),
    Quantity(
        "qrs_ms",
        *("QRS duration", "ms", "8633-0", "MDC_ECG_TIME_PD_QRS"),
        gdt=("QRS", "QRS-Dauer"),
    ),
    Quantity(
        "qt_ms",
        *("Q-T interval", "ms", "8634-8", "MDC_ECG_TIME_PD_QT"),
        gdt=("QT", "QT-Zeit"),
    ),
    Quantity(
        "qtc_fridericia_ms",
        *("Q-T interval corrected (Fridericia)", "ms", "8636-3", "MDC_ECG_TIME_PD_QTcF"),
        gdt=("QTCF", "QTc (Fridericia)"),
    ),
    Quantity(
        "qtc_bazett_ms",
        *("Q-T interval corrected (Bazett)", "ms", "8636-3", "MDC_ECG_TIME_PD_QTcB"),
        gdt=("QTCB", "QTc (Bazett)"),
    ),
    Quantity(
        "p_axis_deg",
        *("P wave axis", "deg", "8626-4", "MDC_ECG_ANGLE_P_FRONT"),
        gdt=("PACHSE", "P-Achse"),
    ),
    Quantity(
        "qrs_axis_deg",
        *("QRS axis", "deg", "8632-2", "MDC_ECG_ANGLE_QRS_FRONT"),
        gdt=("QRSACHSE", "QRS-Achse"),
    ),
    Quantity(
        "t_axis_deg",
        *("T wave axis", "deg", "8638-9", "MDC_ECG_ANGLE_T_FRONT"),
        gdt=("TACHSE", "T-Achse"),
    ),
)


@dataclass(frozen=True)
class BeatCode:
    """What an AAMI class is in ISO/IEEE 11073-10102.

    Attributes:
        code: in partition 10, as DICOM's context group 3335 has it.
        reference: its identifier.
        words: its meaning.
    """

    code: str
    reference: str
    words: str


BEAT_CODES = {
    "N": BeatCode("10:8208", "MDC_ECG_BEAT_NORMAL", "Normal beat"),
    "S": BeatCode("10:8256", "MDC_ECG_BEAT_SV_P_C", "Supraventricular premature contraction"),
    "V": BeatCode("10:8336", "MDC_ECG_BEAT_V_P_C", "Ventricular premature contraction"),
    "F": BeatCode("10:8352", "MDC_ECG_BEAT_V_P_C_FUSION", "Fusion of ventricular and normal beat"),
    "Q": BeatCode("10:8736", "MDC_ECG_BEAT_UNKNOWN", "Unclassifiable beat"),
}


def measured(reading: Reading) -> list[tuple[Quantity, float]]:
    """Every quantity that was measured; none of what is unreadable."""
    if reading.summary.verdict == "unreadable":
        return []
    values = reading.measurements.to_dict()
    values["heart_rate_bpm"] = reading.summary.heart_rate_bpm
    return [(each, values[each.name]) for each in QUANTITIES if values[each.name] is not None]


def conclusion(reading: Reading) -> str:
    """The reading in one line, which names what was not judged, and who made it."""
    author = f"Read by {reading.model_name} {reading.model_version}; not confirmed."
    if reading.summary.verdict == "unreadable":
        return f"Unreadable. {author}"
    statement = reading.summary.statement
    return f"{statement} {author}" if statement else author
