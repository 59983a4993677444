"""A reading as HL7 annotated ECG (aECG): the signal, a code a beat, the measurements.

HL7 aECG implementation guide (2005). Identity and time of the recording are left open: the
receiving system knows them.
"""

from __future__ import annotations

import uuid
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.reading import Reading
from ecgmm.errors import InputError
from ecgmm.readers.aecg_xml import ROOT
from ecgmm.readers.lead_names import is_standard
from ecgmm.recording import Recording
from ecgmm.writers.clinical import BEAT_CODES, LONGEST_SIGNAL_S, conclusion, measured

_ACT, _MDC, _CPT = "2.16.840.1.113883.5.4", "2.16.840.1.113883.6.24", "2.16.840.1.113883.6.12"
_ECG_PROCEDURE = "93000"
"""CPT-4: electrocardiogram with interpretation and report."""
_TYPE = "xsi:type"
_NAMESPACES = {
    "xmlns": "urn:hl7-org:v3",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
_STEP_UV = 0.1
"""Finer than any recorder."""


def reading_aecg(reading: Reading, recording: Recording) -> bytes:
    """The document; of what is unreadable the signal alone, and that it is unreadable.

    Args:
        reading: what was read.
        recording: what it was read from.

    Raises:
        InputError: `bad_output` where samples are missing, which an aECG cannot say, and for more
            than a minute, which is too much text.
    """
    if recording.duration_s > LONGEST_SIGNAL_S:
        raise InputError(
            "bad_output",
            f"Expected up to {LONGEST_SIGNAL_S:g} s for an HL7 aECG. "
            f"Received {recording.duration_s:.0f} s.",
        )
    if not np.isfinite(recording.signal_mv).all():
        raise InputError("bad_output", "An HL7 aECG cannot say that samples are missing.")
    root = ElementTree.Element(ROOT, {**_NAMESPACES, "classCode": "OBS"})
    _add(root, "id", root=str(uuid.uuid4()))
    _add(root, "code", code=_ECG_PROCEDURE, codeSystem=_CPT)
    _add(root, "effectiveTime", nullFlavor="NI")
    series = _add(_add(root, "component"), "series", classCode="OBSSER")
    _add(series, "id", root=str(uuid.uuid4()))
    _add(series, "code", code="RHYTHM", codeSystem=_ACT)
    _add(series, "effectiveTime", nullFlavor="NI")
    _add_signal(_add(_add(series, "component"), "sequenceSet", classCode="OBSCOR"), recording)
    _add_annotations(_add(_add(series, "subjectOf"), "annotationSet", classCode="OBSCOR"), reading)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _add(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, attributes)


def _value(parent: ElementTree.Element, kind: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, "value", {_TYPE: kind, **attributes})


def _add_signal(sequence_set: ElementTree.Element, recording: Recording) -> None:
    times = _add(_add(sequence_set, "component"), "sequence", classCode="OBS")
    _add(times, "code", code="TIME_RELATIVE", codeSystem=_ACT)
    value = _value(times, "GLIST_PQ")
    _add(value, "head", value="0", unit="s")
    _add(value, "increment", value=f"{1.0 / recording.sampling_rate_hz:.9g}", unit="s")
    for name, lead_mv in zip(recording.lead_names, recording.signal_mv.T, strict=True):
        _add_lead(_add(sequence_set, "component"), name, lead_mv)


def _add_lead(component: ElementTree.Element, name: str, lead_mv: NDArray[np.float32]) -> None:
    sequence = _add(component, "sequence", classCode="OBS")
    code = f"MDC_ECG_LEAD_{name.upper()}" if is_standard(name) else name
    _add(sequence, "code", code=code, codeSystem=_MDC)
    value = _value(sequence, "SLIST_PQ")
    _add(value, "origin", value="0", unit="uV")
    _add(value, "scale", value=f"{_STEP_UV:g}", unit="uV")
    steps = np.rint(lead_mv.astype(np.float64) * 1000.0 / _STEP_UV).astype(np.int64)
    _add(value, "digits").text = " ".join(map(str, steps.tolist()))


def _add_annotations(annotation_set: ElementTree.Element, reading: Reading) -> None:
    _add(annotation_set, "activityTime", nullFlavor="NI")
    statement = _add_annotation(annotation_set, "MDC_ECG_INTERPRETATION_STATEMENT")
    _value(statement, "ST").text = conclusion(reading)
    for quantity, amount in measured(reading):
        annotation = _add_annotation(annotation_set, quantity.mdc)
        _value(annotation, "PQ", value=f"{amount:g}", unit=quantity.unit)
    if reading.summary.verdict != "unreadable":
        for beat in reading.beats:
            _add_beat(annotation_set, beat.time_s, beat.label)


def _add_annotation(annotation_set: ElementTree.Element, code: str) -> ElementTree.Element:
    annotation = _add(_add(annotation_set, "component"), "annotation", classCode="OBS")
    _add(annotation, "code", code=code, codeSystem=_MDC)
    return annotation


def _add_beat(annotation_set: ElementTree.Element, time_s: float, label: str) -> None:
    annotation = _add_annotation(annotation_set, "MDC_ECG_BEAT")
    _value(annotation, "CE", code=BEAT_CODES[label].reference, codeSystem=_MDC)
    region = _add(_add(annotation, "support"), "supportingROI", classCode="ROIBND")
    _add(region, "code", code="ROIPS", codeSystem=_ACT)
    boundary = _add(_add(region, "component"), "boundary", classCode="OBS")
    _add(boundary, "code", code="TIME_RELATIVE", codeSystem=_ACT)
    _value(boundary, "PQ", value=f"{time_s:.3f}", unit="s")
