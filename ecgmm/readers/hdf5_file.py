"""HDF5 files with plain data sets, MATLAB 7.3 among them, read with h5py in a process of its own.

What the arrays mean is told from their names (`named_arrays`), in any group; attributes of the
signal, its groups and the file state rate, unit and leads as arrays beside it do.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.readers.hdf5_arrays import PREFIX, TOO_LARGE
from ecgmm.readers.named_arrays import recording_of_arrays
from ecgmm.readers.optional_library import import_library
from ecgmm.recording import Recording

SIGNATURE = b"\x89HDF\r\n\x1a\n"
MATLAB_SIGNATURE = b"MATLAB 7.3 MAT-file"
TIME_LIMIT_S = 120
"""An hour of twelve leads takes a second or two."""
_PACKAGES = Path(__file__).parents[2]


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
    arrays = _arrays(path)
    return recording_of_arrays(arrays, path.name, sampling_rate_hz=sampling_rate_hz, unit=unit)


def _arrays(path: Path) -> dict[str, NDArray[np.generic]]:
    """What the other process finds in the file."""
    script = [sys.executable, "-P", "-m", "ecgmm.readers.hdf5_arrays"]
    with tempfile.TemporaryDirectory(prefix="ecgmm-") as folder:
        archive = Path(folder) / "arrays.npz"
        try:
            done = subprocess.run(
                [*script, str(path.absolute()), str(archive)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": str(_PACKAGES)},
                timeout=TIME_LIMIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            message = f"{path.name}: takes more than {TIME_LIMIT_S} s to read."
            raise InputError("too_large", message) from error
        if done.returncode == TOO_LARGE:
            raise InputError("too_large", f"{path.name}: unpacks to more than an ECG is.")
        if done.returncode != 0:
            detail = done.stdout.decode(errors="replace").strip() or "it needs too much memory"
            raise InputError("damaged", f"{path.name}: not readable as HDF5 ({detail}).")
        with np.load(archive, allow_pickle=False) as stored:
            return {name.removeprefix(PREFIX): stored[name] for name in stored.files}
