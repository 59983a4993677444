"""From a path to what lies there, decided by content."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

from ecgmm.errors import InputError
from ecgmm.paper.picture import Document, Picture
from ecgmm.readers import (
    aecg_xml,
    alivecor_atc,
    ishne_holter,
    muse_xml,
    numpy_file,
    opensignals_text,
    sierra_xml,
)
from ecgmm.readers.aecg_xml import read_aecg
from ecgmm.readers.alivecor_atc import read_atc
from ecgmm.readers.apple_csv import find_apple_facts, read_apple
from ecgmm.readers.biopac_acq import is_acq, read_acq
from ecgmm.readers.calibration import without_calibration
from ecgmm.readers.csv_layout import sniff_csv
from ecgmm.readers.csv_signal import read_csv
from ecgmm.readers.dicom_waveform import is_dicom, read_dicom
from ecgmm.readers.edf_file import open_edf
from ecgmm.readers.edf_header import is_edf
from ecgmm.readers.hdf5_file import is_hdf5, read_hdf5
from ecgmm.readers.heartbeat_table import is_heartbeat_table, read_heartbeats
from ecgmm.readers.image_file import is_image, read_image
from ecgmm.readers.ishne_holter import open_ishne
from ecgmm.readers.known_unread import unread_format
from ecgmm.readers.lead_names import standard_lead_names
from ecgmm.readers.limits import check_bytes
from ecgmm.readers.mat_file import is_mat, read_mat
from ecgmm.readers.muse_xml import read_muse
from ecgmm.readers.numpy_file import is_numpy_archive, read_numpy
from ecgmm.readers.opensignals_text import read_opensignals
from ecgmm.readers.other_signals import ecg_only
from ecgmm.readers.page_choice import choose_page
from ecgmm.readers.parquet_file import is_parquet, read_parquet
from ecgmm.readers.pdf_file import SIGNATURE as PDF_SIGNATURE
from ecgmm.readers.pdf_file import SIGNATURE_WITHIN as PDF_SIGNATURE_WITHIN
from ecgmm.readers.pdf_file import read_pdf
from ecgmm.readers.presence import ACCEPTED, COMPANION_SUFFIXES, check_something_there, find_header
from ecgmm.readers.sampled_json import is_sampled_json, read_sampled_json
from ecgmm.readers.scp_ecg import is_scp, read_scp
from ecgmm.readers.sierra_xml import read_sierra
from ecgmm.readers.signal_file import SignalFile
from ecgmm.readers.wfdb_record import open_wfdb
from ecgmm.readers.xml_document import root_name
from ecgmm.recording import Recording

Format = Literal[
    "image",
    "pdf",
    "wfdb",
    "csv",
    "apple",
    "heartbeats",
    "numpy",
    "mat",
    "hdf5",
    "biopac",
    "json",
    "opensignals",
    "parquet",
    "edf",
    "dicom",
    "alivecor",
    "ishne",
    "muse",
    "sierra",
    "aecg",
    "scp",
]
"""What `identify` tells apart."""

_HEAD_BYTES = 4096
"""Every signature, and the root of an XML document behind its comments."""
_FORMAT_OF_ROOT: dict[str, Format] = {
    muse_xml.ROOT: "muse",
    sierra_xml.ROOT: "sierra",
    aecg_xml.ROOT: "aecg",
}

_NAMED_FREELY: tuple[Format, ...] = ("wfdb", "csv", "numpy", "mat", "hdf5", "json", "parquet")
"""Formats in which nothing but its name says what a signal is."""


def read_input(
    path: Path, *, sampling_rate_hz: float | None = None, unit: str | None = None
) -> Recording | Picture:
    """Read whatever lies at `path`; see `open_input`.

    Of a document with several pages one is read: see `page_choice.choose_page`.

    Returns:
        A recording for signals, its leads named as usual; a picture for images.

    Raises:
        InputError: when there is nothing readable; the message says why.
    """
    content = open_input(path, sampling_rate_hz=sampling_rate_hz, unit=unit)
    try:
        match content:
            case SignalFile():
                return content.whole()
            case Document():
                return choose_page(content)
            case Picture():
                return content
    except (OSError, MemoryError) as error:
        raise _unreadable(path, error) from error


def open_signal(
    path: Path, *, sampling_rate_hz: float | None = None, unit: str | None = None
) -> SignalFile:
    """Open a signal without reading all of it, where its format allows that; see `open_input`.

    Raises:
        InputError: when there is no readable signal; the message says why.
    """
    content = open_input(path, sampling_rate_hz=sampling_rate_hz, unit=unit)
    if not isinstance(content, SignalFile):
        raise InputError("no_signal", f"{path} is a picture. Expected a recording of a signal.")
    return content


def open_input(
    path: Path, *, sampling_rate_hz: float | None = None, unit: str | None = None
) -> SignalFile | Picture | Document:
    """Open whatever lies at `path`.

    WFDB, EDF and ISHNE files stay on disk and are read piece by piece (`SignalFile.pieces`);
    every other signal is in memory.

    Args:
        path: a file, or the stem of a WFDB record.
        sampling_rate_hz: for a file that does not state it.
        unit: uV, mV or V, for a file that does not state it.

    Returns:
        A file for signals, its leads named as usual and nothing but leads; a picture for images,
        a document for several of them in one file.

    Raises:
        InputError: when there is nothing readable; the message says why.
    """
    try:
        format_ = identify(path)
        if path.is_file():
            check_bytes(path, format_)
        match format_:
            case "image":
                return read_image(path)
            case "pdf":
                return read_pdf(path)
            case _:
                opened = _open_signal(path, format_, sampling_rate_hz, unit)
                file = SignalFile.in_memory(opened) if isinstance(opened, Recording) else opened
                named = replace(file, lead_names=standard_lead_names(file.lead_names))
                leads = ecg_only(named, names_are_free=format_ in _NAMED_FREELY)
                return without_calibration(leads)
    except (OSError, MemoryError) as error:
        raise _unreadable(path, error) from error


def identify(path: Path) -> Format:
    """What lies at `path`.

    A file is known by its first bytes, a table by its rows of numbers, a WFDB record by its
    header: the one at `path`, the one of that stem, or the one beside a signal file.

    Raises:
        InputError: `not_found`, `is_an_address`, `is_a_directory`, `empty_file`, `missing_file`
            or `unknown_format`; the message says what is accepted.
    """
    check_something_there(path)
    return _identify_file(path) if path.is_file() else "wfdb"


def _identify_file(path: Path) -> Format:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    known = _identify_binary(head, path) or _FORMAT_OF_ROOT.get(root_name(head) or "")
    if known is not None:
        return known
    if find_header(path) is not None:
        return "wfdb"
    if is_hdf5(head):
        return "hdf5"
    if is_acq(head):
        return "biopac"
    if is_mat(head):
        return "mat"
    if is_parquet(head):
        return "parquet"
    if head.startswith(opensignals_text.SIGNATURE):
        return "opensignals"
    if is_sampled_json(head):
        return "json"
    unread = unread_format(head)
    if unread is not None:
        name, advice = unread
        raise InputError(
            "unknown_format",
            f"{path} is {name}, which is not read: {advice}. Expected {ACCEPTED}.",
        )
    if find_apple_facts(head.decode("utf-8-sig", errors="replace")) is not None:
        return "apple"
    layout = sniff_csv(path)
    if layout is not None:
        return "heartbeats" if is_heartbeat_table(layout) else "csv"
    if path.suffix in COMPANION_SUFFIXES:
        raise InputError(
            "missing_file", f"{path}: a WFDB record needs its header {path.stem}.hea beside it."
        )
    raise InputError("unknown_format", f"{path}: format not known. Expected {ACCEPTED}.")


def _identify_binary(head: bytes, path: Path) -> Format | None:
    """The format whose signature the first bytes are."""
    if is_image(head):
        return "image"
    if PDF_SIGNATURE in head[:PDF_SIGNATURE_WITHIN]:
        return "pdf"
    if is_dicom(head):
        return "dicom"
    if is_edf(head):
        return "edf"
    if head.startswith(alivecor_atc.SIGNATURE):
        return "alivecor"
    if head.startswith(ishne_holter.SIGNATURE):
        return "ishne"
    if is_scp(head):
        return "scp"
    is_archive = head.startswith(numpy_file.ZIP_SIGNATURE) and is_numpy_archive(path)
    if is_archive or head.startswith(numpy_file.NPY_SIGNATURE):
        return "numpy"
    return None


def _open_signal(
    path: Path, format_: Format, sampling_rate_hz: float | None, unit: str | None
) -> Recording | SignalFile:
    """A recording in memory, or one that stays on disk where its format allows that."""
    match format_:
        case "wfdb":
            return open_wfdb(path, sampling_rate_hz=sampling_rate_hz, unit=unit)
        case "edf":
            return open_edf(path, unit=unit)
        case "dicom":
            return read_dicom(path, sampling_rate_hz=sampling_rate_hz, unit=unit)
        case "ishne":
            return open_ishne(path)
        case "csv":
            return read_csv(path, sampling_rate_hz=sampling_rate_hz, unit=unit)
        case "numpy":
            return read_numpy(path, sampling_rate_hz=sampling_rate_hz, unit=unit)
        case "mat":
            return read_mat(path, sampling_rate_hz=sampling_rate_hz, unit=unit)
        case "parquet":
            return read_parquet(path, sampling_rate_hz=sampling_rate_hz, unit=unit)
        case "json":
            return read_sampled_json(path, sampling_rate_hz=sampling_rate_hz, unit=unit)
        case "hdf5":
            return read_hdf5(path, sampling_rate_hz=sampling_rate_hz, unit=unit)
        case "apple":
            return read_apple(path, unit=unit)
        case "heartbeats":
            return read_heartbeats(path, unit=unit)
        case _:
            return _READ[format_](path)


_READ = {
    "alivecor": read_atc,
    "muse": read_muse,
    "sierra": read_sierra,
    "aecg": read_aecg,
    "scp": read_scp,
    "opensignals": read_opensignals,
    "biopac": read_acq,
}


def _unreadable(path: Path, error: Exception) -> InputError:
    reason = getattr(error, "strerror", None) or "it does not fit into memory"
    return InputError("unreadable", f"{path} cannot be read: {reason}.")
