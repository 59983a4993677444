"""What machines write on a page of ECG."""

from __future__ import annotations

import numpy as np

LEAD_NAMES = (
    "I",
    "II",
    "III",
    "aVR",
    "aVL",
    "aVF",
    "AVR",
    "AVL",
    "AVF",
    "avR",
    "avL",
    "avF",
    "V1",
    "V2",
    "V3",
    "V4",
    "V5",
    "V6",
)
_NAME_SHARE = 0.45
_SCALE_SHARE = 0.65
_RATE_SHARE = 0.8
_SPEEDS = ("25", "25", "25", "50", "50", "12.5", "100", "25.0", "50.0", "5", "10")
_GAINS = ("10", "10", "10", "5", "20", "10.0", "5.0", "2.5", "40")
_RATES = (
    "HR {}",
    "HR: {}",
    "HR {} bpm",
    "HR: {}/min",
    "{} bpm",
    "{} BPM",
    "{} /min",
    "Vent. rate {} BPM",
    "Vent. Rate: {} bpm",
    "Heart rate {}",
    "Frequenz {} /min",
    "HF {} /min",
    "Rate {}",
    "VR {}",
    "Ventricular rate {} bpm",
    "FC {} lpm",
    "HR(bpm): {}",
    "Average {} BPM",
)
_LINES = (
    "Normal sinus rhythm",
    "Sinus bradycardia",
    "PR interval 164 ms",
    "QRS duration 92 ms",
    "QT/QTc 392/421 ms",
    "P-R-T axes 54 12 38",
    "0.05-150 Hz",
    "0.67~25Hz AC50",
    "ID: 40217",
    "Name:",
    "Male",
    "63 yrs",
    "Age: 61",
    "DOB: 01/02/1950",
    "22-Nov-2021 10:41:07",
    "Unconfirmed",
    "Technician:",
    "Department:",
    "Page 1 of 3",
    "4*2.5s+1r",
    "F 50",
    "Lead",
    "MLII",
    "V4R",
    "Rhythm",
    "12SL",
    "MAC 5500",
    "Referred by:",
    "Device: KJH-12",
    "Weight: 72 kg",
    "cal",
)
_SIGNS = "0123456789ABCDEFGHIJKLMNOPRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/.:-%()*+="


def random_line(rng: np.random.Generator) -> str:
    """A line of print that names no lead: a scale, a rate, an interval, a name."""
    kind = rng.random()
    if kind < 0.3:
        return _scale(rng)
    return _rate(rng) if kind < 0.5 else _choice(_LINES, rng)


def random_wording(rng: np.random.Generator) -> str:
    """A lead's name, a scale, a rate or a line of something else."""
    kind = rng.random()
    if kind < _NAME_SHARE:
        return _choice(LEAD_NAMES, rng)
    if kind < _SCALE_SHARE:
        return _scale(rng)
    if kind < _RATE_SHARE:
        return _rate(rng)
    if rng.random() < 0.5:
        return _choice(_LINES, rng)
    length = int(rng.integers(2, 9))
    return "".join(_SIGNS[int(index)] for index in rng.integers(len(_SIGNS), size=length))


def _rate(rng: np.random.Generator) -> str:
    return _choice(_RATES, rng).format(int(rng.integers(30, 220)))


def _scale(rng: np.random.Generator) -> str:
    space = _choice(("", " "), rng)
    speed = (
        f"{_choice(_SPEEDS, rng)}{space}{_choice(('mm/s', 'mm/s', 'mm/s', 'mm/sec', 'MM/S'), rng)}"
    )
    gain = f"{_choice(_GAINS, rng)}{space}{_choice(('mm/mV', 'mm/mV', 'mm/mv', 'MM/MV'), rng)}"
    both = f"{speed}{_choice(('  ', ' ', ', ', '   '), rng)}{gain}"
    return _choice((speed, gain, both), rng)


def _choice(of: tuple[str, ...], rng: np.random.Generator) -> str:
    return of[int(rng.integers(len(of)))]
