"""Where a command leaves its files: whole ones only, and none twice."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePath

from ecgmm.errors import InputError, cannot_write

_HERE = PurePath()
_PARTIAL = ".tmp"


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
            raise cannot_write(folder, error) from error

    def stem(self, input_path: str, below: PurePath = _HERE) -> str:
        """A name for the files of one more input, unlike every name given before.

        The input's own stem, or that stem and a number. Names that differ only in case count as
        one, because some file systems think so.

        Args:
            input_path: of the input.
            below: in which folder below this one its files go.
        """
        wanted = str(below / (PurePath(input_path).stem.strip(".") or "input"))
        stem, number = wanted, 1
        while stem.casefold() in self._taken:
            number += 1
            stem = f"{wanted}-{number}"
        self._taken.add(stem.casefold())
        return stem

    def take_over(self, stems: Iterable[str]) -> None:
        """Go on where an earlier process was stopped.

        Args:
            stems: names that it gave.
        """
        self._taken.update(stem.casefold() for stem in stems)
        for partial in self._folder.glob(f".*{_PARTIAL}"):
            partial.unlink(missing_ok=True)

    def has(self, name: str) -> bool:
        """Whether a file was written before."""
        return (self._folder / name).is_file()

    def read(self, name: str) -> bytes:
        """A file that was written before.

        Raises:
            InputError: with code `"unreadable"` when it is not there any more.
        """
        try:
            return (self._folder / name).read_bytes()
        except OSError as error:
            raise InputError(
                "unreadable", f"Cannot read {self._folder / name}: {error.strerror}."
            ) from error

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
            target.parent.mkdir(parents=True, exist_ok=True)
            _replace(self._folder / f".{os.getpid()}{_PARTIAL}", target, content)
        except OSError as error:
            raise cannot_write(target, error) from error


def _replace(temporary: Path, target: Path, content: bytes | Iterable[bytes]) -> None:
    try:
        with temporary.open("wb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
