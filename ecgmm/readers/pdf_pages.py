"""Draws the pages of a PDF to standard output, within bounds: `python -m ecgmm.readers.pdf_pages`.

Run by `pdf_file` in a process of its own. The number of pages comes first. Each page is its width,
its height and the length of its words, then its RGB bytes and the words of its text layer as JSON.
"""

from __future__ import annotations

import contextlib
import json
import math
import sys
from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np

from ecgmm.readers.pdf_file import PAGE_COUNT, PAGE_HEADER, TIME_LIMIT_S
from ecgmm.readers.pdf_words import page_words

DOTS_PER_INCH = 200.0
"""8 pixels a millimetre, twice what a strip has (`grid.PIXELS_PER_MM`)."""
MAX_PAGE_PIXELS = 20_000_000
"""A page of A3 has 8 million; a larger one is drawn smaller."""
MEMORY_LIMIT_BYTES = 4_000_000_000
"""Address space of the process: page, library and Python, with much room."""
_POINTS_PER_INCH = 72.0
"""PDF's unit."""


def main(argv: Sequence[str], output: BinaryIO) -> None:
    """Draw pages.

    Args:
        argv: the file, and how many pages at most.
        output: where the pages go.
    """
    import pypdfium2

    _limit_resources()
    path, most_pages = argv
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        sys.exit(str(error))
    output.write(PAGE_COUNT.pack(len(document)))
    for index in range(min(len(document), int(most_pages))):
        for part in _drawn(document, index):
            output.write(part)
        output.flush()


def _drawn(document: Any, index: int) -> tuple[bytes, bytes, bytes]:
    """Header, RGB bytes and words of a page; nothing but a header where it cannot be drawn."""
    import pypdfium2

    try:
        page = document[index]
        rgb = page.render(scale=_scale(*page.get_size()), rev_byteorder=True).to_numpy()[..., :3]
    except (pypdfium2.PdfiumError, MemoryError):
        return PAGE_HEADER.pack(0, 0, 0), b"", b""
    height, width = rgb.shape[:2]
    words = [
        (word.text, word.left_px, word.top_px, word.right_px, word.bottom_px)
        for word in page_words(page, width, height)
    ]
    page.close()
    said = json.dumps(words).encode()
    return PAGE_HEADER.pack(width, height, len(said)), np.ascontiguousarray(rgb).tobytes(), said


def _scale(width_points: float, height_points: float) -> float:
    """Pixels a point: 200 dots an inch, fewer for a page that would be larger than allowed."""
    wanted = DOTS_PER_INCH / _POINTS_PER_INCH
    largest = math.sqrt(MAX_PAGE_PIXELS / max(width_points * height_points, 1.0))
    return min(wanted, largest)


def _limit_resources() -> None:
    """Bound this process's memory and time, where the system can."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (TIME_LIMIT_S, TIME_LIMIT_S))


if __name__ == "__main__":
    main(sys.argv[1:], sys.stdout.buffer)
