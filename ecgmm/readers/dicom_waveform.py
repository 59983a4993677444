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
from ecgmm.readers.units import is_no_unit
from ecgmm.recording import Recording

PREAMBLE_BYTES = 128
"""DICOM PS3.10, 7.1: what stands before the signature."""
SIGNATURE = b"DICM"
_DEFLATED = "1.2.840.10008.1.2.1.99"
_DERIVED = "DERIVED"
SHORTEST_ROW_S = 2.0
"""A median beat has 1.2 s at the most, the leads of a page in four columns 2.5 s."""
SHORTEST_PADDING = 2
"""Samples at an end: one alone may be a sample of that value."""


def is_dicom(head: bytes) -> bool:
    """Whether a file begins as a DICOM file does."""
    return head[PREAMBLE_BYTES : PREAMBLE_BYTES + len(SIGNATURE)] == SIGNATURE


def read_dicom(
    path: Path, *, sampling_rate_hz: float | None = None, unit: str | None = None
) -> Recording:
    """Read the original multiplex groups of a DICOM ECG, each at its offset in time.

    Groups of the same leads as a longer one, or at another rate, are left out with an
    `InputWarning`.

    Args:
        path: a DICOM file.
        sampling_rate_hz: of a file that does not state it.
        unit: of the sensitivity, or of a step of the leads, for a file that does not state it.

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
        dataset = pydicom.dcmread(path)
        _settle_rate(dataset.get("WaveformSequence") or [], sampling_rate_hz, path.name)
        return _read_groups(dataset, path, unit)
    except InputError:
        raise
    except Exception as error:  # pydicom raises whatever its parsing trips over
        detail = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise InputError(
            "damaged", f"{path.name}: not a readable DICOM file ({detail})."
        ) from error


def _settle_rate(groups: Any, given_hz: float | None, name: str) -> None:
    """Give the rate that the caller states to groups that state none."""
    for group in groups:
        if given_hz is not None and not float(group.get("SamplingFrequency") or 0.0) > 0:
            group.SamplingFrequency = f"{given_hz:.10g}"
        if "SamplingFrequency" not in group and "WaveformData" in group:
            raise InputError(
                "missing_sampling_rate",
                f"{name} does not state its sampling rate.",
                "sampling_rate_hz",
            )


def _read_groups(dataset: Any, path: Path, unit: str | None) -> Recording:
    groups = dataset.get("WaveformSequence") or []
    original = [i for i, group in enumerate(groups) if _is_original(group)]
    if not original:
        kind = dataset.get("SOPClassUID", "")
        raise InputError(
            "no_ecg",
            f"{path.name}: Expected a DICOM waveform. Received {getattr(kind, 'name', kind)}; "
            "save a picture or PDF in it as such a file.",
        )
    chosen = _together(groups, original)
    others = [_label(groups[i], i) for i in original if i not in chosen]
    warn_left_out(path.name, others, "of the same leads, or at another rate, as what is read")
    rate_hz = float(groups[next(iter(chosen))].SamplingFrequency)
    leads = _leads_in_place(dataset, chosen, rate_hz, unit, path.name)
    recording = to_recording(leads, rate_hz, path.stem)
    person = dicom_person(str(dataset.get("PatientAge", "")), str(dataset.get("PatientSex", "")))
    return replace(recording, person=person)


def _is_original(group: Any) -> bool:
    return group.get("WaveformOriginality") != _DERIVED


def _together(groups: Any, original: list[int]) -> dict[int, list[int]]:
    """The groups that are read, in order, and which of their channels.

    These are the longest one, and of others at its rate the leads that no longer one has, as beside
    a rhythm strip; of what is as short as a median beat only where none of its leads is known.
    """
    rates_hz = {i: float(groups[i].SamplingFrequency) for i in original}
    by_length = sorted(original, key=lambda i: (-_duration_s(groups[i]), -rates_hz[i]))
    rate_hz = rates_hz[by_length[0]]
    chosen: dict[int, list[int]] = {}
    known: set[str] = set()
    for i in by_length:
        names = [_lead_name(channel) for channel in groups[i].ChannelDefinitionSequence]
        new = [channel for channel, name in enumerate(names) if name not in known]
        is_row = len(new) == len(names) or _duration_s(groups[i]) >= SHORTEST_ROW_S
        if rates_hz[i] == rate_hz and new and is_row:
            chosen[i] = new
            known |= set(names)
    return dict(sorted(chosen.items()))


def _leads_in_place(
    dataset: Any, chosen: dict[int, list[int]], rate_hz: float, unit: str | None, name: str
) -> list[StoredLead]:
    """The leads of some groups, each NaN before its group's offset in time."""
    groups = dataset.WaveformSequence
    offsets_s = [float(groups[i].get("MultiplexGroupTimeOffset") or 0.0) / 1000 for i in chosen]
    leads = []
    for i, offset_s in zip(chosen, offsets_s, strict=True):
        group = groups[i]
        first = round((offset_s - min(offsets_s)) * rate_hz)
        samples, channels = int(group.NumberOfWaveformSamples), group.ChannelDefinitionSequence
        check_length(first + samples, int(group.NumberOfWaveformChannels), rate_hz, name)
        known = _known(_raw(dataset, i), group)
        values = np.vstack([np.full((first, known.shape[1]), np.nan), known])
        leads += [_lead(channels[channel], values[:, channel], unit, name) for channel in chosen[i]]
    return leads


def _known(raw: np.ndarray, group: Any) -> np.ndarray:
    """`[samples, leads]` with NaN for padding, which stands in runs at the ends (PS3.3 C.10.9).

    In between the padding value is a sample like others.
    """
    values = np.array(raw, np.float64)
    if "WaveformPaddingValue" not in group:
        return values
    is_padding = values == _padding_value(group)
    for lead, flags in zip(values.T, is_padding.T, strict=True):
        known = np.flatnonzero(~flags)
        first, last = (known[0], known[-1] + 1) if len(known) else (len(lead), len(lead))
        lead[: first if first >= SHORTEST_PADDING else 0] = np.nan
        lead[last if len(lead) - last >= SHORTEST_PADDING else len(lead) :] = np.nan
    return values


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


def _lead_name(channel: Any) -> str:
    sources = channel.get("ChannelSourceSequence") or []
    meaning = sources[0].get("CodeMeaning") if len(sources) else None
    return str(meaning or channel.get("ChannelLabel") or "unnamed")


def _lead(channel: Any, values: np.ndarray, given_unit: str | None, name: str) -> StoredLead:
    unit = _stated_unit(channel) or given_unit
    if unit is None:
        raise InputError(
            "missing_unit",
            f"{name}: does not state what a step of {_lead_name(channel)} is in volts.",
            "unit",
        )
    if "ChannelSensitivity" not in channel:
        return StoredLead(_lead_name(channel), values, 1.0, unit)
    per_value = float(channel.ChannelSensitivity)
    per_value *= float(channel.get("ChannelSensitivityCorrectionFactor") or 1.0)
    baseline = float(channel.get("ChannelBaseline") or 0.0)
    return StoredLead(_lead_name(channel), values + baseline / per_value, per_value, unit)


def _stated_unit(channel: Any) -> str | None:
    """The unit of a channel's sensitivity; None where it is not there, blank or none at all."""
    units = channel.get("ChannelSensitivityUnitsSequence") or []
    if "ChannelSensitivity" not in channel or not len(units):
        return None
    stated = str(units[0].get("CodeValue") or "").strip()
    return None if is_no_unit(stated) else stated
