"""NumPy files: an array (`.npy`), or an archive (`.npz`) that says what its array is.

What the arrays mean is told from their names (`named_arrays`). Nothing is unpickled, and no array
is made that is larger than its file's directory says.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

import numpy as np

from ecgmm.errors import InputError
from ecgmm.readers.limits import unpacked_limit
from ecgmm.readers.named_arrays import MAX_STATEMENT_BYTES, is_statement, recording_of_arrays
from ecgmm.recording import Recording

NPY_SIGNATURE = b"\x93NUMPY"
ZIP_SIGNATURE = b"PK\x03\x04"
_MAX_MEMBERS = 64
"""As many arrays as leads; an archive of an ECG holds a handful."""
_ARRAY_SUFFIX = ".npy"


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
    return recording_of_arrays(arrays, path.name, sampling_rate_hz=sampling_rate_hz, unit=unit)


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
            if not is_statement(name) or member.file_size <= MAX_STATEMENT_BYTES:
                with archive.open(member) as file:
                    arrays[name] = _load(file, member.file_size)
    return arrays


def _is_bomb(members: list[zipfile.ZipInfo]) -> bool:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    return len(members) > _MAX_MEMBERS or unpacked > unpacked_limit(packed)


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
