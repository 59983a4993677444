"""GE MUSE XML: resting ECGs as General Electric's archive exports them.

Elements as in the examples that come with MUSE's `restecg.dtd`: a `Waveform` of type `Rhythm`
with one `LeadData` a lead, base64 of 16-bit samples in `LeadAmplitudeUnitsPerBit` microvolts.
MUSE stores I, II and the V leads; the other limb leads are sums of I and II.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ecgmm.errors import InputError
from ecgmm.readers.limb_leads import with_derived_limb_leads
from ecgmm.readers.person import person_of
from ecgmm.readers.stored_leads import StoredLead, to_recording
from ecgmm.readers.xml_document import base64_samples, number_in, parse_xml, text_of
from ecgmm.recording import Recording

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ROOT = "RestingECG"
_RHYTHM = "rhythm"


def read_muse(path: Path) -> Recording:
    """Read the rhythm leads of a MUSE export; the median beat is left alone.

    Args:
        path: an XML file whose root is `RestingECG`.

    Returns:
        The stored leads in millivolts, and the limb leads that I and II determine.

    Raises:
        InputError: when it cannot be read; the message says why.
    """
    root = parse_xml(path, "GE MUSE files")
    waveform = _rhythm(root, path.name)
    exponent = int(number_in(text_of(waveform, "SampleExponent") or "0", "exponent", path.name))
    if abs(exponent) > 6:
        raise InputError("damaged", f"{path.name}: its sampling rate has the exponent {exponent}.")
    base = number_in(text_of(waveform, "SampleBase"), "sampling rate", path.name)
    rate_hz = base * 10.0**exponent
    leads = [_lead(data, path.name) for data in waveform.findall("LeadData")]
    stored = to_recording(leads, rate_hz, path.name)
    names, signal_mv = with_derived_limb_leads(stored.lead_names, stored.signal_mv)
    person = person_of(
        text_of(root, "PatientDemographics/PatientAge"), text_of(root, "PatientDemographics/Gender")
    )
    return Recording(signal_mv, rate_hz, names, name=path.stem, person=person)


def _rhythm(root: Element, name: str) -> Element:
    waveforms = root.findall(".//Waveform")
    for waveform in waveforms:
        if text_of(waveform, "WaveformType").lower() == _RHYTHM:
            return waveform
    if len(waveforms) == 1:
        return waveforms[0]
    raise InputError("no_ecg", f"{name}: holds no waveform of type Rhythm.")


def _lead(data: Element, name: str) -> StoredLead:
    lead_name = text_of(data, "LeadID") or "unnamed"
    text = text_of(data, "WaveFormData")
    return StoredLead(
        name=lead_name,
        values=_listed(text, name) if "," in text else base64_samples(text, name),
        per_value=number_in(
            text_of(data, "LeadAmplitudeUnitsPerBit"), f"step of lead {lead_name}", name
        ),
        unit=text_of(data, "LeadAmplitudeUnits"),
    )


def _listed(text: str, name: str) -> np.ndarray:
    """Samples that are written out, as a MAC 2000 does."""
    try:
        return np.array(text.replace(",", " ").split(), np.float64)
    except ValueError as error:
        raise InputError("damaged", f"{name}: its samples are not numbers.") from error
