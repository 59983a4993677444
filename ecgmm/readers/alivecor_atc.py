"""AliveCor `.atc` files: what a Kardia records.

Layout: ATC File Format Specification 1.7
(https://github.com/alivecor/ATCpy/blob/master/docs/ATC%20Spec%201.7.md): a signature, a version,
then blocks of an identifier, a length, data and a checksum. Amplitudes are in nanovolts a step.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.readers.limits import check_sampling_rate
from ecgmm.readers.stored_leads import StoredLead, to_recording
from ecgmm.recording import Annotations, Recording

SIGNATURE = b"ALIVE\0\0\0"
_FIRST_BLOCK = len(SIGNATURE) + 4
_UINT32 = struct.Struct("<I")
_FORMAT = struct.Struct("<BHH")
_SIXTEEN_BIT = 1
"""The only format of samples that AliveCor's specification knows."""
_UNIT = "nV"
_LEAD_OF_BLOCK = {
    b"ecg ": "I",
    b"ecg2": "II",
    b"ecg3": "III",
    b"ecg4": "aVR",
    b"ecg5": "aVL",
    b"ecg6": "aVF",
    b"ecg7": "V1",
    b"ecg8": "V2",
    b"ecg9": "V3",
    b"ecga": "V4",
    b"ecgb": "V5",
    b"ecgc": "V6",
}
_ANNOTATION = np.dtype([("tick", "<u4"), ("type", "<u2")])
_SYMBOL_OF_TYPE = {0: "Q", 1: "N", 2: "V", 3: "A", 4: "F", 5: "J", 6: "/"}


def read_atc(path: Path) -> Recording:
    """Read a Kardia recording with the beats that the recorder marked.

    Args:
        path: a file that begins with `ALIVE`.

    Returns:
        Its leads in millivolts.

    Raises:
        InputError: `damaged` when a block is cut off or its checksum is wrong.
    """
    blocks = dict(_blocks(path.read_bytes(), path.name))
    if len(blocks.get(b"fmt ", b"")) < _FORMAT.size:
        raise InputError("damaged", f"{path.name}: does not state the format of its samples.")
    sample_format, rate_hz, nanovolts = _FORMAT.unpack_from(blocks[b"fmt "])
    if sample_format != _SIXTEEN_BIT:
        raise InputError(
            "unknown_format",
            f"{path.name}: Expected samples of format {_SIXTEEN_BIT}. Received {sample_format}.",
        )
    check_sampling_rate(rate_hz, path.name)
    leads = [
        StoredLead(name, _samples(blocks[block]), nanovolts, _UNIT)
        for block, name in _LEAD_OF_BLOCK.items()
        if block in blocks
    ]
    beats = _annotations(blocks.get(b"ann ", b""), rate_hz)
    return to_recording(leads, float(rate_hz), path.stem, beats)


def _blocks(stored: bytes, name: str) -> Iterator[tuple[bytes, bytes]]:
    """Identifier and data of each block, in the file's order."""
    offset = _FIRST_BLOCK
    while offset < len(stored):
        header = stored[offset : offset + 8]
        data_end = offset + 8 + (_UINT32.unpack_from(header, 4)[0] if len(header) == 8 else 0)
        checksum = stored[data_end : data_end + 4]
        if len(header) < 8 or len(checksum) < 4:
            raise InputError("damaged", f"{name}: is cut off; copy it once more.")
        if _UINT32.unpack(checksum)[0] not in _checksums(stored[offset:data_end]):
            raise InputError("damaged", f"{name}: a checksum is wrong; copy it once more.")
        yield header[:4], stored[offset + 8 : data_end]
        offset = data_end + 4


def _samples(block: bytes) -> NDArray[np.int16]:
    return np.frombuffer(block, "<i2", len(block) // 2)


def _checksums(block: bytes) -> tuple[int, int]:
    """AliveCor's own software adds the bytes up; its specification speaks of CRC-32."""
    total = int(np.frombuffer(block, np.uint8).sum(dtype=np.uint64))
    return total & 0xFFFFFFFF, zlib.crc32(block)


def _annotations(block: bytes, rate_hz: int) -> Annotations | None:
    if len(block) < 4 + _ANNOTATION.itemsize:
        return None
    ticks_per_s = _UINT32.unpack_from(block)[0] or rate_hz
    marks = np.frombuffer(block, _ANNOTATION, (len(block) - 4) // _ANNOTATION.itemsize, 4)
    known = np.sort(marks[np.isin(marks["type"], list(_SYMBOL_OF_TYPE))], order="tick")
    return Annotations(
        beat_samples=np.round(known["tick"] * (rate_hz / ticks_per_s)).astype(np.int64),
        beat_symbols=tuple(_SYMBOL_OF_TYPE[int(mark)] for mark in known["type"]),
    )
