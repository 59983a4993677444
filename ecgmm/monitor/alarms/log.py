"""The alarm log: a file to which lines are only ever added."""

from __future__ import annotations

import json
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
        line = {"at": at, "stream": self._stream, **happened}
        self._file.write(json.dumps(line).encode() + b"\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()
