"""Arrays of a file whose library is not to be trusted with memory, read in a process of its own.

The process is a module that calls `main` with a function that reads; `read_in_process` starts it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.readers.limits import unpacked_limit

Arrays = Mapping[str, NDArray[np.generic]]

TIME_LIMIT_S = 120
"""An hour of twelve leads takes a second or two."""
_UNREADABLE, _TOO_LARGE = 2, 3
_PREFIX = "array/"
"""Of each name in the archive: an array may be called as a parameter of `np.savez` is."""
_OWN_BYTES = 1_500_000_000
"""Of the interpreter and its libraries, most of it reserved and never used."""
_PACKAGES = Path(__file__).parents[2]


def read_in_process(module: str, path: Path, format_name: str) -> dict[str, NDArray[np.generic]]:
    """What another process finds in a file.

    Args:
        module: name of the module that runs there.
        path: the file.
        format_name: what a message calls its format.

    Raises:
        InputError: `damaged`, or `too_large` where it takes too long or unpacks to too much.
    """
    with tempfile.TemporaryDirectory(prefix="ecgmm-") as folder:
        archive = Path(folder) / "arrays.npz"
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-m", module, str(path.absolute()), str(archive)],
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
        if done.returncode == _TOO_LARGE:
            raise InputError("too_large", f"{path.name}: unpacks to more than an ECG is.")
        if done.returncode != 0:
            detail = done.stdout.decode(errors="replace").strip() or "it needs too much memory"
            raise InputError("damaged", f"{path.name}: not readable as {format_name} ({detail}).")
        with np.load(archive, allow_pickle=False) as stored:
            return {name.removeprefix(_PREFIX): stored[name] for name in stored.files}


def main(read: Callable[[Path], Arrays]) -> int:
    """Read the file that the command line names, with bounded memory, and store its arrays.

    Args:
        read: raises `OverflowError` where a file unpacks to more than an ECG is.

    Returns:
        The exit status, as `read_in_process` knows it.
    """
    import resource

    path, archive = Path(sys.argv[1]), Path(sys.argv[2])
    limit = _OWN_BYTES + 2 * unpacked_limit(path.stat().st_size)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        stored = {_PREFIX + name: array for name, array in read(path).items()}
        np.savez(archive, allow_pickle=False, **stored)
    except OverflowError:
        return _TOO_LARGE
    except Exception as error:  # libraries raise whatever their parsing trips over
        print(" ".join(str(error).split())[:200])
        return _UNREADABLE
    return 0
