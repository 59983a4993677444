"""Where inputs are that are no files: standard input, a member of a ZIP archive, an address.

Each is copied into a folder of its own, within limits, and read from there. Of a WFDB record that
is named by its header, the files that it names come along.
"""

from __future__ import annotations

import re
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from ecgmm.errors import InputError
from ecgmm.readers.optional_library import import_library
from ecgmm.readers.presence import COMPANION_SUFFIXES, HEADER_SUFFIX

STANDARD_INPUT = "-"
MAX_COPIED_BYTES = 1_000_000_000
"""As large as the largest table may be that is read."""
_MAX_FILES = 2000
"""As many as a WFDB record may have segments."""
_PIECE_BYTES = 1_000_000
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:::[A-Za-z][A-Za-z0-9+.-]+)*://.+")
"""Also fsspec's chains, such as `zip://a.edf::https://host/b.zip`; a scheme of one letter is a
drive."""
_ARCHIVE_SUFFIX = ".zip"
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")

Opener = Callable[[str], BinaryIO]
"""Opens a file by its name beside the one that was asked for."""


@contextmanager
def local_path(place: str) -> Iterator[Path]:
    """The file that a place names, on this machine for as long as it is read.

    Args:
        place: a path; `-` for standard input; `archive.zip/member`; or an address that fsspec
            knows, such as `https://...` or `s3://...`.

    Raises:
        InputError: `missing_library` where fsspec is needed and not installed, `not_found`,
            `unreachable`, `too_large`; and what is raised while it is read, the place named as it
            was given.
    """
    if place == STANDARD_INPUT:
        with _copied(place, "standard_input", lambda name: sys.stdin.buffer) as path:
            yield path
    elif _ADDRESS.fullmatch(place):
        with _remote(place) as path:
            yield path
    elif (found := _archive_and_member(Path(place))) is not None:
        archive, member = found
        with _open_archive(archive) as opened:
            opener = partial(_open_member, opened, member.parent)
            with _copied(place, member.name, opener) as path:
                yield path
    else:
        yield Path(place)


def archive_of(place: str) -> Path | None:
    """The archive that a place is a member of; None where it is none."""
    found = _archive_and_member(Path(place))
    return found and found[0]


def _archive_and_member(path: Path) -> tuple[Path, PurePosixPath] | None:
    """The archive on the way to a path that is none itself, and the rest of the way."""
    if path.exists():
        return None
    for archive in path.parents:
        if archive.suffix.lower() == _ARCHIVE_SUFFIX and archive.is_file():
            return archive, PurePosixPath(path.relative_to(archive).as_posix())
    return None


@contextmanager
def _open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise InputError("damaged", f"{path}: not a readable ZIP archive ({error}).") from error
    with archive:
        yield archive


def _open_member(archive: zipfile.ZipFile, folder: PurePosixPath, name: str) -> BinaryIO:
    try:
        return archive.open((folder / name).as_posix())  # type: ignore[return-value]
    except KeyError as error:
        raise FileNotFoundError(name) from error
    except (RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
        raise OSError(str(error)) from error


@contextmanager
def _remote(address: str) -> Iterator[Path]:
    fsspec = import_library("fsspec", "addresses such as https:// and s3://", extra="remote")
    scheme = address.partition("://")[0]
    try:
        files, path = fsspec.core.url_to_fs(address)
    except ImportError as error:
        raise InputError("missing_library", f"Reading {scheme}:// addresses: {error}.") from error
    except ValueError as error:
        raise InputError("unknown_address", f"{address}: {error}.") from error
    folder, _, name = path.rpartition("/")

    plain_name = PurePosixPath(unquote(urlsplit(name).path)).name

    def opener(other: str) -> BinaryIO:
        beside = name if other == plain_name else other
        return files.open(f"{folder}/{beside}" if folder else beside, "rb")

    with _copied(address, plain_name, opener) as local:
        yield local


@contextmanager
def _copied(place: str, name: str, opener: Opener) -> Iterator[Path]:
    """A copy of a file, and of those that it names, in a folder that no message names."""
    with tempfile.TemporaryDirectory(prefix="ecgmm-") as folder:
        path = Path(folder) / (_NOT_IN_NAMES.sub("_", name) or "input")
        left = MAX_COPIED_BYTES
        try:
            left -= _copy(opener, name, path, left)
            if path.suffix == HEADER_SUFFIX:
                _copy_companions(opener, path, left)
        except FileNotFoundError as error:
            raise InputError(
                "not_found", f"{place} does not exist or cannot be reached."
            ) from error
        except InputError as error:
            raise InputError(error.code, f"{place}: {error.message}") from error
        except Exception as error:  # fsspec's file systems raise whatever theirs is
            detail = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            raise InputError("unreachable", f"{place} cannot be read ({detail}).") from error
        try:
            yield path
        except InputError as error:
            message = error.message.replace(str(path), place).replace(f"{folder}/", "")
            raise InputError(error.code, message, error.missing) from error


def _copy(opener: Opener, name: str, path: Path, limit: int) -> int:
    """Copy one file; returns its length."""
    copied = 0
    with opener(name) as source, path.open("wb") as copy:
        while piece := source.read(_PIECE_BYTES):
            copied += len(piece)
            if copied > limit:
                raise InputError(
                    "too_large", f"Expected up to {MAX_COPIED_BYTES / 1e6:.0f} MB. Received more."
                )
            copy.write(piece)
    return copied


def _copy_companions(opener: Opener, header: Path, limit: int) -> None:
    """Copy what a WFDB header names, the headers of its segments with what these name, and `.atr`.

    What is not there is for the reader to say.
    """
    waiting, seen = [header], {header.name}
    while waiting:
        for name in _named_by(waiting.pop()):
            if name in seen or len(seen) > _MAX_FILES:
                continue
            seen.add(name)
            try:
                limit -= _copy(opener, name, header.parent / name, limit)
            except FileNotFoundError:
                (header.parent / name).unlink(missing_ok=True)
                continue
            if name.endswith(HEADER_SUFFIX):
                waiting.append(header.parent / name)


def _named_by(header: Path) -> Iterator[str]:
    """Names of the files in its own folder that a header's lines begin with, and its companions."""
    lines = header.read_text("latin-1").splitlines()
    words = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    has_segments = bool(words) and "/" in words[0][0]
    for first, *_ in words[1 : 1 + _MAX_FILES]:
        name = first + HEADER_SUFFIX if has_segments else first
        if PurePath(name).name == name and not _NOT_IN_NAMES.search(name):
            yield name
    yield from (header.stem + ending for ending in COMPANION_SUFFIXES)
