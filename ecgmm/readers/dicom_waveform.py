"""DICOM waveforms (12-lead, general and ambulatory ECG), read with pydicom.

Attributes: DICOM PS3.3 C.10.9, Waveform Module. A multiplex group holds leads that were sampled
together; originals are ECGs, derived ones representative beats.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ecgmm.errors import InputError
from ecgmm.readers.limits import check_length
from ecgmm.readers.optional_library import import_library
from ecgmm.readers.person import dicom_person
from ecgmm.readers.stored_leads import StoredLead, to_recording, warn_left_out
from ecgmm.recording import Recording

PREAMBLE_BYTES = 128
"""DICOM PS3.10, 7.1: what stands before the signature."""
SIGNATURE = b"DICM"
_DEFLATED = "1.2.840.10008.1.2.1.99"
_DERIVED = "DERIVED"


def is_dicom(head: bytes) -> bool:
    """Whether a file begins as a DICOM file does."""
    return head[PREAMBLE_BYTES : PREAMBLE_BYTES + len(SIGNATURE)] == SIGNATURE


def read_dicom(path: Path) -> Recording:
    """Read the longest original multiplex group of a DICOM ECG.

    Args:
        path: a DICOM file.

    Returns:
        Its leads in millivolts, NaN where the file marks samples as padding.

    Raises:
        InputError: when it cannot be read; the message says why.
    """
    pydicom = import_library("pydicom", "DICOM files")
    try:
        meta = pydicom.filereader.read_file_meta_info(path)
        if meta.get("TransferSyntaxUID") == _DEFLATED:
            raise InputError(
                "unknown_format", f"{path.name}: is deflated; save it uncompressed (dcmconv +te)."
            )
        return _read_groups(pydicom.dcmread(path), path)
    except InputError:
        raise
    except Exception as error:  # pydicom raises whatever its parsing trips over
        detail = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise InputError(
            "damaged", f"{path.name}: not a readable DICOM file ({detail})."
        ) from error


def _read_groups(dataset: Any, path: Path) -> Recording:
    groups = dataset.get("WaveformSequence") or []
    original = [i for i, group in enumerate(groups) if group.WaveformOriginality != _DERIVED]
    if not original:
        kind = dataset.get("SOPClassUID", "")
        raise InputError(
            "no_ecg",
            f"{path.name}: Expected a DICOM waveform. Received {getattr(kind, 'name', kind)}; "
            "save a picture or PDF in it as such a file.",
        )
    longest = max(original, key=lambda i: _duration_s(groups[i]))
    others = [_label(groups[i], i) for i in original if i != longest]
    warn_left_out(path.name, others, "shorter than the waveform that is read")
    group = groups[longest]
    check_length(
        int(group.NumberOfWaveformSamples),
        int(group.NumberOfWaveformChannels),
        float(group.SamplingFrequency),
        path.name,
    )
    values = np.array(_raw(dataset, longest), np.float64)
    if "WaveformPaddingValue" in group:
        values[values == _padding_value(group)] = np.nan
    channels = zip(group.ChannelDefinitionSequence, values.T, strict=True)
    leads = [_lead(channel, column, path.name) for channel, column in channels]
    recording = to_recording(leads, float(group.SamplingFrequency), path.stem)
    person = dicom_person(str(dataset.get("PatientAge", "")), str(dataset.get("PatientSex", "")))
    return replace(recording, person=person)


def _raw(dataset: Any, group: int) -> np.ndarray:
    from pydicom.waveforms.numpy_handler import multiplex_array

    return multiplex_array(dataset, group, as_raw=True)


def _duration_s(group: Any) -> float:
    return float(group.NumberOfWaveformSamples) / float(group.SamplingFrequency)


def _label(group: Any, index: int) -> str:
    return str(group.get("MultiplexGroupLabel") or f"group {index + 1}")


def _padding_value(group: Any) -> float:
    """The value that stands for no sample, stored as a sample is."""
    stored = group.WaveformPaddingValue
    if not isinstance(stored, bytes):
        return float(stored)
    signed = group.WaveformSampleInterpretation in ("SB", "SS", "SL")
    return float(int.from_bytes(stored, "little", signed=signed))


def _lead(channel: Any, values: np.ndarray, name: str) -> StoredLead:
    source = channel.ChannelSourceSequence[0]
    lead_name = str(source.get("CodeMeaning") or channel.get("ChannelLabel") or "unnamed")
    if "ChannelSensitivity" not in channel:
        raise InputError(
            "missing_unit", f"{name}: does not state what a step of {lead_name} is in volts."
        )
    per_value = float(channel.ChannelSensitivity)
    per_value *= float(channel.get("ChannelSensitivityCorrectionFactor") or 1.0)
    baseline = float(channel.get("ChannelBaseline") or 0.0)
    unit = str(channel.ChannelSensitivityUnitsSequence[0].CodeValue)
    return StoredLead(lead_name, values + baseline / per_value, per_value, unit)
