"""What lies in an archive: which of its files are recordings, and which belong together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath

from ecgmm.errors import InputError
from ecgmm.readers.places import archive_of
from ecgmm.readers.presence import COMPANION_SUFFIXES, HEADER_SUFFIX, find_header
from ecgmm.readers.route import identify

TABLE_ENDINGS = (".csv", ".tsv", ".txt")
ENDINGS = (
    *(".hea", ".dat", ".edf", ".bdf", ".dcm", ".ecg", ".atc", ".csv", ".tsv", ".npy", ".npz"),
    *(".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".heic", ".pdf"),
)
"""A file that ends so is meant as a recording: when it cannot be read, somebody has to know."""

_HIDDEN = "."


@dataclass(frozen=True)
class ArchivedInput:
    """One recording of an archive.

    Attributes:
        name: what its reading calls it.
        place: a file, the header of a WFDB record or its stem, or what else `readers.places` knows.
        below: the folder in which it was found, seen from the archive's own.
        files: every file that belongs to it.
    """

    name: str
    place: str
    below: PurePath
    files: tuple[Path, ...]


def find_inputs(folder: Path, leave_out: Path | None = None) -> Iterator[ArchivedInput]:
    """Every recording in a folder and the folders below it, in the order of their paths.

    A WFDB record counts once, by its header, and a segment of a record not at all. Other files
    count when their content is that of a format that is read, or when they are named as if it
    were. Hidden files and folders, and links to folders, are left out.

    Args:
        folder: where to look.
        leave_out: a folder that is not looked into, such as the one that gets the reports.
    """
    hidden = leave_out.resolve() if leave_out is not None else None
    for place, folders, names in os.walk(folder):
        inside = Path(place)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(_HIDDEN) and (inside / name).resolve() != hidden
        )
        groups = group_files(names, partial(_read_text, inside))
        for name, files in groups.items():
            if is_recording(inside / name):
                yield ArchivedInput(
                    name=str(inside / name),
                    place=str(inside / name),
                    below=inside.relative_to(folder),
                    files=tuple(inside / file for file in files),
                )


def single_input(name: str) -> ArchivedInput:
    """A recording that is named itself; it need not be there."""
    path = archive_of(name) or Path(name)
    header = find_header(path)
    own = [path] if header is None else [header, *map(header.with_suffix, COMPANION_SUFFIXES)]
    return ArchivedInput(name, name, PurePath(), tuple(file for file in own if file.is_file()))


def group_files(
    names: Iterable[str], read_text: Callable[[str], str]
) -> Mapping[str, tuple[str, ...]]:
    """The files of one folder, put together by what the WFDB headers among them say.

    Args:
        names: of the files.
        read_text: gives the text of a header.

    Returns:
        For every file that no header claims, in order: itself, and the files that it needs.
    """
    there = sorted(name for name in names if not name.startswith(_HIDDEN))
    known = set(there)
    claimed = {
        name: [file for file in _claimed_by(name, read_text(name)) if file in known]
        for name in there
        if name.endswith(HEADER_SUFFIX)
    }
    taken = {file for name, files in claimed.items() for file in files if file != name}
    return {name: _with_claims(name, claimed) for name in there if name not in taken}


def is_recording(path: Path) -> bool:
    """Whether a file is meant to be read: by its content, or by its name if it is broken."""
    try:
        format_ = identify(path)
    except (InputError, OSError):
        return path.suffix.lower() in ENDINGS
    match format_:
        case "wfdb":
            return path.suffix == HEADER_SUFFIX
        case "csv" | "heartbeats" | "apple":
            return path.suffix.lower() in TABLE_ENDINGS
        case _:
            return True


def _claimed_by(name: str, header: str) -> Iterator[str]:
    """Signal files, or headers of segments, that a header's lines begin with."""
    lines = [line.split() for line in header.splitlines() if not line.startswith("#")]
    record, *others = [words for words in lines if words] or [[""]]
    is_multi_segment = "/" in record[0]
    for words in others:
        yield words[0] + HEADER_SUFFIX if is_multi_segment else words[0]
    yield from (PurePath(name).stem + ending for ending in COMPANION_SUFFIXES)


def _with_claims(name: str, claimed: Mapping[str, list[str]]) -> tuple[str, ...]:
    """A file, what it claims, and what that claims; each once."""
    files = {name: None}
    waiting = [name]
    while waiting:
        new = [file for file in claimed.get(waiting.pop(), ()) if file not in files]
        files.update(dict.fromkeys(new))
        waiting += new
    return tuple(files)


def _read_text(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="latin-1")
    except OSError:
        return ""
