"""HL7 annotated ECG (aECG): the XML in which drug studies send ECGs to regulators.

Structure as in the HL7 aECG implementation guide (2005): a series holds sequence sets, a sequence
set holds one sequence of times (an increment) and one sequence a lead (origin, scale, digits).
Derived series, which hold representative beats, are left alone.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ecgmm.errors import InputError, InputWarning
from ecgmm.readers.stored_leads import StoredLead, to_recording, warn_left_out
from ecgmm.readers.units import millivolts_per_unit
from ecgmm.readers.xml_document import number_in, parse_xml, text_of
from ecgmm.recording import Recording

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ROOT = "AnnotatedECG"
_TIMES = ("TIME_ABSOLUTE", "TIME_RELATIVE")
_SECONDS_PER_UNIT = {"s": 1.0, "ms": 1e-3, "us": 1e-6}
"""Units of time as UCUM writes them, which HL7 prescribes."""
_SEQUENCE_SETS = "component/series/component/sequenceSet"


def read_aecg(path: Path) -> Recording:
    """Read the first sequence set of an annotated ECG.

    Args:
        path: an XML file whose root is `AnnotatedECG`.

    Returns:
        Its leads in millivolts.

    Raises:
        InputError: when it cannot be read; the message says why.
    """
    root = parse_xml(path, "HL7 aECG files")
    sets = root.findall(_SEQUENCE_SETS)
    if not sets:
        raise InputError("no_ecg", f"{path.name}: holds no series with a sequence set.")
    if len(sets) > 1:
        message = f"{path.name}: holds {len(sets)} recordings; the first one is read."
        warnings.warn(message, InputWarning, stacklevel=2)
    sequences = sets[0].findall("component/sequence")
    rate_hz = _rate_hz(sequences, path.name)
    leads = [_lead(sequence, path.name) for sequence in sequences if not _is_time(sequence)]
    others = [f"{lead.name} ({lead.unit})" for lead in leads if not _is_in_volts(lead)]
    warn_left_out(path.name, others, "not in V")
    return to_recording([lead for lead in leads if _is_in_volts(lead)], rate_hz, path.stem)


def _is_in_volts(lead: StoredLead) -> bool:
    return millivolts_per_unit(lead.unit) is not None


def _code(sequence: Element) -> str:
    code = sequence.find("code")
    return "" if code is None else code.get("code", "")


def _is_time(sequence: Element) -> bool:
    return _code(sequence) in _TIMES


def _rate_hz(sequences: list[Element], name: str) -> float:
    for sequence in sequences:
        increment = sequence.find("value/increment")
        if not _is_time(sequence) or increment is None:
            continue
        unit = increment.get("unit", "")
        step = number_in(increment.get("value", ""), "step of time", name)
        if unit not in _SECONDS_PER_UNIT or step <= 0:
            raise InputError(
                "bad_sampling_rate", f"{name}: Expected a step in s or ms. Received {step} {unit}."
            )
        return round(1.0 / (step * _SECONDS_PER_UNIT[unit]), 6)
    raise InputError("missing_sampling_rate", f"{name}: does not state the step of time.")


def _lead(sequence: Element, name: str) -> StoredLead:
    scale, origin = sequence.find("value/scale"), sequence.find("value/origin")
    stated = {} if scale is None else scale.attrib
    lead_name = _code(sequence) or "unnamed"
    per_value = number_in(stated.get("value", ""), f"scale of lead {lead_name}", name)
    try:
        digits = np.array(text_of(sequence, "value/digits").split(), np.float64)
    except ValueError as error:
        raise InputError("damaged", f"{name}: lead {lead_name} is not made of digits.") from error
    unit = stated.get("unit", "")
    if origin is not None and per_value:
        digits += _in_unit(origin, unit, name) / per_value
    return StoredLead(lead_name, digits, per_value, unit)


def _in_unit(origin: Element, unit: str, name: str) -> float:
    """Where zero digits lie, in the unit of the scale."""
    value = number_in(origin.get("value") or "0", "origin", name)
    from_factor = millivolts_per_unit(origin.get("unit", unit))
    to_factor = millivolts_per_unit(unit)
    if not value or from_factor is None or to_factor is None:
        return value
    return value * from_factor / to_factor
