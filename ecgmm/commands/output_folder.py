"""Where a command leaves its files: whole ones only, and none twice."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePath

from ecgmm.errors import InputError


class OutputFolder:
    """A folder that gets one set of files an input.

    Args:
        folder: where to write; made when it is not there.

    Raises:
        InputError: with code `"cannot_write"` when it cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._taken: set[str] = set()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_write(folder, error) from error

    def stem(self, input_path: str) -> str:
        """A name for the files of one more input, unlike every name given before.

        The input's own stem, or that stem and a number. Names that differ only in case count as
        one, because some file systems think so.
        """
        wanted = PurePath(input_path).stem.strip(".") or "input"
        stem, number = wanted, 1
        while stem.casefold() in self._taken:
            number += 1
            stem = f"{wanted}-{number}"
        self._taken.add(stem.casefold())
        return stem

    def write(self, name: str, content: bytes | Iterable[bytes]) -> None:
        """Write a file that appears under its name only when it is whole.

        Args:
            name: of the file.
            content: what it holds, at once or in parts.

        Raises:
            InputError: with code `"cannot_write"` when the file cannot be written.
        """
        target = self._folder / name
        try:
            _replace(target, content)
        except OSError as error:
            raise _cannot_write(target, error) from error


def _replace(target: Path, content: bytes | Iterable[bytes]) -> None:
    temporary = target.with_name(f".{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _cannot_write(path: Path, error: OSError) -> InputError:
    return InputError("cannot_write", f"Cannot write {path}: {error.strerror or error}.")
