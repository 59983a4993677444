"""MATLAB files with plain arrays; version 7.3 is HDF5 and read as such.

What the arrays mean is told from their names (`named_arrays`); of a structure its fields count as
arrays. Layout: "MAT-File Format", MathWorks
(https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf).
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from ecgmm.errors import InputError
from ecgmm.readers.limits import unpacked_limit
from ecgmm.readers.mat_elements import Elements, Value
from ecgmm.readers.named_arrays import recording_of_arrays
from ecgmm.recording import Recording

SIGNATURE = b"MATLAB 5.0 MAT-file"
_V4_HEADER = struct.Struct("<5i")
_V4_TYPES = {0: "<f8", 10: "<f4", 20: "<i4", 30: "<i2", 40: "<u2", 50: "u1"}
"""Full matrices of numbers on a little-endian machine."""
_V4_LONGEST_NAME = 64
"""With its zero, as MATLAB allows it."""


def is_mat(head: bytes) -> bool:
    """Whether a file begins as a MATLAB file of version 4 or 5 does."""
    return head.startswith(SIGNATURE) or _version_4_header(head) is not None


def read_mat(
    path: Path, *, sampling_rate_hz: float | None = None, unit: str | None = None
) -> Recording:
    """Read the arrays of a MATLAB file as a recording.

    Args:
        path: a file of version 4 or 5.
        sampling_rate_hz: of a file that does not state it.
        unit: of a file that does not state it: uV, mV or V.

    Raises:
        InputError: when it cannot be read; the message says why.
    """
    content = path.read_bytes()
    try:
        is_version_5 = content.startswith(SIGNATURE)
        arrays = _version_5(content) if is_version_5 else _version_4(content)
    except OverflowError as error:
        raise InputError("too_large", f"{path.name}: {error}.") from error
    except ValueError as error:
        raise InputError("damaged", f"{path.name}: not a MATLAB file ({error}).") from error
    return recording_of_arrays(arrays, path.name, sampling_rate_hz=sampling_rate_hz, unit=unit)


def _version_5(content: bytes) -> dict[str, Value]:
    """The variables, those of a structure by its fields."""
    found: dict[str, Value] = {}
    for name, value in Elements(content, unpacked_limit(len(content))).variables():
        found |= value if isinstance(value, dict) else {name: value}
    return found


def _version_4_header(head: bytes) -> tuple[str, int, int, str, bool] | None:
    """Type, rows, columns, name and whether there is an imaginary part; None where it is none."""
    if len(head) < _V4_HEADER.size:
        return None
    kind, rows, columns, imaginary, length = _V4_HEADER.unpack_from(head)
    name = head[_V4_HEADER.size : _V4_HEADER.size + max(0, length)]
    is_header = (
        kind in _V4_TYPES
        and rows > 0
        and columns > 0
        and imaginary in (0, 1)
        and 2 <= length <= _V4_LONGEST_NAME
        and name.endswith(b"\0")
        and name[:-1].decode("latin-1").isidentifier()
    )
    if not is_header:
        return None
    return _V4_TYPES[kind], rows, columns, name[:-1].decode("latin-1"), imaginary == 1


def _version_4(content: bytes) -> dict[str, Value]:
    found: dict[str, Value] = {}
    at = 0
    while header := _version_4_header(content[at : at + _V4_HEADER.size + _V4_LONGEST_NAME]):
        dtype, rows, columns, name, has_imaginary = header
        at += _V4_HEADER.size + len(name) + 1
        size = rows * columns * np.dtype(dtype).itemsize
        if at + size > len(content):
            raise ValueError(f"variable {name} is cut off")
        values = np.frombuffer(content, dtype, rows * columns, at)
        found[name] = values.reshape((rows, columns), order="F")
        at += size * (2 if has_imaginary else 1)
    return found
