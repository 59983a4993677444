"""A format that is known and not read is refused by its own name."""

from pathlib import Path

import pytest

from ecgmm.errors import InputError
from ecgmm.readers.route import read_input


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"GDF 2.20", "GDF"),
        (b"ARROW1\0\0", "Feather"),
        (b"\x0e\x10\x5d\x08\0\0\0\0.FIT", "Garmin FIT"),
        (b"PK\x03\x04", "ZIP"),
        (b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml", "Excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel"),
        (b"XDF:", "XDF"),
        (b"Brain Vision Data Exchange Header File", "BrainVision"),
        (b"\x40\x20MFR ", "MFER"),
        (b"MSH|^~\\&|", "HL7 version 2"),
        (b"\x80\x04\x95", "pickle"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"\x1f\x8b\x08", "gzip"),
    ],
)
def test_the_refusal_names_the_format(tmp_path: Path, head: bytes, name: str) -> None:
    path = tmp_path / "recording"
    path.write_bytes(head + bytes(600))
    with pytest.raises(InputError, match=f"{name}.*not read") as refused:
        read_input(path)
    assert refused.value.code == "unknown_format"
