"""What is done about an error of the program itself, of the disk, and of what is installed."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from importlib import metadata

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
        InputError: with code `"internal_error"` in the place of any other error,
            `"cannot_write"` where the disk is at fault, `"missing_extra"` where a library of an
            extra is not installed.
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
        words = missing_library_words(error)
        if words is not None:
            raise InputError("missing_extra", words) from error
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


def missing_library_words(error: BaseException | None) -> str | None:
    """One line where a library that only an extra brings is behind an error; else None.

    Of several extras that bring it, the smallest is named.
    """
    if error is None:
        return None
    if isinstance(error, ModuleNotFoundError):
        missing = (error.name or "").partition(".")[0].replace("_", "-")
        for extra, libraries in sorted(_extras().items(), key=lambda item: len(item[1])):
            for library in libraries:
                if library == missing or library.startswith(f"{missing}-"):
                    return (
                        f"This needs {library}, which is not there: pip install 'ecgmm[{extra}]'."
                    )
    return missing_library_words(error.__cause__ or error.__context__)


def _extras() -> dict[str, list[str]]:
    """The libraries of each extra, as the installed package states them."""
    extras: dict[str, list[str]] = defaultdict(list)
    for requirement in metadata.requires("ecgmm") or ():
        stated = re.fullmatch(r"([\w.-]+)[^;]*;.*\bextra == [\"']([\w-]+)[\"'].*", requirement)
        if stated:
            extras[stated[2]].append(stated[1].lower().replace("_", "-"))
    return extras


def fault_words(error: Exception) -> str:
    """One line for whoever meets an error of the program itself."""
    described = " ".join(f"{type(error).__name__}: {error}".split())
    return f"An error in the program itself, please report it: {described}"
