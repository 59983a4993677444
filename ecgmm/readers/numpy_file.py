"""NumPy files: an array (`.npy`), or an archive (`.npz`) that says what its array is.

In an archive the signal is called `signal_mv`, `signal_uv`, `signal` or is its only array of
numbers; `sampling_rate_hz` (or `fs`), `lead_names` and `unit` may stand beside it. Nothing is
unpickled, and no array is made that is larger than its file's directory says.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

import numpy as np

from ecgmm.errors import InputError
from ecgmm.readers.limits import MAX_LEADS, MAX_NUMPY_BYTES
from ecgmm.readers.stored_leads import StoredLead, to_recording
from ecgmm.recording import Recording

NPY_SIGNATURE = b"\x93NUMPY"
ZIP_SIGNATURE = b"PK\x03\x04"
_MAX_MEMBERS = 64
"""As many arrays as leads; an archive of an ECG holds a handful."""
_MAX_STATEMENT_BYTES = 65_536
"""A rate, a unit, the names of 64 leads."""
_UNSUSPICIOUS_BYTES = 64_000_000
"""What unpacks to less fills no memory, however well it is packed."""
_LARGEST_EXPANSION = 100
"""Times that a large archive may unpack to; signals that were recorded shrink to a fifth or so."""

_ARRAY_SUFFIX = ".npy"
_SIGNAL_NAMES = ("signal_mv", "signal_uv", "signal")
_RATE_NAMES = ("sampling_rate_hz", "sampling_rate", "fs", "sfreq")
_UNIT_OF_NAME = {"signal_mv": "mV", "signal_uv": "uV"}
_STATEMENTS = (*_RATE_NAMES, "lead_names", "unit")


def is_numpy_archive(path: Path) -> bool:
    """Whether a file is a zip archive of arrays only."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return bool(names) and all(name.endswith(_ARRAY_SUFFIX) for name in names)


def read_numpy(
    path: Path, *, sampling_rate_hz: float | None = None, unit: str | None = None
) -> Recording:
    """Read an array as a recording, its shorter side being the leads.

    Args:
        path: a `.npy` or `.npz` file.
        sampling_rate_hz: of a file that does not state it.
        unit: of a file that does not state it: uV, mV or V.

    Returns:
        The leads in millivolts.

    Raises:
        InputError: `missing_sampling_rate` or `missing_unit` when nobody says; another code
            when the file cannot be read.
    """
    try:
        arrays = _read_arrays(path)
    except InputError:
        raise
    except Exception as error:  # zipfile and numpy raise whatever their parsing trips over
        detail = " ".join(str(error).split())[:200]
        raise InputError("damaged", f"{path.name}: not readable by NumPy ({detail}).") from error
    name, signal = _find_signal(arrays, path.name)
    rate_hz = _rate_hz(arrays, path.name) or sampling_rate_hz
    stated_unit = _UNIT_OF_NAME.get(name) or _text(arrays.get("unit")) or unit
    if rate_hz is None:
        raise InputError(
            "missing_sampling_rate",
            f"{path.name} does not state its sampling rate.",
            "sampling_rate_hz",
        )
    if not stated_unit:
        raise InputError(
            "missing_unit",
            f"{path.name} does not state its unit.",
            "unit",
        )
    names = _lead_names(arrays.get("lead_names"), signal.shape[1], path.name)
    leads = [
        StoredLead(lead, column, 1.0, stated_unit)
        for lead, column in zip(names, signal.T, strict=True)
    ]
    return to_recording(leads, rate_hz, path.stem)


def _read_arrays(path: Path) -> dict[str, np.ndarray]:
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            return {"signal": _load(file, path.stat().st_size)}
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if _is_bomb(members):
            raise InputError("too_large", f"{path.name}: unpacks to more than an ECG is.")
        for member in members:
            name = member.filename.removesuffix(_ARRAY_SUFFIX)
            if name not in _STATEMENTS or member.file_size <= _MAX_STATEMENT_BYTES:
                with archive.open(member) as file:
                    arrays[name] = _load(file, member.file_size)
    return arrays


def _is_bomb(members: list[zipfile.ZipInfo]) -> bool:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    return (
        len(members) > _MAX_MEMBERS
        or unpacked > MAX_NUMPY_BYTES
        or unpacked > max(_UNSUSPICIOUS_BYTES, _LARGEST_EXPANSION * packed)
    )


def _load(file: IO[bytes], size: int) -> np.ndarray:
    """An array whose header claims no more than the `size` bytes of its file hold."""
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        shape, by_columns, dtype = np.lib.format.read_array_header_1_0(file)
    else:
        shape, by_columns, dtype = np.lib.format.read_array_header_2_0(file)
    claimed = int(np.prod(shape, dtype=object)) * dtype.itemsize
    if dtype.hasobject or not 0 <= claimed <= size:
        raise ValueError("its header claims what its bytes do not hold")
    stored = np.frombuffer(file.read(claimed), dtype)
    return stored.reshape(shape, order="F" if by_columns else "C")


def _find_signal(arrays: dict[str, np.ndarray], name: str) -> tuple[str, np.ndarray]:
    """The array that is the signal, as `[samples, leads]`, and what it is called."""
    numbers = {
        key: array
        for key, array in arrays.items()
        if key not in _STATEMENTS and array.dtype.kind in "fiu" and array.ndim in (1, 2)
    }
    known = [key for key in _SIGNAL_NAMES if key in numbers]
    if not known and len(numbers) != 1:
        raise InputError(
            "no_ecg",
            f"{name}: Expected an array signal_mv or signal_uv. "
            f"Received {', '.join(sorted(arrays)) or 'none'}.",
        )
    key = known[0] if known else next(iter(numbers))
    signal = numbers[key] if numbers[key].ndim == 2 else numbers[key][:, np.newaxis]
    upright = signal if signal.shape[0] >= signal.shape[1] else signal.T
    if not 1 <= upright.shape[1] <= MAX_LEADS:
        raise InputError(
            "damaged", f"{name}: Expected 1 to {MAX_LEADS} leads. Received {signal.shape}."
        )
    return key, upright


def _rate_hz(arrays: dict[str, np.ndarray], name: str) -> float | None:
    stated = next((arrays[key] for key in _RATE_NAMES if key in arrays), None)
    if stated is None:
        return None
    if stated.size != 1 or stated.dtype.kind not in "fiu":
        raise InputError("bad_sampling_rate", f"{name}: its sampling rate is no number.")
    return float(stated.reshape(-1)[0])


def _text(array: np.ndarray | None) -> str:
    return str(array.reshape(-1)[0]) if array is not None and array.size == 1 else ""


def _lead_names(stated: np.ndarray | None, leads: int, name: str) -> tuple[str, ...]:
    if stated is None:
        return tuple(f"lead {lead + 1}" for lead in range(leads))
    names = tuple(str(lead) for lead in np.atleast_1d(stated))
    if len(names) != leads:
        raise InputError("damaged", f"{name}: {leads} leads, but {len(names)} names.")
    return names
