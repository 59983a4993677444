"""The alarm log: a file to which lines are only ever added."""

from __future__ import annotations

import errno
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ecgmm.errors import InputError


class AlarmLog:
    """Writes one JSON object a line: `at` (UTC), `stream`, and what happened.

    Args:
        path: the file; it is made, or added to.
        stream: name of the stream.

    Raises:
        InputError: `cannot_write` if it cannot be opened.
    """

    def __init__(self, path: Path, stream: str) -> None:
        self._stream = stream
        self._is_cut = False
        try:
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise InputError(
                "cannot_write", f"Cannot write the alarm log {path}: {error.strerror}."
            ) from error

    def write(self, happened: dict[str, Any]) -> None:
        """Add one line; it is handed to the system at once.

        Raises:
            OSError: when the file takes no more.
        """
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"at": at, "stream": self._stream, **happened}).encode() + b"\n"
        if self._is_cut:
            line = b"\n" + line
        self._is_cut = self._file.write(line) < len(line)
        if self._is_cut:  # the system takes what there is room for, and says no more
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def close(self) -> None:
        """Close the file."""
        self._file.close()
