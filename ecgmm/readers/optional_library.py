"""Libraries that only some formats need: imported when a file asks for one, named when missing."""

from __future__ import annotations

import importlib
from typing import Any

from ecgmm.errors import InputError


def import_library(module: str, reads: str, *, extra: str = "formats") -> Any:
    """A library of an extra.

    Args:
        module: name to import, such as `"edfio"`.
        reads: what it reads, in words, such as `"EDF files"`.
        extra: which of the package's extras brings it.

    Raises:
        InputError: `missing_library`, with the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise InputError(
            "missing_library",
            f"Reading {reads} needs {package}, which is not installed: "
            f'pip install "ecgmm[{extra}]".',
        ) from error
