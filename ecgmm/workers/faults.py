"""What is done about an error of the program itself, and of the disk."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator

from ecgmm.errors import InputError

_DISK_FAULTS = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS),
    *(errno.EACCES, errno.EPERM, errno.EIO),
)


@contextlib.contextmanager
def own_faults_as_input_errors() -> Iterator[None]:
    """One input that trips the program over must not keep the others from being read.

    `python -X dev -m ecgmm` shows the traceback instead.

    Raises:
        InputError: with code `"internal_error"` in the place of any other error, or
            `"cannot_write"` where the disk is at fault.
    """
    try:
        yield
    except (InputError, BrokenPipeError):
        raise
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        words = disk_fault_words(error)
        if words is not None:
            raise InputError("cannot_write", words) from error
        raise InputError("internal_error", fault_words(error)) from error


def disk_fault_words(error: BaseException | None) -> str | None:
    """One line where a disk that is full, read-only or broken is behind an error; else None.

    Libraries wrap what the system told them, some of them only in words.
    """
    if error is None:
        return None
    for fault in _DISK_FAULTS:
        if getattr(error, "errno", None) == fault or os.strerror(fault) in str(error):
            place = getattr(error, "filename", None)
            where = f" {os.fsdecode(place)}" if isinstance(place, str | bytes) else ""
            return f"Cannot write{where}: {os.strerror(fault)}. What was finished before is kept."
    return disk_fault_words(error.__cause__ or error.__context__)


def fault_words(error: Exception) -> str:
    """One line for whoever meets an error of the program itself."""
    described = " ".join(f"{type(error).__name__}: {error}".split())
    return f"An error in the program itself, please report it: {described}"
