"""Which inputs a job over an archive has done, so that it goes on where it was stopped."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from ecgmm.bulk.archive import ArchivedInput
from ecgmm.errors import InputError, cannot_write

NAME = ".ecgmm-journal.jsonl"


class Journal:
    """A file with a line for each input whose files have been written.

    A line is one write, made after the input's files are in their places: what a kill interrupts
    is an input without a line, which is read again into files of the same names. Lines of a job
    that was started otherwise (another model, other options) do not count, nor does that of an
    input whose files have changed since.

    Args:
        folder: of the job's files.
        job: what has to be the same for results to be the same.

    Raises:
        InputError: `folder_in_use` if another job is at work there, `cannot_write`.
    """

    def __init__(self, folder: Path, job: Mapping[str, Any]) -> None:
        path = folder / NAME
        try:
            self._file: IO[bytes] = path.open("ab+")
            _lock(self._file, folder)
            self._done = _read(self._file, dict(job))
            if not self._done:
                self._file.truncate(0)
                self._append({"job": dict(job)})
        except OSError as error:
            raise cannot_write(path, error) from error
        self._path = path

    def stem_of(self, one: ArchivedInput) -> str | None:
        """Name that an input's files were given; None where it has none yet."""
        return self._done[one.name][0] if one.name in self._done else None

    def is_done(self, one: ArchivedInput) -> bool:
        """Whether an input was read as it is now."""
        return one.name in self._done and self._done[one.name][1] == _state(one.files)

    def stems(self) -> Iterable[str]:
        """Every name that has been given."""
        return [stem for stem, _ in self._done.values()]

    def add(self, one: ArchivedInput, stem: str) -> None:
        """Note that an input is done and that its files have this name."""
        try:
            self._append({"input": one.name, "stem": stem, "files": _state(one.files)})
        except OSError as error:
            raise cannot_write(self._path, error) from error

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let another job have the folder."""
        self._file.close()

    def _append(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()


def _lock(file: IO[bytes], folder: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise InputError(
            "folder_in_use", f"Another job is writing to {folder}. Wait for it, or choose another."
        ) from error


def _read(file: IO[bytes], job: dict[str, Any]) -> dict[str, tuple[str, Any]]:
    """Stem and state by name of the input, of the job's own lines."""
    file.seek(0)
    lines = list(_whole_lines(file))
    if not lines or lines[0].get("job") != job:
        return {}
    return {line["input"]: (line["stem"], line["files"]) for line in lines[1:]}


def _whole_lines(file: IO[bytes]) -> Iterable[dict[str, Any]]:
    """Lines up to one that was cut off, which is removed."""
    while line := file.readline():
        try:
            yield json.loads(line)
        except ValueError:
            file.truncate(file.tell() - len(line))
            return


def _state(files: Iterable[Path]) -> list[list[int]]:
    """Size and time of change of each file; a file that is gone has none."""
    found = [file.stat() for file in files if file.exists()]
    return [[stat.st_size, stat.st_mtime_ns] for stat in found]
