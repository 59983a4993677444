"""PDF files: a page at a time, drawn with pypdfium2 in a process of its own.

A PDF is a program in all but name. The process that draws it may use a bounded time and memory
and is killed beyond it, so that a hostile file costs one input and not the whole batch.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

import numpy as np

from ecgmm.errors import InputError
from ecgmm.paper.picture import Document, Picture
from ecgmm.paper.words.word import Word
from ecgmm.readers.optional_library import import_library
from ecgmm.readers.page_choice import MAX_PAGES

SIGNATURE = b"%PDF-"
SIGNATURE_WITHIN = 1024
"""Where viewers look for the header (PDF Reference 1.7, implementation note 13)."""
TIME_LIMIT_S = 60
"""Pages of pictures take a second or two to draw; a page that is a trap takes for ever."""
PAGE_COUNT = struct.Struct("<I")
"""How many pages the file has, before the first of them."""
PAGE_HEADER = struct.Struct("<III")
"""Width, height and length of the words, before each page's RGB bytes and words; no width and no
height where a page cannot be drawn."""

_PACKAGES = Path(__file__).parents[2]


def read_pdf(path: Path) -> Picture | Document:
    """Draw a PDF at 200 dots an inch.

    Args:
        path: a PDF file.

    Returns:
        Its page, or a document where it has several.

    Raises:
        InputError: `too_large`, `damaged`, `locked` for a password, or `missing_library`.
    """
    import_library("pypdfium2", "PDF files")
    with tempfile.TemporaryFile() as complaints, _drawn(path, complaints) as process:
        count = _page_count(process)
        if count > 1:
            return Document(
                path.name, min(count, MAX_PAGES), count > MAX_PAGES, partial(_pages, path)
            )
        page = _next_page(process, path.name)
        if page is None:
            complaints.seek(0)
            raise _refused(path, process.wait(), complaints.read())
        return page


def _pages(path: Path) -> Iterator[Picture | None]:
    """Each page as soon as it is drawn."""
    with tempfile.TemporaryFile() as complaints, _drawn(path, complaints) as process:
        for _ in range(min(_page_count(process), MAX_PAGES)):
            yield _next_page(process, path.name)


@contextmanager
def _drawn(path: Path, complaints: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """The process that draws; it imports nothing from the folder that it happens to be in."""
    script = [sys.executable, "-P", "-m", "ecgmm.readers.pdf_pages"]
    with subprocess.Popen(
        [*script, str(path.absolute()), str(MAX_PAGES)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=complaints,
        env={**os.environ, "PYTHONPATH": str(_PACKAGES)},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _page_count(process: subprocess.Popen[bytes]) -> int:
    """How many pages there are; 0 where the file cannot be opened."""
    count = _received(process, PAGE_COUNT.size)
    return PAGE_COUNT.unpack(count)[0] if count else 0


def _next_page(process: subprocess.Popen[bytes], name: str) -> Picture | None:
    """The next page; None where it cannot be drawn, or the process has ended."""
    header = _received(process, PAGE_HEADER.size)
    if not header:
        return None
    width, height, words_bytes = PAGE_HEADER.unpack(header)
    stored, said = (_received(process, size) for size in (3 * width * height, words_bytes))
    if not stored or not said:
        return None
    rgb = np.frombuffer(stored, np.uint8).reshape(height, width, 3)
    return Picture(rgb, name=name, words=tuple(Word(*word) for word in json.loads(said)))


def _received(process: subprocess.Popen[bytes], size: int) -> bytes:
    """So many bytes; none where the process ends before, or takes too long for them."""
    watchdog = threading.Timer(TIME_LIMIT_S, process.kill)
    watchdog.start()
    try:
        received = process.stdout.read(size) if process.stdout is not None else b""
        return received if len(received) == size else b""
    finally:
        watchdog.cancel()


def _refused(path: Path, status: int, complaint: bytes) -> InputError:
    if status < 0:
        return InputError(
            "too_large", f"{path.name}: its page takes more than {TIME_LIMIT_S} s to draw."
        )
    if b"password" in complaint.lower():
        return InputError("locked", f"{path.name}: needs a password; save it without one.")
    return InputError("damaged", f"{path.name}: the PDF cannot be drawn; print it to a new one.")
