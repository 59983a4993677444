"""Uploaded files, bounded and in a folder of their own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path, PurePath

from starlette.datastructures import UploadFile

from ecgmm.readers.presence import COMPANION_SUFFIXES

LONGEST_NAME_BYTES = 200
"""File systems take 255: room is left for a number that tells two files of one name apart."""
_LONGEST_SUFFIX_BYTES = 40
"""Endings that tell a format are shorter; what is longer is no ending."""
_HEADER_SUFFIX = ".hea"
_MOST_HEADER_BYTES = 1_000_000
"""As `readers.wfdb_header.MAX_HEADER_BYTES`."""


def safe_name(name: str | None) -> str:
    """A file name from whatever a client calls its file: no folders, no control characters."""
    last = PurePath((name or "").replace("\\", "/")).name
    printable = re.sub(r"[^\w .()+-]", "_", last).strip(". ")
    stem, suffix = PurePath(printable).stem, PurePath(printable).suffix
    suffix = _cut(suffix, _LONGEST_SUFFIX_BYTES)
    return _cut(stem, LONGEST_NAME_BYTES - len(suffix.encode())) + suffix or "upload"


def _cut(text: str, most_bytes: int) -> str:
    """As many characters as there is room for in so many bytes of UTF-8."""
    return text.encode()[:most_bytes].decode(errors="ignore")


def save_uploads(uploads: list[UploadFile], folder: Path) -> list[Path]:
    """Copy uploads into a folder under safe names, none twice.

    Returns:
        Their paths, in the order in which they came.
    """
    paths: list[Path] = []
    for upload in uploads:
        wanted = PurePath(safe_name(upload.filename))
        path, number = folder / wanted.name, 1
        while path.exists():
            number += 1
            path = folder / f"{wanted.stem}-{number}{wanted.suffix}"
        with path.open("xb") as file:
            shutil.copyfileobj(upload.file, file)
        paths.append(path)
    return paths


def inputs_among(paths: list[Path]) -> list[Path]:
    """The files that are inputs of their own: all but those that a WFDB header speaks for.

    A header speaks for files of its stem and for those that its lines begin with: signal files,
    and the segments of a multi-segment record.
    """
    spoken_for: set[Path] = set()
    for header in paths:
        if header.suffix == _HEADER_SUFFIX:
            named = _first_words(header)
            spoken_for.update(
                path
                for path in paths
                if path != header
                and (_is_companion(path, header) or path.name in named or _is_segment(path, named))
            )
    return [path for path in paths if path not in spoken_for]


def _is_companion(path: Path, header: Path) -> bool:
    return path.stem == header.stem and path.suffix in COMPANION_SUFFIXES


def _is_segment(path: Path, named: set[str]) -> bool:
    return path.suffix == _HEADER_SUFFIX and path.stem in named


def _first_words(header: Path) -> set[str]:
    with header.open("rb") as file:
        text = file.read(_MOST_HEADER_BYTES).decode(errors="replace")
    lines = [line.split() for line in text.splitlines()[1:]]
    return {words[0] for words in lines if words and not words[0].startswith("#")}
