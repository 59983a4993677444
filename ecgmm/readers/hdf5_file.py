"""HDF5 files with plain data sets, MATLAB 7.3 among them, read with h5py in a process of its own.

What the arrays mean is told from their names (`named_arrays`), in any group; attributes of the
signal, its groups and the file state rate, unit and leads as arrays beside it do.
"""

from __future__ import annotations

from pathlib import Path

from ecgmm.readers.array_process import read_in_process
from ecgmm.readers.named_arrays import recording_of_arrays
from ecgmm.readers.optional_library import import_library
from ecgmm.recording import Recording

SIGNATURE = b"\x89HDF\r\n\x1a\n"
MATLAB_SIGNATURE = b"MATLAB 7.3 MAT-file"


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
    import_library("h5py", "HDF5 and MATLAB 7.3 files")
    arrays = read_in_process("ecgmm.readers.hdf5_arrays", path, "HDF5")
    return recording_of_arrays(arrays, path.name, sampling_rate_hz=sampling_rate_hz, unit=unit)
