"""PDF files: a page at a time, drawn with pypdfium2 in a process of its own.

A PDF is a program in all but name. The process that draws it may use a bounded time and memory
and is killed beyond it, so that a hostile file costs one input and not the whole batch.
"""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ecgmm.errors import InputError
from ecgmm.paper.picture import Picture
from ecgmm.readers.limits import MAX_PICTURE_BYTES, check_bytes
from ecgmm.readers.optional_library import import_library
from ecgmm.readers.page_choice import MAX_PAGES, choose_page

SIGNATURE = b"%PDF-"
SIGNATURE_WITHIN = 1024
TIME_LIMIT_S = 60
PAGE_HEADER = struct.Struct("<II")
"""Width and height, before the RGB bytes of each page that the process writes."""


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
    check_bytes(path, MAX_PICTURE_BYTES)
    command = [
        sys.executable,
        "-m",
        "ecgmm.readers.pdf_pages",
        str(path.absolute()),
        str(MAX_PAGES),
    ]
    try:
        drawn = subprocess.run(command, capture_output=True, timeout=TIME_LIMIT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise InputError(
            "too_large", f"{path.name}: its pages take more than {TIME_LIMIT_S} s to draw."
        ) from error
    if drawn.returncode != 0 and not drawn.stdout:
        raise _refused(path, drawn.stderr.decode(errors="replace"))
    return choose_page(_pages(drawn.stdout, path.name), path.name)


def _pages(stream: bytes, name: str) -> Iterator[Picture]:
    offset = 0
    while offset + PAGE_HEADER.size <= len(stream):
        width, height = PAGE_HEADER.unpack_from(stream, offset)
        offset += PAGE_HEADER.size
        end = offset + 3 * width * height
        if end > len(stream):
            return
        pixels = np.frombuffer(stream, np.uint8, end - offset, offset)
        yield Picture(pixels.reshape(height, width, 3), name=name)
        offset = end


def _refused(path: Path, complaint: str) -> InputError:
    if "password" in complaint.lower():
        return InputError("locked", f"{path.name}: needs a password; save it without one.")
    return InputError("damaged", f"{path.name}: the PDF cannot be drawn; print it to a new one.")
