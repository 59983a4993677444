"""A reading for the systems of German practices: GDT 2.1, record type 6310.

"Geräte-Daten-Träger", Qualitätsring Medizinische Software, version 2.1: a line is three digits of
its own length with the line end, four digits of the field, and the content; field 8100 has the
length of the whole. The patient (3000 and others) is left to the receiving system.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from ecgmm.analysis.reading import Reading
from ecgmm.writers.clinical import LONGEST_SIGNAL_S, conclusion, measured

_CHARSET = "iso-8859-1"
_LONGEST_TEXT = 60
"""Of a line of findings or comments."""
_RECORD_TYPE, _VERSION, _CHARSET_CODE, _SENDER = "6310", "02.10", "3", "ECGMM___"
"""Data of an examination; GDT 2.1; ISO 8859-1; identifiers of systems have eight characters."""
_RESTING_ECG, _LONG_TERM_ECG = "EKG01", "EKG04"
_UNITS = {"deg": "Grad"}


def reading_gdt(reading: Reading) -> bytes:
    """The record: measurements with their units, then the conclusion and a line a finding.

    What is unreadable has no measurements and no findings.
    """
    lines = [_line(field, content) for field, content in _fields(reading)]
    length_line = len(_line("8100", "00000"))
    total = sum(map(len, lines)) + length_line
    return b"".join([lines[0], _line("8100", f"{total:05d}"), *lines[1:]])


def _fields(reading: Reading) -> Iterator[tuple[str, str]]:
    is_long = reading.duration_s > LONGEST_SIGNAL_S
    yield "8000", _RECORD_TYPE
    yield "8316", _SENDER
    yield "9206", _CHARSET_CODE
    yield "9218", _VERSION
    yield "8402", _LONG_TERM_ECG if is_long else _RESTING_ECG
    for text in textwrap.wrap(conclusion(reading), _LONGEST_TEXT):
        yield "6220", text
    if reading.summary.verdict != "unreadable":
        for finding in reading.findings:
            for text in textwrap.wrap(finding.text, _LONGEST_TEXT):
                yield "6227", text
    for quantity, value in measured(reading):
        code, words = quantity.gdt
        yield "8410", code
        yield "8411", words
        yield "8420", f"{value:g}"
        yield "8421", _UNITS.get(quantity.unit, quantity.unit)


def _line(field: str, content: str) -> bytes:
    body = field.encode() + content.encode(_CHARSET, errors="replace") + b"\r\n"
    return b"%03d%b" % (len(body) + 3, body)
