"""Keeps stderr for what the user has to know."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from typing import TextIO

from ecgmm.errors import InputWarning

LOG_LEVEL_VARIABLE = "TF_CPP_MIN_LOG_LEVEL"
_EVERYTHING = "0"
_NOTHING_BUT_FATAL = "3"
_STDERR = 2
"""POSIX's number of the stream."""
_TALKATIVE_READERS = ("PIL", "pydicom", "pypdfium2")


def silence_libraries() -> None:
    """Keep libraries' warnings off stderr; an `InputWarning` becomes one line.

    Whoever sets `PYTHONWARNINGS` or runs `python -W` sees all that is asked for.
    """
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    for reader in _TALKATIVE_READERS:
        logging.getLogger(reader).setLevel(logging.CRITICAL)
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", InputWarning)
        warnings.showwarning = _show_as_one_line


@contextlib.contextmanager
def silent_tensorflow_start() -> Iterator[None]:
    """Keep TensorFlow's start-up chatter off stderr; import it first inside this.

    What its C++ side logs before its logger is up goes to stderr whatever the log level
    (https://github.com/tensorflow/tensorflow/issues/100442), so that the file descriptor itself
    has to be elsewhere for that time. Whoever sets `TF_CPP_MIN_LOG_LEVEL=0` sees everything.
    """
    if os.environ.setdefault(LOG_LEVEL_VARIABLE, _NOTHING_BUT_FATAL) == _EVERYTHING:
        yield
        return
    stderr = os.dup(_STDERR)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDERR)
    try:
        yield
    finally:
        os.dup2(stderr, _STDERR)
        os.close(stderr)
        os.close(nowhere)


def _show_as_one_line(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    from tqdm import tqdm

    tqdm.write(f"ecgmm: {' '.join(str(message).split())}", file=sys.stderr)
