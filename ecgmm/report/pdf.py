"""The report of a reading as a PDF."""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.figure import Figure

from ecgmm.analysis import words
from ecgmm.analysis.analyze import Opened
from ecgmm.analysis.excerpts import choose_excerpts
from ecgmm.analysis.reading import Reading
from ecgmm.grid import STRIP_S
from ecgmm.report import long_recording
from ecgmm.report.a4 import as_file, as_pdf
from ecgmm.report.first_page import first_page, further_page


def report_pdf(reading: Reading, source: Opened) -> bytes:
    """A page of A4, a second one of a recording of five minutes or more, and what does not fit.

    Args:
        reading: what was read.
        source: what it was read from; of a document the reading's own page is drawn.

    Returns:
        The PDF/A-2b: vectors to scale when printed at their own size.
    """
    return as_pdf(_pages(reading, source), f"ECG: {words.name(reading)}")


def report_pages(reading: Reading, source: Opened) -> list[bytes]:
    """The same pages, each as SVG."""
    return [as_file(page, "svg", "") for page in _pages(reading, source)]


def spans_s(reading: Reading) -> list[tuple[float, float]]:
    """Which stretches of a recording the report draws, `(start_s, end_s)` each."""
    start_s = choose_excerpts(reading, limit=1)[0]
    first = (start_s, start_s + STRIP_S)
    return [first, *long_recording.spans_s(reading)] if _is_long(reading) else [first]


def _pages(reading: Reading, source: Opened) -> Iterator[Figure]:
    page, rest = first_page(reading, source, source.person)
    yield page
    if _is_long(reading):
        yield long_recording.long_page(reading, source)
    while rest:
        page, rest = further_page(reading, rest)
        yield page


def _is_long(reading: Reading) -> bool:
    return words.is_readable(reading) and reading.duration_s >= long_recording.LEAST_LONG_S
