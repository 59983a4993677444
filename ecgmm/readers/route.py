"""From a path to what lies there, decided by content."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from ecgmm.errors import InputError
from ecgmm.paper.picture import Picture
from ecgmm.readers.csv_layout import sniff_csv
from ecgmm.readers.csv_signal import read_csv
from ecgmm.readers.image_file import JPEG_SIGNATURE, PNG_SIGNATURE, read_image
from ecgmm.readers.wfdb_record import COMPANION_SUFFIXES, find_header, read_wfdb
from ecgmm.recording import Recording

Format = Literal["image", "wfdb", "csv"]

ACCEPTED = "a PNG or JPEG picture, a WFDB record (.hea or its stem), or a CSV table with a header"


def read_input(
    path: Path, *, sampling_rate_hz: float | None = None, unit: str | None = None
) -> Recording | Picture:
    """Read whatever lies at `path`.

    Args:
        path: a file, or the stem of a WFDB record.
        sampling_rate_hz: for a table that does not state it.
        unit: uV, mV or V, for a table that does not state it.

    Returns:
        A recording for signals, a picture for images.

    Raises:
        InputError: when there is nothing readable; the message says why.
    """
    try:
        match identify(path):
            case "image":
                return read_image(path)
            case "wfdb":
                return read_wfdb(path)
            case "csv":
                return read_csv(path, sampling_rate_hz=sampling_rate_hz, unit=unit)
    except (OSError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or "it does not fit into memory"
        raise InputError("unreadable", f"{path} cannot be read: {reason}.") from error


def identify(path: Path) -> Format:
    """What lies at `path`.

    A picture is known by its first bytes, a table by its rows of numbers, a WFDB record by its
    header: the one at `path`, the one of that stem, or the one beside a signal file.

    Raises:
        InputError: `not_found`, `is_a_directory`, `empty_file`, `missing_file` or
            `unknown_format`; the message says what is accepted.
    """
    if path.is_file():
        return _identify_file(path)
    if find_header(path) is not None:
        return "wfdb"
    if path.is_dir():
        raise InputError("is_a_directory", f"{path} is a folder. Expected {ACCEPTED}.")
    if path.exists():
        raise InputError("unknown_format", f"{path} is no regular file. Expected {ACCEPTED}.")
    raise InputError("not_found", f"{path} does not exist. Expected {ACCEPTED}.")


def _identify_file(path: Path) -> Format:
    with path.open("rb") as file:
        head = file.read(len(PNG_SIGNATURE))
    if not head:
        raise InputError("empty_file", f"{path} is empty.")
    if head == PNG_SIGNATURE or head.startswith(JPEG_SIGNATURE):
        return "image"
    if find_header(path) is not None:
        return "wfdb"
    if sniff_csv(path) is not None:
        return "csv"
    if path.suffix in COMPANION_SUFFIXES:
        raise InputError(
            "missing_file", f"{path}: a WFDB record needs its header {path.stem}.hea beside it."
        )
    raise InputError("unknown_format", f"{path}: format not known. Expected {ACCEPTED}.")
