"""Recordings as DICOM waveforms, written with pydicom.

PS3.3 A.34: a 12-lead ECG object holds up to 13 channels of up to 16384 samples; a general one
takes the others, up to 24 channels. Both are of 200 to 1000 Hz.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.readers.lead_names import is_standard
from ecgmm.readers.optional_library import import_library
from ecgmm.recording import Recording

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

MIN_RATE_HZ, MAX_RATE_HZ = 200.0, 1000.0
MAX_LEADS = 24
_TWELVE_LEAD_CHANNELS, _TWELVE_LEAD_SAMPLES = 13, 16_384
_MISSING = -32768
"""The padding value: no sample is stored as it."""
_LARGEST = 32767
_FINEST_STEP_UV = 0.001
"""A nanovolt: a lead of zeros has to have a step."""
_STEP_DIGITS = 6
"""Significant digits of a step; a number in DICOM has up to 16 characters."""
_BITS = 16


def dicom_file(recording: Recording, annotations: Sequence[Dataset] = ()) -> bytes:
    """The content of a DICOM file, each lead in steps that fill 16 bits.

    Args:
        recording: what to write; its patient, date and study stay blank, to be filled in by who
            sends it to an archive.
        annotations: items of its Waveform Annotation Sequence.

    Raises:
        InputError: `bad_output` for what no ECG object of DICOM may hold: another rate, more
            leads, or samples missing in the midst of a lead (padding stands at its ends).
    """
    pydicom = import_library("pydicom", "and writing DICOM files")
    _check(recording)
    kind = _storage_class(recording)
    meta = pydicom.dataset.FileMetaDataset()
    meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = kind
    meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
    dataset = pydicom.dataset.FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID = kind
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    dataset.StudyInstanceUID = pydicom.uid.generate_uid()
    dataset.SeriesInstanceUID = pydicom.uid.generate_uid()
    dataset.Modality = "ECG"
    for blank in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate"):
        setattr(dataset, blank, "")
    for blank in ("StudyTime", "StudyID", "SeriesNumber", "InstanceNumber", "AccessionNumber"):
        setattr(dataset, blank, None)
    dataset.WaveformSequence = [_group(recording)]
    if annotations:
        dataset.WaveformAnnotationSequence = list(annotations)
    content = io.BytesIO()
    dataset.save_as(content, enforce_file_format=True)
    return content.getvalue()


def _check(recording: Recording) -> None:
    leads = len(recording.lead_names)
    if not MIN_RATE_HZ <= recording.sampling_rate_hz <= MAX_RATE_HZ:
        raise InputError(
            "bad_output",
            f"Expected {MIN_RATE_HZ:g} to {MAX_RATE_HZ:g} Hz for a DICOM ECG. "
            f"Received {recording.sampling_rate_hz:g} Hz; write WFDB instead.",
        )
    if leads > MAX_LEADS:
        raise InputError(
            "bad_output", f"Expected up to {MAX_LEADS} leads for a DICOM ECG. Received {leads}."
        )
    for name, lead_mv in zip(recording.lead_names, recording.signal_mv.T, strict=True):
        if _has_inner_gap(lead_mv):
            raise InputError(
                "bad_output",
                f"A DICOM ECG cannot say that samples in the midst of lead {name} are missing; "
                "write WFDB instead.",
            )


def _has_inner_gap(lead_mv: NDArray[np.float32]) -> bool:
    """Whether samples are missing elsewhere than in runs of two or more at either end."""
    known = np.flatnonzero(np.isfinite(lead_mv))
    if not len(known):
        return False
    before, after = known[0], len(lead_mv) - 1 - known[-1]
    return len(known) != known[-1] - known[0] + 1 or before == 1 or after == 1


def _storage_class(recording: Recording) -> str:
    from pydicom.uid import GeneralECGWaveformStorage, TwelveLeadECGWaveformStorage

    is_resting = (
        len(recording.lead_names) <= _TWELVE_LEAD_CHANNELS
        and len(recording.signal_mv) <= _TWELVE_LEAD_SAMPLES
        and all(is_standard(name) for name in recording.lead_names)
    )
    return TwelveLeadECGWaveformStorage if is_resting else GeneralECGWaveformStorage


def _group(recording: Recording) -> Any:
    from pydicom.dataset import Dataset

    steps_uv = [_step_uv(lead_mv) for lead_mv in recording.signal_mv.T]
    group = Dataset()
    group.WaveformOriginality = "ORIGINAL"
    group.NumberOfWaveformChannels = len(steps_uv)
    group.NumberOfWaveformSamples = len(recording.signal_mv)
    group.SamplingFrequency = f"{recording.sampling_rate_hz:.10g}"
    group.MultiplexGroupLabel = "RHYTHM"
    group.WaveformBitsAllocated = _BITS
    group.WaveformSampleInterpretation = "SS"
    group.WaveformPaddingValue = np.int16(_MISSING).tobytes()
    group.ChannelDefinitionSequence = [
        _channel(name, step_uv)
        for name, step_uv in zip(recording.lead_names, steps_uv, strict=True)
    ]
    group.WaveformData = _counts(recording.signal_mv, np.array(steps_uv)).tobytes()
    return group


def _step_uv(lead_mv: NDArray[np.float32]) -> float:
    """The finest step, of few digits, by which the lead's largest sample fits 16 bits."""
    known = lead_mv[np.isfinite(lead_mv)]
    largest_uv = 1000.0 * float(np.abs(known).max()) if len(known) else 0.0
    step_uv = max(largest_uv / _LARGEST, _FINEST_STEP_UV)
    unit = 10.0 ** (math.floor(math.log10(step_uv)) - _STEP_DIGITS + 1)
    return float(f"{math.ceil(step_uv / unit) * unit:.{_STEP_DIGITS}g}")


def _counts(signal_mv: NDArray[np.float32], steps_uv: NDArray[np.float64]) -> NDArray[np.int16]:
    counts = np.rint(signal_mv.astype(np.float64) * 1000.0 / steps_uv)
    return np.where(np.isfinite(counts), counts, _MISSING).astype("<i2")


def _channel(name: str, step_uv: float) -> Any:
    from pydicom.dataset import Dataset

    source, unit, channel = Dataset(), Dataset(), Dataset()
    source.CodeValue, source.CodingSchemeDesignator = name[:16], "99ECGMM"
    source.CodeMeaning = f"Lead {name}"
    unit.CodeValue, unit.CodingSchemeDesignator, unit.CodeMeaning = "uV", "UCUM", "microvolt"
    channel.ChannelLabel = name[:16]
    channel.ChannelSourceSequence = [source]
    channel.ChannelSensitivity = f"{step_uv:.{_STEP_DIGITS}g}"
    channel.ChannelSensitivityUnitsSequence = [unit]
    channel.ChannelSensitivityCorrectionFactor = 1
    channel.ChannelBaseline = 0
    channel.ChannelTimeSkew = 0
    channel.WaveformBitsStored = _BITS
    return channel
