"""Whether there is anything at a path, told without what reads it."""

from __future__ import annotations

import re
from pathlib import Path

from ecgmm.errors import InputError

ACCEPTED = (
    "a WFDB record (.hea or its stem), an EDF, BDF, DICOM, CSV (with a header), NumPy, MATLAB, "
    "HDF5, Parquet, BIOPAC, FHIR, OpenSignals, Apple Watch, AliveCor, GE MUSE, Philips Sierra, HL7 "
    "aECG, SCP-ECG or ISHNE file, a picture or a PDF"
)
HEADER_SUFFIX = ".hea"
ANNOTATION_SUFFIX = ".atr"
COMPANION_SUFFIXES = (".dat", ".mat", ANNOTATION_SUFFIX)
"""Of the files of a WFDB record beside its header."""
_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):/+(?P<place>.+)")
"""As a `Path` has it, which makes one slash of two; a scheme of one letter is a drive."""


def find_header(path: Path) -> Path | None:
    """The header of the WFDB record that `path` names, or None when it names none.

    Args:
        path: a `.hea` file, a record's stem (`mitdb/100`), or one of its signal or annotation
            files with the header beside it.
    """
    if path.suffix == HEADER_SUFFIX:
        candidate = path
    elif path.suffix in COMPANION_SUFFIXES:
        candidate = path.with_suffix(HEADER_SUFFIX)
    else:
        candidate = path.with_name(path.name + HEADER_SUFFIX) if path.name else path
    return candidate if candidate.suffix == HEADER_SUFFIX and candidate.is_file() else None


def check_something_there(path: Path) -> None:
    """Refuse a path at which there is no file and no record.

    Raises:
        InputError: `not_found`, `is_an_address`, `is_a_directory`, `empty_file` or
            `unknown_format`; the message says what is accepted.
        OSError: when the disk or a permission keeps from looking.
    """
    if path.is_file():
        with path.open("rb") as file:
            if not file.read(1):
                raise InputError("empty_file", f"{path} is empty.")
        return
    if find_header(path) is not None:
        return
    if path.is_dir():
        raise InputError("is_a_directory", f"{path} is a folder. Expected {ACCEPTED}.")
    if path.exists():
        raise InputError("unknown_format", f"{path} is no regular file. Expected {ACCEPTED}.")
    address = _ADDRESS.fullmatch(str(path))
    if address is not None:
        raise InputError(
            "is_an_address",
            f"{address['scheme']}://{address['place']} is an address; only files are read here: "
            "download it first.",
        )
    raise InputError("not_found", f"{path} does not exist. Expected {ACCEPTED}.")
