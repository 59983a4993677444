"""Many named pieces in one file, from the process that reads an ECG to the one that serves it."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

_HEAD = struct.Struct("<HI")


def write_pieces(path: Path, pieces: Iterable[tuple[str, bytes]]) -> None:
    """Write names and contents one after the other."""
    with path.open("wb") as file:
        for name, content in pieces:
            encoded = name.encode()
            file.write(_HEAD.pack(len(encoded), len(content)))
            file.write(encoded)
            file.write(content)


def read_pieces(path: Path) -> Iterator[tuple[str, bytes]]:
    """Read them back one by one."""
    with path.open("rb") as file:
        while head := file.read(_HEAD.size):
            name_length, content_length = _HEAD.unpack(head)
            name = file.read(name_length).decode()
            yield name, file.read(content_length)
