"""A reading as HL7 FHIR R4: a bundle of one DiagnosticReport and its Observations.

https://hl7.org/fhir/R4/diagnosticreport.html, https://hl7.org/fhir/R4/observation.html. The
signal is an Observation with a component of SampledData a lead; each measurement is one of its
own, under its LOINC code. A program wrote it and nobody has confirmed it: `preliminary`.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.analyze import Opened
from ecgmm.analysis.reading import Reading
from ecgmm.readers.signal_file import SignalFile
from ecgmm.writers.clinical import LONGEST_SIGNAL_S, conclusion, measured

_STEP_MV = 0.001
"""A microvolt: finer than any recorder."""
_MISSING = "E"
"""SampledData's word for a sample that was not recorded."""
_LOINC, _UCUM = "http://loinc.org", "http://unitsofmeasure.org"
_MDC = "urn:iso:std:iso:11073:10101"
_MDC_LEADS = {
    **{"I": 131329, "II": 131330, "III": 131389, "aVR": 131390, "aVL": 131391, "aVF": 131392},
    **{f"V{number}": 131330 + number for number in range(1, 7)},
}
"""ISO/IEEE 11073-10102: 2 * 65536 + 256 + the lead's number."""
_STUDY = ("11524-6", "EKG study")


def reading_fhir(reading: Reading, source: Opened) -> bytes:
    """The bundle as JSON, without a patient: the receiving system knows who it is.

    What is unreadable has no measurements and no conclusion but that.

    Args:
        reading: what to write.
        source: what was read; its signal goes along when it is of a minute or less.
    """
    observations = [_signal_observation(source), *_measurement_observations(reading)]
    entries = [{"fullUrl": f"urn:uuid:{uuid.uuid4()}", "resource": each} for each in observations]
    report = {
        "resourceType": "DiagnosticReport",
        "status": "preliminary",
        "category": [_concept("http://terminology.hl7.org/CodeSystem/v2-0074", "EC", "ECG")],
        "code": _concept(_LOINC, *_STUDY),
        "result": [{"reference": entry["fullUrl"]} for entry in entries],
        **_conclusion(reading),
    }
    first = {"fullUrl": f"urn:uuid:{uuid.uuid4()}", "resource": report}
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [first, *entries]}
    return json.dumps(bundle, indent=1).encode() + b"\n"


def _concept(system: str, code: str, words: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": words}], "text": words}


def _observation(code: dict[str, Any], **content: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "status": "preliminary", "code": code, **content}


def _signal_observation(source: Opened) -> dict[str, Any]:
    study = _concept(_LOINC, *_STUDY)
    if not isinstance(source, SignalFile):
        return _observation(study, dataAbsentReason={"text": "Read from a picture."})
    if source.duration_s > LONGEST_SIGNAL_S:
        reason = f"The signal is longer than {LONGEST_SIGNAL_S:g} s and stands in its own file."
        return _observation(study, dataAbsentReason={"text": reason})
    recording = source.whole()
    period_ms = 1000.0 / recording.sampling_rate_hz
    components = [
        {"code": _lead(name), "valueSampledData": _sampled_data(lead_mv, period_ms)}
        for name, lead_mv in zip(recording.lead_names, recording.signal_mv.T, strict=True)
    ]
    return _observation(study, component=components)


def _lead(name: str) -> dict[str, Any]:
    if name not in _MDC_LEADS:
        return {"text": name}
    return _concept(_MDC, str(_MDC_LEADS[name]), f"MDC_ECG_ELEC_POTL_{name.upper()}")


def _sampled_data(lead_mv: NDArray[np.float32], period_ms: float) -> dict[str, Any]:
    steps = [
        str(round(float(value) / _STEP_MV)) if np.isfinite(value) else _MISSING for value in lead_mv
    ]
    return {
        "origin": {"value": 0, "unit": "mV", "system": _UCUM, "code": "mV"},
        "period": period_ms,
        "factor": _STEP_MV,
        "dimensions": 1,
        "data": " ".join(steps),
    }


def _measurement_observations(reading: Reading) -> list[dict[str, Any]]:
    """An Observation for each value that was measured."""
    return [
        _observation(
            _concept(_LOINC, quantity.loinc, quantity.words),
            valueQuantity={
                "value": value,
                "unit": quantity.unit,
                "system": _UCUM,
                "code": quantity.unit,
            },
        )
        for quantity, value in measured(reading)
    ]


def _conclusion(reading: Reading) -> dict[str, Any]:
    """The reading in one line, and a concept a finding."""
    is_readable = reading.summary.verdict != "unreadable"
    found = [{"text": finding.text} for finding in reading.findings] if is_readable else []
    return {"conclusion": conclusion(reading), **({"conclusionCode": found} if found else {})}
