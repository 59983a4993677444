"""What is done about an error of the program itself."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from ecgmm.errors import InputError


@contextlib.contextmanager
def own_faults_as_input_errors() -> Iterator[None]:
    """One input that trips the program over must not keep the others from being read.

    `python -X dev -m ecgmm` shows the traceback instead.

    Raises:
        InputError: with code `"internal_error"` in the place of any other error.
    """
    try:
        yield
    except (InputError, BrokenPipeError):
        raise
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        raise InputError("internal_error", fault_words(error)) from error


def fault_words(error: Exception) -> str:
    """One line for whoever meets an error of the program itself."""
    described = " ".join(f"{type(error).__name__}: {error}".split())
    return f"An error in the program itself, please report it: {described}"
