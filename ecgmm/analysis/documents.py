"""The reading of a document out of those of its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ecgmm.analysis import words
from ecgmm.analysis.reading import Reading


def document_reading(pages: Sequence[Reading], faults: Sequence[str] = ()) -> Reading:
    """One reading for a document: that of its first page with an ECG, which holds the others.

    Args:
        pages: the readings of its pages, in order; at least one.
        faults: what of the document was not read.

    Returns:
        The reading of the first page that could be read, otherwise of the first that shows an ECG,
        otherwise of the first. Each page has its number and says so where there is no ECG on it.
    """
    numbered = [_numbered(reading, number) for number, reading in enumerate(pages, 1)]
    first = max(numbered, key=lambda reading: (words.is_readable(reading), reading.shows_ecg))
    return replace(
        first,
        other_pages=tuple(reading for reading in numbered if reading is not first),
        quality=replace(first.quality, reasons=(*first.quality.reasons, *faults)),
    )


def _numbered(reading: Reading, number: int) -> Reading:
    if reading.shows_ecg:
        return replace(reading, page=number)
    reasons = (f"No ECG on page {number}.", *reading.quality.reasons)
    return replace(reading, page=number, quality=replace(reading.quality, reasons=reasons))
