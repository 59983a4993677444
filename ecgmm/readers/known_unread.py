"""Formats that are known by their first bytes and are not read: refused by name, with a way out."""

from __future__ import annotations

_AS_EDF = "save it as EDF"
_AS_CSV = "save the signal as CSV, with its unit and sampling rate"
_SIGNATURES: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"GDF ", "a GDF file", _AS_EDF),
    (0, b"ARROW1", "a Feather file", "save it as Parquet"),
    (8, b".FIT", "a Garmin FIT file", _AS_CSV),
    (0, b"PK\x03\x04", "a ZIP archive", "name a file in it, as in archive.zip/heart.edf"),
    (0, b"\x1f\x8b\x08", "a gzip file", "unpack it"),
)
"""Where the bytes stand, the bytes, the name, and what to do."""


def unread_format(head: bytes) -> tuple[str, str] | None:
    """Name of the format and what to do with the file; None for one that is not known."""
    for place, signature, name, advice in _SIGNATURES:
        if head[place:].startswith(signature):
            return name, advice
    return None
