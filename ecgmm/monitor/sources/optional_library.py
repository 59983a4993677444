"""Libraries that only some sources need: imported when one is opened, named when missing."""

from __future__ import annotations

import importlib
from typing import Any

from ecgmm.errors import InputError


def import_library(module: str, source: str, extra: str) -> Any:
    """A library of one of the extras.

    Args:
        module: name to import, such as `"pylsl"`.
        source: what needs it, in words.
        extra: the extra that installs it.

    Raises:
        InputError: `missing_extra`, with the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except (ImportError, RuntimeError, OSError) as error:
        package = module.partition(".")[0]
        reason = "" if isinstance(error, ImportError) else f" ({error})"
        raise InputError(
            "missing_extra",
            f"{source} needs {package}, which does not work here{reason}: "
            f"pip install 'ecgmm[{extra}]'.",
        ) from error
