"""Formats that are known by their first bytes and are not read: refused by name, with a way out."""

from __future__ import annotations

_AS_EDF = "save it as EDF"
_AS_CSV = "save the signal as CSV, with its unit and sampling rate"
_AS_ITS_PROGRAM = "export it as text or EDF from the program that wrote it"
_UNPACKED = "unpack it"
_SIGNATURES: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"GDF ", "a GDF file", _AS_EDF),
    (0, b"ARROW1", "a Feather file", "save it as Parquet"),
    (0, b"FEA1", "a Feather file", "save it as Parquet"),
    (8, b".FIT", "a Garmin FIT file", "export the report of the ECG as PDF from Garmin Connect"),
    (0, b"XDF:", "an XDF file", _AS_EDF),
    (0, b"Brain Vision", "a BrainVision header", _AS_EDF),
    (0, b"Version 3.0", "a Neuroscan CNT file", _AS_EDF),
    (0, b"TDSm", "a LabVIEW TDMS file", _AS_CSV),
    (0, b"ABF ", "an Axon ABF file", _AS_CSV),
    (0, b"ABF2", "an Axon ABF file", _AS_CSV),
    (0, b"CFWB", "a LabChart binary file", _AS_ITS_PROGRAM),
    (2, b"(C) CED 87", "a Spike2 file", _AS_ITS_PROGRAM),
    (2, b"MFR ", "an MFER file", _AS_ITS_PROGRAM),
    (0, b"MSH|", "an HL7 version 2 message", _AS_ITS_PROGRAM),
    (8, b"WAVE", "a sound file (WAV)", _AS_CSV),
    (30, b"[Content_Types].xml", "an Excel or Word document", _AS_CSV),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word document", _AS_CSV),
    (0, b"SQLite format 3\0", "an SQLite database", _AS_CSV),
    (0, b"\x80\x04\x95", "a Python pickle, which is a program", "save its array as .npz"),
    (0, b"PK\x03\x04", "a ZIP archive", "name a file in it, as in archive.zip/heart.edf"),
    (0, b"\x1f\x8b\x08", "a gzip file", _UNPACKED),
    (0, b"BZh", "a bzip2 file", _UNPACKED),
    (0, b"\xfd7zXZ\0", "an xz file", _UNPACKED),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACKED),
    (0, b"Rar!\x1a\x07", "a RAR archive", _UNPACKED),
)
"""Where the bytes stand, the bytes, the name, and what to do."""


def unread_format(head: bytes) -> tuple[str, str] | None:
    """Name of the format and what to do with the file; None for one that is not known."""
    for place, signature, name, advice in _SIGNATURES:
        if head[place:].startswith(signature):
            return name, advice
    return None
