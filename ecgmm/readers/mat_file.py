"""MATLAB files with plain arrays, read with SciPy; version 7.3 is HDF5 and read as such.

What the arrays mean is told from their names (`named_arrays`); of a structure its fields count as
arrays. Compressed elements are unpacked within limits before SciPy sees them. Layout: "MAT-File
Format", MathWorks (https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf).
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.readers.limits import unpacked_limit
from ecgmm.readers.named_arrays import recording_of_arrays
from ecgmm.recording import Recording

SIGNATURE = b"MATLAB 5.0 MAT-file"
HEADER_BYTES = 128
_PIECE_BYTES = 1_000_000
_COMPRESSED = 15
"""Type of an element that is compressed (`miCOMPRESSED`)."""
_V4_HEADER = struct.Struct("<5i")
_V4_LARGEST_TYPE, _V4_LARGEST_NAME = 60, 64
"""Little-endian matrices of numbers have types from 0 to 52, names as MATLAB allows them."""


def is_mat(head: bytes) -> bool:
    """Whether a file begins as a MATLAB file of version 4 or 5 does."""
    return head.startswith(SIGNATURE) or _is_version_4(head)


def _is_version_4(head: bytes) -> bool:
    if len(head) < _V4_HEADER.size:
        return False
    kind, rows, columns, has_imaginary, name_length = _V4_HEADER.unpack_from(head)
    name = head[_V4_HEADER.size : _V4_HEADER.size + max(0, name_length)]
    return (
        0 <= kind < _V4_LARGEST_TYPE
        and rows > 0
        and columns > 0
        and has_imaginary in (0, 1)
        and 2 <= name_length <= _V4_LARGEST_NAME
        and name.endswith(b"\0")
        and name[:-1].decode("latin-1").isidentifier()
    )


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
    import scipy.io

    content = path.read_bytes()
    try:
        unpacked = _unpacked(content, path.name) if content.startswith(SIGNATURE) else content
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            variables = scipy.io.loadmat(io.BytesIO(unpacked))
    except InputError:
        raise
    except Exception as error:  # SciPy raises whatever its parsing trips over
        detail = " ".join(str(error).split())[:200]
        raise InputError("damaged", f"{path.name}: not a MATLAB file ({detail}).") from error
    arrays = {name: _plain(value) for name, value in _fields(variables).items()}
    return recording_of_arrays(arrays, path.name, sampling_rate_hz=sampling_rate_hz, unit=unit)


def _unpacked(content: bytes, name: str) -> bytes:
    """The same file with no element compressed."""
    order = "<" if content[126:128] == b"IM" else ">"
    tag = struct.Struct(f"{order}2I")
    unpacked, at = bytearray(content[:HEADER_BYTES]), HEADER_BYTES
    limit = unpacked_limit(len(content))
    while at + tag.size <= len(content):
        kind, length = tag.unpack_from(content, at)
        end = at + tag.size + length
        if kind == _COMPRESSED:
            packer, packed = zlib.decompressobj(), content[at + tag.size : end]
            while part := packer.decompress(packed, _PIECE_BYTES):
                packed = packer.unconsumed_tail
                unpacked += part
                if len(unpacked) > limit:
                    raise InputError("too_large", f"{name}: unpacks to more than an ECG is.")
        else:
            unpacked += content[at:end]
        at = end
    return bytes(unpacked)


def _fields(variables: dict[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
    """The variables, those of a single structure by its fields."""
    found: dict[str, NDArray[np.generic]] = {}
    for name, value in variables.items():
        if name.startswith("__") or not isinstance(value, np.ndarray):
            continue
        if value.dtype.names and value.size == 1:
            record = value.reshape(-1)[0]
            found |= {field: np.asarray(record[field]) for field in value.dtype.names}
        else:
            found[name] = value
    return found


def _plain(value: NDArray[np.generic]) -> NDArray[np.generic]:
    """Cells of text as an array of text; everything else as it is."""
    if value.dtype.kind != "O":
        return value
    cells = [np.asarray(cell).reshape(-1) for cell in value.reshape(-1)]
    return np.array(["".join(map(str, cell[:1])) for cell in cells])
