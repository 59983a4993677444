"""ECGs in JSON: HL7 FHIR observations with SampledData, answers of the Withings API, plain lists.

FHIR R4 and R5: https://hl7.org/fhir/R4/datatypes.html#SampledData, components of an Observation
(https://hl7.org/fhir/R4/observation-example-sample-data.html), alone or anywhere in a Bundle.
Withings "Heart v2 - Get": `signal` in microvolts at `sampling_frequency`
(https://developer.withings.com/api-reference). Of any other object the members are arrays by name
(`named_arrays`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.readers.limits import MAX_LEADS
from ecgmm.readers.named_arrays import recording_of_arrays
from ecgmm.readers.stored_leads import StoredLead, to_recording, warn_left_out
from ecgmm.recording import Recording

_MDC_LEADS = {
    **{"131329": "I", "131330": "II", "131389": "III", "131390": "aVR", "131391": "aVL"},
    **{"131392": "aVF"},
    **{str(131330 + number): f"V{number}" for number in range(1, 7)},
}
"""ISO/IEEE 11073-10102: 2 * 65536 + 256 + the lead's number."""
_MDC_PREFIX = "MDC_ECG_ELEC_POTL_"
_NO_SAMPLE = frozenset("EUL")
"""An error, or above or below what was measured."""
_PERIODS_A_SECOND = {"s": 1.0, "ms": 1e3, "us": 1e6}
_SIGNAL_WITHIN = re.compile(
    rb'"resourceType"\s*:\s*"(?:Observation|Bundle|DiagnosticReport)"'
    rb'|"(?:signal(?:_[mu]v)?|e[ck]g(?:_[mu]v)?|sampl(?:ing|e)_?(?:rate|frequency)(?:_hz)?|fs)"\s*:'
    rb'|"(?:I{1,3}|aV[RLF]|V[1-6])"\s*:\s*\[',
    re.IGNORECASE,
)
_WITHINGS_LEAD = "I"
"""Between the two arms, as every watch records it."""
_DEEPEST = 20
_GROUPS = ("leads", "signals", "data", "channels", "ecg")
"""Members that hold a list a lead."""


def is_sampled_json(head: bytes) -> bool:
    """Whether a file begins as a JSON object with an ECG in it may."""
    is_object = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    return is_object and bool(_SIGNAL_WITHIN.search(head))


def read_sampled_json(
    path: Path, *, sampling_rate_hz: float | None = None, unit: str | None = None
) -> Recording:
    """Read the ECG of a JSON document.

    Args:
        path: a FHIR resource or Bundle, an answer of the Withings API, or an object with lists.
        sampling_rate_hz: of plain lists beside which none is stated.
        unit: of samples whose unit the file does not state: uV, mV or V.

    Raises:
        InputError: when it cannot be read; the message says why.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError("damaged", f"{path.name}: not a JSON document ({error}).") from error
    try:
        signals = list(_fhir_signals(document)) or list(_withings_signals(document))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        detail = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise InputError("damaged", f"{path.name}: not as FHIR has it ({detail}).") from error
    if not signals:
        return recording_of_arrays(
            _arrays(document), path.name, sampling_rate_hz=sampling_rate_hz, unit=unit
        )
    rate_hz = signals[0][0]
    leads = [lead for own_hz, lead in signals if math.isclose(own_hz, rate_hz, rel_tol=1e-6)]
    others = [lead.name for own_hz, lead in signals if not math.isclose(own_hz, rate_hz)]
    warn_left_out(path.name, others, f"not sampled at {rate_hz:g} Hz")
    return to_recording(_with_units(leads, unit, path.name), rate_hz, path.stem)


def _arrays(document: Any) -> dict[str, NDArray[np.generic]]:
    """The members of an object, or of a group in it, that are numbers, texts or lists of them."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, value in document.items() if isinstance(document, dict) else ():
        if isinstance(value, dict) and str(name).lower() in _GROUPS:
            arrays |= _arrays(value)
            continue
        try:
            array = np.array(value)
        except (ValueError, OverflowError):
            continue
        if array.dtype.kind in "fiuU":
            arrays[str(name)] = array
    return arrays


def _with_units(leads: list[StoredLead], unit: str | None, name: str) -> list[StoredLead]:
    if unit is None and any(not lead.unit for lead in leads):
        raise InputError("missing_unit", f"{name} does not state the unit of its samples.", "unit")
    return [
        lead if lead.unit else StoredLead(lead.name, lead.values, lead.per_value, unit or "")
        for lead in leads[: MAX_LEADS + 1]
    ]


def _fhir_signals(node: Any, depth: int = 0) -> Iterator[tuple[float, StoredLead]]:
    """Rate and lead of each SampledData, wherever it stands."""
    if depth > _DEEPEST:
        return
    if isinstance(node, list):
        for entry in node:
            yield from _fhir_signals(entry, depth + 1)
    elif isinstance(node, dict):
        sampled = node.get("valueSampledData")
        if isinstance(sampled, dict) and "data" in sampled:
            yield from _leads_of(sampled, _lead_name(node.get("code") or {}))
        for value in node.values():
            if isinstance(value, (dict, list)):
                yield from _fhir_signals(value, depth + 1)


def _leads_of(sampled: dict[str, Any], name: str) -> Iterator[tuple[float, StoredLead]]:
    """One lead a dimension: `origin + factor * value` in the origin's unit."""
    origin, factor = sampled.get("origin") or {}, float(sampled.get("factor", 1.0))
    zero = float(origin.get("value", 0.0))
    unit = str(origin.get("code") or origin.get("unit") or "")
    values = zero + factor * _values(str(sampled["data"]))
    dimensions = int(sampled.get("dimensions", 1))
    if not 1 <= dimensions <= MAX_LEADS:
        raise ValueError(f"{dimensions} dimensions")
    rows = values[: len(values) // dimensions * dimensions].reshape(-1, dimensions)
    for index, column in enumerate(rows.T):
        lead = name if dimensions == 1 else f"{name} {index + 1}"
        yield _rate_hz(sampled), StoredLead(lead, column, 1.0, unit)


def _rate_hz(sampled: dict[str, Any]) -> float:
    """From the period in milliseconds (R4), or the interval in a unit of its own (R5)."""
    if "period" in sampled:
        return 1e3 / _positive(sampled["period"])
    interval, unit = _positive(sampled["interval"]), str(sampled.get("intervalUnit", "ms"))
    return interval if unit == "Hz" else _PERIODS_A_SECOND[unit] / interval


def _positive(value: Any) -> float:
    number = float(value)
    if not 0 < number < float("inf"):
        raise ValueError(f"a period of {value}")
    return number


def _values(data: str) -> NDArray[np.float64]:
    texts = data.split()
    return np.array([np.nan if text in _NO_SAMPLE else float(text) for text in texts], np.float64)


def _lead_name(code: dict[str, Any]) -> str:
    """The lead that a code means: as ISO/IEEE 11073 numbers it, or in words."""
    codings = code.get("coding") or []
    for coding in codings:
        if str(coding.get("code")) in _MDC_LEADS:
            return _MDC_LEADS[str(coding["code"])]
    displays = [coding.get("display") for coding in codings]
    words = next((str(text) for text in (code.get("text"), *displays) if text), "ECG")
    return words.removeprefix(_MDC_PREFIX)


def _withings_signals(document: Any) -> Iterator[tuple[float, StoredLead]]:
    answer = document.get("body", document) if isinstance(document, dict) else {}
    if isinstance(answer, dict) and "signal" in answer and "sampling_frequency" in answer:
        values = np.array(answer["signal"], np.float64)
        if values.ndim != 1:
            raise ValueError(f"a signal of {values.ndim} dimensions")
        rate_hz = _positive(answer["sampling_frequency"])
        yield rate_hz, StoredLead(_WITHINGS_LEAD, values, 1.0, "uV")
