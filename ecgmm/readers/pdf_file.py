"""PDF files: a page at a time, drawn with pypdfium2 in a process of its own.

A PDF is a program in all but name. The process that draws it may use a bounded time and memory
and is killed beyond it, so that a hostile file costs one input and not the whole batch.
"""

from __future__ import annotations

import itertools
import json
import os
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np

from ecgmm.errors import InputError
from ecgmm.paper.picture import Picture
from ecgmm.paper.words.word import Word
from ecgmm.readers.optional_library import import_library
from ecgmm.readers.page_choice import MAX_PAGES, choose_page

SIGNATURE = b"%PDF-"
SIGNATURE_WITHIN = 1024
"""Where viewers look for the header (PDF Reference 1.7, implementation note 13)."""
TIME_LIMIT_S = 60
"""Pages of pictures take a second or two to draw; a page that is a trap takes for ever."""
PAGE_HEADER = struct.Struct("<III")
"""Width, height and length of the words, before each page's RGB bytes and words."""

_PACKAGES = Path(__file__).parents[2]


def read_pdf(path: Path) -> Picture:
    """Draw the page of a PDF to read, at 200 dots an inch.

    Args:
        path: a PDF file.

    Returns:
        The page that `page_choice.choose_page` takes of the first `MAX_PAGES`.

    Raises:
        InputError: `too_large`, `damaged`, `locked` for a password, or `missing_library`.
    """
    import_library("pypdfium2", "PDF files")
    with tempfile.TemporaryFile() as complaints, _draw(path, complaints) as process:
        watchdog = threading.Timer(TIME_LIMIT_S, process.kill)
        watchdog.start()
        try:
            pages = _pages(process.stdout, path.name)
            first = next(pages, None)
            if first is None:
                complaints.seek(0)
                raise _refused(path, process.wait(), complaints.read())
            return choose_page(itertools.chain([first], pages), path.name)
        finally:
            watchdog.cancel()
            process.kill()


def _draw(path: Path, complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the process; it imports nothing from the folder that it happens to be in."""
    script = [sys.executable, "-P", "-m", "ecgmm.readers.pdf_pages"]
    return subprocess.Popen(
        [*script, str(path.absolute()), str(MAX_PAGES)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=complaints,
        env={**os.environ, "PYTHONPATH": str(_PACKAGES)},
    )


def _pages(stream: IO[bytes] | None, name: str) -> Iterator[Picture]:
    """Each page as soon as it is drawn, until the process ends."""
    while stream is not None:
        header = stream.read(PAGE_HEADER.size)
        if len(header) < PAGE_HEADER.size:
            return
        width, height, words_bytes = PAGE_HEADER.unpack(header)
        stored, said = stream.read(3 * width * height), stream.read(words_bytes)
        if len(stored) < 3 * width * height or len(said) < words_bytes:
            return
        rgb = np.frombuffer(stored, np.uint8).reshape(height, width, 3)
        yield Picture(rgb, name=name, words=tuple(Word(*word) for word in json.loads(said)))


def _refused(path: Path, status: int, complaint: bytes) -> InputError:
    if status < 0:
        return InputError(
            "too_large", f"{path.name}: its first page takes more than {TIME_LIMIT_S} s to draw."
        )
    if b"password" in complaint.lower():
        return InputError("locked", f"{path.name}: needs a password; save it without one.")
    return InputError("damaged", f"{path.name}: the PDF cannot be drawn; print it to a new one.")
