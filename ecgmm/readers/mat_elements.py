"""The data elements of MATLAB files of version 5: matrices of numbers and text, structures, cells.

Layout: "MAT-File Format", MathWorks (https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf).
Every length is held against the bytes that are there; SciPy's reader trusts the type of an element,
and a wrong one ends the process.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Value = NDArray[np.generic]

HEADER_BYTES = 128
_MATRIX, _COMPRESSED = 14, 15
_DATA_TYPES = {
    **{1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8"},
    **{12: "i8", 13: "u8", 16: "u1", 17: "u2", 18: "u4"},
}
"""Numbers, and text in UTF-8, UTF-16 and UTF-32."""
_ENCODINGS = {16: "utf-8", 17: "utf-16", 18: "utf-32"}
_CELL, _STRUCTURE, _TEXT = 1, 2, 4
_NUMBERS = range(6, 16)
_COMPLEX_FLAG = 0x0800
_PIECE_BYTES = 1_000_000
_DEEPEST = 4
"""A structure with cells of text is three deep."""
_MOST_FIELDS = 1000
_WORD = 8
"""Elements begin at multiples of it."""


class Elements:
    """The elements of one file.

    Args:
        content: the whole file.
        limit_bytes: what all of its compressed elements may unpack to.
    """

    def __init__(self, content: bytes, limit_bytes: int) -> None:
        self._order = "<" if content[126:128] == b"IM" else ">"
        self._content = content
        self._left_bytes = limit_bytes

    def variables(self) -> Iterator[tuple[str, Value | dict[str, Value]]]:
        """Name and value of each variable that is an array, a text or a structure of these.

        Raises:
            ValueError: where the bytes are not as the format has them.
            OverflowError: where they unpack to more than they may.
        """
        for kind, data in self._elements(self._content[HEADER_BYTES:], aligned=False):
            if kind == _COMPRESSED:
                for inner, unpacked in self._elements(self._unpacked(data)):
                    if inner == _MATRIX:
                        yield from self._variable(unpacked)
            elif kind == _MATRIX:
                yield from self._variable(data)

    def _unpacked(self, packed: bytes) -> bytes:
        packer, unpacked = zlib.decompressobj(), bytearray()
        try:
            while part := packer.decompress(packed, _PIECE_BYTES):
                packed = packer.unconsumed_tail
                unpacked += part
                self._left_bytes -= len(part)
                if self._left_bytes < 0:
                    raise OverflowError("unpacks to more than an ECG is")
        except zlib.error as error:
            raise ValueError(str(error)) from error
        return bytes(unpacked)

    def _elements(self, data: bytes, *, aligned: bool = True) -> Iterator[tuple[int, bytes]]:
        """Type and bytes of each element; a tag of eight bytes, or of four with up to four more."""
        at = 0
        while at + _WORD <= len(data):
            kind, length = struct.unpack_from(f"{self._order}2I", data, at)
            if kind >> 16:
                kind, length = kind & 0xFFFF, kind >> 16
                if length > 4:
                    raise ValueError("a small element of more than four bytes")
                yield kind, data[at + 4 : at + 4 + length]
                at += _WORD
                continue
            end = at + _WORD + length
            if end > len(data):
                raise ValueError("an element is cut off")
            yield kind, data[at + _WORD : end]
            at = end + (-end % _WORD if aligned else 0)

    def _variable(self, data: bytes) -> Iterator[tuple[str, Value | dict[str, Value]]]:
        name, value = self._matrix(data, 0)
        if value is not None:
            yield name, value

    def _matrix(self, data: bytes, depth: int) -> tuple[str, Value | dict[str, Value] | None]:
        """A matrix's name and value; None for what is no array, text or structure."""
        parts = self._elements(data)
        flags = self._numbers(next(parts, (6, b"")))
        shape = tuple(int(size) for size in self._numbers(next(parts, (5, b""))))
        name = next(parts, (1, b""))[1].decode("latin-1")
        if not len(flags) or len(shape) < 2 or min(shape) < 0 or depth > _DEEPEST:
            raise ValueError("a matrix without class or size")
        kind = int(flags[0]) & 0xFF
        if kind == _STRUCTURE and math.prod(shape) == 1:
            return name, self._structure(parts, depth)
        if kind == _CELL:
            return name, self._cell(parts, depth)
        if kind == _TEXT:
            return name, self._text(next(parts, (2, b"")))
        if kind in _NUMBERS and not int(flags[0]) & _COMPLEX_FLAG:
            values = self._numbers(next(parts, (9, b"")))
            if len(values) != math.prod(shape):
                raise ValueError(f"{len(values)} values for a size of {shape}")
            return name, values.reshape(shape, order="F")
        return name, None

    def _numbers(self, element: tuple[int, bytes]) -> Value:
        kind, data = element
        if kind not in _DATA_TYPES:
            raise ValueError(f"an element of type {kind} where numbers are expected")
        dtype = np.dtype(self._order + _DATA_TYPES[kind])
        return np.frombuffer(data[: len(data) // dtype.itemsize * dtype.itemsize], dtype)

    def _text(self, element: tuple[int, bytes]) -> Value:
        kind, data = element
        if kind in _ENCODINGS:
            order = {"<": "-le", ">": "-be"}[self._order] if kind != 16 else ""
            return np.array([data.decode(_ENCODINGS[kind] + order, errors="replace")])
        return np.array(["".join(chr(int(code) & 0xFFFF) for code in self._numbers(element))])

    def _structure(self, parts: Iterator[tuple[int, bytes]], depth: int) -> dict[str, Value]:
        """The fields of a structure that are arrays or texts."""
        width = self._numbers(next(parts, (5, b"")))
        names = next(parts, (1, b""))[1]
        if not len(width) or int(width[0]) < 1:
            raise ValueError("a structure without names")
        size = int(width[0])
        fields: dict[str, Value] = {}
        for start in range(0, min(len(names), size * _MOST_FIELDS), size):
            field = names[start : start + size].partition(b"\0")[0].decode("latin-1")
            kind, data = next(parts, (0, b""))
            value = self._matrix(data, depth + 1)[1] if kind == _MATRIX and data else None
            if isinstance(value, np.ndarray):
                fields[field] = value
        return fields

    def _cell(self, parts: Iterator[tuple[int, bytes]], depth: int) -> Value:
        """Texts of a cell array; empty where it holds anything else."""
        texts: list[str] = []
        for kind, data in parts:
            value = self._matrix(data, depth + 1)[1] if kind == _MATRIX and data else None
            if not isinstance(value, np.ndarray) or value.dtype.kind != "U":
                return np.empty(0, "U1")
            texts.append(str(value[0]))
        return np.array(texts, np.str_)
