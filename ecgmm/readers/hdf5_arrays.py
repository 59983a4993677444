"""Reads the plain data sets of an HDF5 file: `python -m ecgmm.readers.hdf5_arrays FILE OUT.npz`.

A process of its own, with bounded memory: the library gives a text as much as the file claims for
it, up to 4 GB. No link out of the file is followed.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.readers.array_process import Arrays, main
from ecgmm.readers.limits import unpacked_limit
from ecgmm.readers.named_arrays import MAX_STATEMENT_BYTES, is_statement

_MOST_OBJECTS = 1000
"""Groups and data sets of a file: an ECG has some dozens."""
_MOST_ATTRIBUTES = 100
_MATLAB_INTERNAL = ("#refs#", "#subsystem#")


def read_data_sets(path: Path) -> Arrays:
    """Plain data sets and attributes by the last part of their names.

    Raises:
        OverflowError: when they unpack to more than an ECG is.
    """
    import h5py

    with h5py.File(path, "r") as file:
        return _arrays(file, h5py, path)


def _arrays(file: Any, h5py: Any, path: Path) -> dict[str, NDArray[np.generic]]:
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
            raise OverflowError
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


if __name__ == "__main__":
    sys.exit(main(read_data_sets))
