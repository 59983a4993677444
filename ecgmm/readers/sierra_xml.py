"""Philips Sierra ECG XML, versions 1.03 and 1.04: what PageWriter cardiographs export.

Elements as documented by the Sierra ECG Tools
(https://github.com/sixlettervariables/sierra-ecg-tools). Packed blocks (XLI) hold III, aVR, aVL
and aVF as differences from what I and II predict; unpacked ones hold them as they are.
"""

from __future__ import annotations

import binascii
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.leads import LEADS
from ecgmm.readers.limits import MAX_LEADS, check_length
from ecgmm.readers.philips_xli import XliError, unpack_leads
from ecgmm.readers.stored_leads import StoredLead, to_recording
from ecgmm.readers.xml_document import number_in, parse_xml, text_of
from ecgmm.recording import Recording

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ROOT = "restingecgdata"
_UNIT = "uV"
_WITH_STANDARD_LEADS = ("STD-12", "10-WIRE")
_UNPACKED = ("", "Uncompressed", "None")
_PACKED = "XLI"


def read_sierra(path: Path) -> Recording:
    """Read the waveforms of a Sierra file.

    Args:
        path: an XML file whose root is `restingecgdata`.

    Returns:
        Its leads in millivolts.

    Raises:
        InputError: when it cannot be read; the message says why.
    """
    root = parse_xml(path, "Philips Sierra files")
    stated = root.find("dataacquisition/signalcharacteristics")
    waveforms = root.find(".//parsedwaveforms")
    if waveforms is None:
        raise InputError("no_ecg", f"{path.name}: holds no waveforms.")
    rate_hz = number_in(text_of(stated, "samplingrate"), "sampling rate", path.name)
    duration_ms = number_in(waveforms.get("durationperchannel", ""), "duration", path.name)
    microvolts_per_step = _resolution(stated, waveforms, path.name)
    names = _lead_names(stated, waveforms, path.name)
    samples = int(duration_ms * rate_hz / 1000) if duration_ms > 0 else 0
    check_length(samples, len(names), rate_hz, path.name)
    values = _samples(waveforms, names, samples, path.name)
    leads = [
        StoredLead(name, lead, microvolts_per_step, _UNIT)
        for name, lead in zip(names, values, strict=True)
    ]
    return to_recording(leads, rate_hz, path.stem)


def _resolution(stated: Element | None, waveforms: Element, name: str) -> float:
    """Microvolts a step, as version 1.04 states it with the waveforms and 1.03 before them."""
    text = (
        waveforms.get("resolution")
        or text_of(stated, "resolution")
        or text_of(stated, "signalresolution")
    )
    return number_in(text, "resolution", name)


def _lead_names(stated: Element | None, waveforms: Element, name: str) -> tuple[str, ...]:
    labels = tuple(waveforms.get("leadlabels", "").split())
    if labels:
        announced = number_in(waveforms.get("numberofleads") or str(len(labels)), "leads", name)
        return labels[: max(1, int(announced))]
    channels = int(number_in(text_of(stated, "numberchannelsallocated"), "channels", name))
    if not 0 < channels <= MAX_LEADS:
        raise InputError(
            "damaged", f"{name}: Expected 1 to {MAX_LEADS} leads. Received {channels}."
        )
    standard = text_of(stated, "acquisitiontype") in _WITH_STANDARD_LEADS
    known = LEADS if standard else ()
    return (*known, *(f"lead {lead + 1}" for lead in range(len(known), channels)))[:channels]


def _samples(
    waveforms: Element, names: tuple[str, ...], samples: int, name: str
) -> list[NDArray[np.int16]]:
    method = waveforms.get("compressmethod") or waveforms.get("compression") or ""
    if not method and waveforms.get("compressflag") == "True":
        method = _PACKED
    if waveforms.get("dataencoding") != "Base64" or method not in (*_UNPACKED, _PACKED):
        raise InputError(
            "unknown_format",
            f"{name}: Expected Base64, XLI or uncompressed. "
            f"Received {waveforms.get('dataencoding')}, {method}.",
        )
    try:
        stored = binascii.a2b_base64(waveforms.text or "")
        if method == _PACKED:
            return _restored(unpack_leads(stored, len(names), samples), names)
        return list(np.frombuffer(stored, "<i2", len(names) * samples).reshape(-1, samples))
    except (XliError, ValueError) as error:  # binascii.Error is a ValueError too
        raise InputError(
            "damaged", f"{name}: its waveforms cannot be unpacked ({error})."
        ) from error


def _restored(leads: list[NDArray[np.int16]], names: tuple[str, ...]) -> list[NDArray[np.int16]]:
    """The limb leads themselves in the place of their differences from what I and II predict."""
    if names[:6] != LEADS[:6]:
        return leads
    i, ii, iii, avr, avl, avf = (lead.astype(np.int32) for lead in leads[:6])
    iii = ii - i - iii
    limb = (i, ii, iii, -avr - (i + ii) // 2, (i - iii) // 2 - avl, (ii + iii) // 2 - avf)
    return [*(lead.astype(np.int16) for lead in limb), *leads[6:]]
