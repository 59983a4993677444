"""ECGs of an Apple Watch, as the Health app exports them.

A list of facts, one a line (`Sample Rate,512 hertz`), then one voltage a line. Names of facts and
the decimal sign follow the language of the phone, so that facts are told by the shape of their
values: a rate ends in hertz or Hz, a unit is one of voltage.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.readers.stored_leads import StoredLead, to_recording
from ecgmm.readers.units import millivolts_per_unit
from ecgmm.recording import Recording

_MOST_FACTS = 40
"""An export states about ten facts; voltages follow."""
_FEWEST_FACTS = 3
"""A name, a date and a sampling rate: fewer are no export of the Health app."""
_HERTZ = r"(?:hertz|hz|hercios|герц\w*|гц|赫兹|赫茲|ヘルツ|헤르츠)"
_RATE = re.compile(rf"^(?P<number>\d+(?:[.,]\d+)?)[\s\u00a0\u202f]*{_HERTZ}\.?$", re.IGNORECASE)
_LEAD = re.compile(r"\b(?:I{1,3}|aV[RLF]|V[1-6])$")
_NUMBER = re.compile(r"^[-\u2212]?[\d.,\u2019'\u00a0\u202f ]*\d$")
_GROUPING = str.maketrans("", "", "\u2019'\u00a0\u202f ")
_ONLY_LEAD = "I"


@dataclass(frozen=True)
class AppleFacts:
    """What the lines before the voltages say.

    Attributes:
        sampling_rate_hz: samples a second.
        unit: unit of voltage, or empty.
        lead: name of the lead; a watch records I between its back and its crown.
    """

    sampling_rate_hz: float
    unit: str
    lead: str


def find_apple_facts(head: str) -> AppleFacts | None:
    """The facts at the head of a file; None when this is no export of the Health app.

    An empty line parts the facts from the voltages, so that a table with a line of names is none.

    Args:
        head: the first lines of a text.
    """
    values, before = [], ""
    for line in head.splitlines()[:_MOST_FACTS]:
        name, comma, value = line.strip().partition(",")
        if _is_voltage(line):
            break
        before = line.strip()
        if comma and name.strip():
            values.append(value.strip().strip('"').strip())
    rates = [match for value in values if (match := _RATE.match(value))]
    if not rates or len(values) < _FEWEST_FACTS or before:
        return None
    return AppleFacts(
        sampling_rate_hz=float(rates[0]["number"].replace(",", ".")),
        unit=next((value for value in values if millivolts_per_unit(value) is not None), ""),
        lead=next((match[0] for value in values if (match := _LEAD.search(value))), _ONLY_LEAD),
    )


def read_apple(path: Path, *, unit: str | None = None) -> Recording:
    """Read an export of the Health app.

    Args:
        path: a text file with the facts at its head.
        unit: of a file that does not state it: uV, mV or V.

    Returns:
        Its lead in millivolts.

    Raises:
        InputError: `missing_unit`, or another code when the file cannot be read.
    """
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    facts = find_apple_facts(text[:4096])
    if facts is None:
        raise InputError("unknown_format", f"{path.name}: Expected an Apple Watch ECG.")
    if not (facts.unit or unit):
        raise InputError("missing_unit", f"{path.name} does not state its unit.", "unit")
    voltages = _voltages(text, path.name)
    lead = StoredLead(facts.lead, voltages, 1.0, facts.unit or unit or "")
    return to_recording([lead], facts.sampling_rate_hz, path.stem)


def _is_voltage(line: str) -> bool:
    return bool(_NUMBER.match(line.strip().strip('"')))


def _voltages(text: str, name: str) -> NDArray[np.float64]:
    lines = [line.strip().strip('"').translate(_GROUPING) for line in text.splitlines()]
    stored = [line.replace("\u2212", "-") for line in lines if line and _NUMBER.match(line)]
    decimal = _decimal_sign(stored, name)
    other = "." if decimal == "," else ","
    try:
        return np.array([s.replace(other, "").replace(decimal, ".") for s in stored], np.float64)
    except ValueError as error:
        raise InputError("damaged", f"{name}: a line is no voltage ({error}).") from error


def _decimal_sign(stored: list[str], name: str) -> str:
    """The decimal sign of the whole file: of two different signs in one number, the last."""
    both = [line for line in stored if "," in line and "." in line]
    signs = {max(",.", key=line.rfind) for line in both}
    if not signs:
        signs = {sign for sign in ",." if any(sign in line for line in stored)}
    if len(signs) > 1:
        raise InputError("damaged", f"{name}: some numbers have decimal commas, some points.")
    return signs.pop() if signs else "."
