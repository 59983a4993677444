"""Reads the plain data sets of an HDF5 file: `python -m ecgmm.readers.hdf5_arrays FILE OUT.npz`.

A process of its own, with bounded memory: the library gives a text as much as the file claims for
it, up to 4 GB. No link out of the file is followed. Exit status 3 where the data sets unpack to
more than an ECG is, 2 with a line where the file cannot be read.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.readers.limits import unpacked_limit
from ecgmm.readers.named_arrays import MAX_STATEMENT_BYTES, is_statement

UNREADABLE, TOO_LARGE = 2, 3
PREFIX = "array/"
"""Of each name in the archive: a data set may be called as a parameter of `np.savez` is."""
_OWN_BYTES = 1_500_000_000
"""Of the interpreter and its libraries, most of it reserved and never used."""
_MOST_OBJECTS = 1000
"""Groups and data sets of a file: an ECG has some dozens."""
_MOST_ATTRIBUTES = 100
_MATLAB_INTERNAL = ("#refs#", "#subsystem#")


def main(path: Path, archive: Path) -> int:
    """Write the arrays into an archive; returns the exit status."""
    import resource

    import h5py

    limit = _OWN_BYTES + 2 * unpacked_limit(path.stat().st_size)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        with h5py.File(path, "r") as file:
            arrays = _arrays(file, h5py, path)
        prefixed: dict[str, Any] = {PREFIX + name: array for name, array in arrays.items()}
        np.savez(archive, **prefixed)
    except OverflowError:
        return TOO_LARGE
    except Exception as error:  # h5py raises whatever its parsing trips over
        print(" ".join(str(error).split())[:200])
        return UNREADABLE
    return 0


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
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
