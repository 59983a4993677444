"""HDF5 files with plain data sets, MATLAB 7.3 among them, read with h5py.

What the arrays mean is told from their names (`named_arrays`), in any group; attributes of the
signal, its groups and the file state rate, unit and leads as arrays beside it do. No link out of
the file is followed.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.readers.limits import unpacked_limit
from ecgmm.readers.named_arrays import MAX_STATEMENT_BYTES, is_statement, recording_of_arrays
from ecgmm.readers.optional_library import import_library
from ecgmm.recording import Recording

SIGNATURE = b"\x89HDF\r\n\x1a\n"
MATLAB_SIGNATURE = b"MATLAB 7.3 MAT-file"
_MOST_OBJECTS = 1000
"""Groups and data sets of a file: an ECG has some dozens."""
_MOST_ATTRIBUTES = 100
_PIECE_BYTES = 8_000_000
_HEAP_SIGNATURE, _HEAP_BYTES = b"GCOL", 16
"""A heap begins so: signature, version and three bytes, its size in eight."""
_MATLAB_INTERNAL = ("#refs#", "#subsystem#")


def is_hdf5(head: bytes) -> bool:
    """Whether a file begins as HDF5 or MATLAB 7.3 does."""
    return head.startswith((SIGNATURE, MATLAB_SIGNATURE))


def read_hdf5(
    path: Path, *, sampling_rate_hz: float | None = None, unit: str | None = None
) -> Recording:
    """Read the data sets of an HDF5 file as a recording.

    Args:
        path: an HDF5 file.
        sampling_rate_hz: of a file that does not state it.
        unit: of a file that does not state it: uV, mV or V.

    Raises:
        InputError: when it cannot be read; the message says why.
    """
    h5py = import_library("h5py", "HDF5 and MATLAB 7.3 files")
    if not _heaps_fit(path):
        raise InputError("damaged", f"{path.name}: claims more text than it holds.")
    try:
        with h5py.File(path, "r") as file:
            arrays = _arrays(file, h5py, path)
    except InputError:
        raise
    except Exception as error:  # h5py raises whatever its parsing trips over
        detail = " ".join(str(error).split())[:200]
        raise InputError("damaged", f"{path.name}: not readable as HDF5 ({detail}).") from error
    return recording_of_arrays(arrays, path.name, sampling_rate_hz=sampling_rate_hz, unit=unit)


def _heaps_fit(path: Path) -> bool:
    """Whether the heaps of a file, in which its texts are, lie within it.

    The library gives each as much memory as it claims: up to 4 GB for a few bytes that are wrong
    (https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html, III.E).
    """
    size, carried, at = path.stat().st_size, b"", 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            block = carried + piece
            for match in re.finditer(_HEAP_SIGNATURE, block[: -(_HEAP_BYTES - 1)]):
                claimed = int.from_bytes(
                    block[match.start() + 8 : match.start() + _HEAP_BYTES], "little"
                )
                if at - len(carried) + match.start() + claimed > size:
                    return False
            at += len(piece)
            carried = block[-(_HEAP_BYTES - 1) :]
    return True


def _arrays(file: Any, h5py: Any, path: Path) -> dict[str, NDArray[np.generic]]:
    """Data sets and attributes by the last part of their names."""
    found = _attributes(file)
    left_bytes = unpacked_limit(path.stat().st_size)
    for name, item in _objects(file, h5py):
        found |= _attributes(item)
        last = name.rpartition("/")[2]
        if not isinstance(item, h5py.Dataset) or not _is_plain(item):
            continue
        size = math.prod(item.shape) * item.dtype.itemsize
        if is_statement(last) and size > MAX_STATEMENT_BYTES:
            continue
        left_bytes -= size
        if left_bytes < 0:
            raise InputError("too_large", f"{path.name}: unpacks to more than an ECG is.")
        found[name if last in found else last] = _as_text(item[()], h5py)
    return found


def _objects(file: Any, h5py: Any) -> list[tuple[str, Any]]:
    """The first objects that the file itself holds, no more than a thousand."""
    names: list[str] = []

    def note(name: str) -> bool | None:
        if not name.startswith(_MATLAB_INTERNAL):
            names.append(name)
        return True if len(names) >= _MOST_OBJECTS else None

    file.visit(note)
    is_own = [file.get(name, getlink=True) for name in names]
    return [
        (name, file[name])
        for name, link in zip(names, is_own, strict=True)
        if isinstance(link, h5py.HardLink)
    ]


def _is_plain(data_set: Any) -> bool:
    """Whether a data set's values stand in the file itself and are numbers or text."""
    is_here = not data_set.is_virtual and not data_set.external
    return is_here and data_set.shape is not None and data_set.dtype.kind in "fiuSO"


def _attributes(item: Any) -> dict[str, NDArray[np.generic]]:
    """What an object's attributes state, by names with underscores."""
    stated = {}
    for name in list(item.attrs)[:_MOST_ATTRIBUTES]:
        plain_name = name.strip().lower().replace(" ", "_")
        if is_statement(plain_name):
            value = np.atleast_1d(np.asarray(item.attrs[name]))
            stated[plain_name] = _decoded(value)
    return stated


def _as_text(value: Any, h5py: Any) -> NDArray[np.generic]:
    array = np.atleast_1d(np.asarray(value))
    if array.dtype.kind == "O" and h5py.check_string_dtype(array.dtype) is None:
        kinds = {type(entry) for entry in array.reshape(-1)[:MAX_STATEMENT_BYTES]}
        if not kinds <= {bytes, str}:
            return np.empty(0)
    return _decoded(array)


def _decoded(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """Bytes as text; numbers as they are."""
    if array.dtype.kind not in "SO":
        return array
    texts = [
        entry.decode("utf-8", errors="replace") if isinstance(entry, bytes) else str(entry)
        for entry in array.reshape(-1)
    ]
    return np.array(texts).reshape(array.shape)
