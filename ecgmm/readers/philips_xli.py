"""XLI, the compression of Philips ECGs: second differences, split into bytes, packed by LZW.

Layout as documented by the Sierra ECG Tools
(https://github.com/sixlettervariables/sierra-ecg-tools/wiki): for each lead a chunk of an 8-byte
header (int32 size of what follows, 2 bytes unused, int16 start value) and 10-bit LZW codes, most
significant bit first, whose dictionary is no longer extended once it is full. They unpack to the
high bytes of all numbers followed by their low bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_HEADER = struct.Struct("<i2xh")
_CODE_BITS = 10
"""Sierra ECG Tools."""
_LAST_CODE = (1 << _CODE_BITS) - 2
"""The dictionary is full then."""
_BIAS = 64
"""Of the second differences."""


class XliError(ValueError):
    """Bytes that no Philips cardiograph has written."""


def unpack_leads(packed: bytes, leads: int, samples: int) -> list[NDArray[np.int16]]:
    """Unpack the first leads of a block; the others are calibration marks.

    Args:
        packed: the whole block.
        leads: how many leads to unpack.
        samples: samples that a lead has.

    Returns:
        `[samples]` for each lead.

    Raises:
        XliError: when the block is cut off or packs anything but `samples` samples a lead.
    """
    return [_unpack_lead(start, codes, samples) for start, codes in _chunks(packed, leads)]


def _chunks(packed: bytes, leads: int) -> Iterator[tuple[int, bytes]]:
    """Start value and codes of each lead."""
    offset = 0
    for lead in range(leads):
        if offset + _HEADER.size > len(packed):
            raise XliError(f"{lead} of {leads} leads, then it is cut off")
        size, start = _HEADER.unpack_from(packed, offset)
        offset += _HEADER.size
        if not 0 < size <= len(packed) - offset:
            raise XliError(f"lead {lead + 1} claims {size} bytes")
        yield start, packed[offset : offset + size]
        offset += size


def _unpack_lead(start: int, codes: bytes, samples: int) -> NDArray[np.int16]:
    unpacked = _unpack_lzw(codes, 2 * samples)
    high, low = np.frombuffer(unpacked, np.uint8).reshape(2, samples).astype(np.uint16)
    differences = ((high << 8) | low).view(np.int16).astype(np.int64)
    return _integrated(differences, start)


def _integrated(differences: NDArray[np.int64], start: int) -> NDArray[np.int16]:
    """Undo `z = 2 y - x - last`: the first two numbers are samples, the others differences."""
    if len(differences) > 2:
        lags = np.concatenate(([start], differences[2:-1] - _BIAS))
        steps = np.cumsum(-lags) + (differences[1] - differences[0])
        differences = np.concatenate((differences[:2], differences[1] + np.cumsum(steps)))
    return differences.astype(np.int16)


def _unpack_lzw(codes: bytes, wanted: int) -> bytes:
    """The first `wanted` bytes that the codes stand for."""
    strings = [bytes([value]) for value in range(256)]
    unpacked = bytearray()
    previous = b""
    for code in _ten_bit_codes(codes):
        if code > _LAST_CODE or code > len(strings) or (code == len(strings) and not previous):
            break
        string = strings[code] if code < len(strings) else previous + previous[:1]
        if previous and len(strings) <= _LAST_CODE:
            strings.append(previous + string[:1])
        unpacked += string
        previous = string
        if len(unpacked) >= wanted:
            return bytes(unpacked[:wanted])
    raise XliError(f"a lead of {len(unpacked) // 2} samples, where {wanted // 2} are expected")


def _ten_bit_codes(packed: bytes) -> list[int]:
    bits = np.unpackbits(np.frombuffer(packed, np.uint8))
    whole = bits[: len(bits) // _CODE_BITS * _CODE_BITS].reshape(-1, _CODE_BITS)
    return (whole @ (1 << np.arange(_CODE_BITS - 1, -1, -1))).tolist()
