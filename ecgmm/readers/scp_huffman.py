"""The Huffman code of SCP-ECG (EN 1064:2020, section 2 and annex C)."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DEFAULT_TABLE_MARK = 19999
"""Stands in section 2 for the table of the standard."""
_MAX_PREFIX_BITS = 16
"""The standard's table has ten; a lookup of 65536 places is built for the longest."""
_MAX_VALUE_BITS = 32
"""The standard's table has 16."""
_ROW = struct.Struct("<BBBhI")


@dataclass(frozen=True)
class CodeRow:
    """One row of a table.

    Attributes:
        prefix_bits: length of the code.
        total_bits: with the bits behind it that hold the value itself.
        stays: whether the next code is of the same table.
        value: what the code says; the number of the next table where it does not stay.
        code: its bits, the first of them the lowest.
    """

    prefix_bits: int
    total_bits: int
    stays: bool
    value: int
    code: int


def default_table() -> list[CodeRow]:
    """The standard's table: 0, 1, -1 ... 8, -8, then numbers of 8 and of 16 bits."""
    rows = [CodeRow(1, 1, True, 0, 0)]
    for value in range(1, 9):
        bits = value + 2
        ones = (1 << value) - 1
        rows.append(CodeRow(bits, bits, True, value, ones))
        rows.append(CodeRow(bits, bits, True, -value, ones | 1 << (bits - 1)))
    return [*rows, CodeRow(10, 18, True, 0, 511), CodeRow(10, 26, True, 0, 1023)]


def read_tables(content: bytes) -> list[list[CodeRow]]:
    """The tables of section 2.

    Args:
        content: of the section, behind its header.

    Raises:
        ValueError: when it is cut off or no table at all.
    """
    try:
        (count,) = struct.unpack_from("<H", content)
        if count == DEFAULT_TABLE_MARK:
            return [default_table()]
        tables, place = [], 2
        for _ in range(count):
            (rows,) = struct.unpack_from("<H", content, place)
            place += 2
            tables.append([_row(content, place + _ROW.size * row) for row in range(rows)])
            place += _ROW.size * rows
    except struct.error as error:
        raise ValueError("its Huffman tables are cut off") from error
    if not tables:
        raise ValueError("it names no Huffman table")
    return tables


def decode(content: bytes, tables: Sequence[Sequence[CodeRow]], count: int) -> NDArray[np.int64]:
    """The first `count` numbers of a bit stream.

    Raises:
        ValueError: when the stream ends early or holds a code that is in no table.
    """
    lookups = [_lookup(table) for table in tables]
    bits = np.unpackbits(np.frombuffer(content, np.uint8))
    text = (bits + ord("0")).tobytes().decode()
    ahead = _bits_ahead(bits)
    values = np.empty(min(count, len(bits)), np.int64)
    lookup, place, found = lookups[0], 0, 0
    while found < count:
        row = lookup[ahead[place]] if place < len(bits) else None
        end = place + row.total_bits if row is not None else 0
        if row is None or end > len(bits):
            raise ValueError(f"a lead ends after {found} of {count} samples")
        if not row.stays:
            if not 1 <= row.value <= len(lookups):
                raise ValueError("a Huffman code leads to a table that is not there")
            lookup = lookups[row.value - 1]
        else:
            values[found] = _value(row, text[place + row.prefix_bits : end])
            found += 1
        place = end
    return values


def _row(content: bytes, place: int) -> CodeRow:
    prefix_bits, total_bits, stays, value, code = _ROW.unpack_from(content, place)
    if not 1 <= prefix_bits <= min(total_bits, _MAX_PREFIX_BITS):
        raise ValueError(f"a Huffman code of {prefix_bits} bits")
    if total_bits - prefix_bits > _MAX_VALUE_BITS:
        raise ValueError(f"a number of {total_bits - prefix_bits} bits")
    return CodeRow(prefix_bits, total_bits, stays != 0, value, code)


def _lookup(table: Sequence[CodeRow]) -> list[CodeRow | None]:
    """The row that each 16 bits begin with."""
    rows: list[CodeRow | None] = [None] * (1 << _MAX_PREFIX_BITS)
    for row in table:
        first_bit_lowest = format(row.code, "b").zfill(row.prefix_bits)[::-1][: row.prefix_bits]
        free = _MAX_PREFIX_BITS - row.prefix_bits
        start = int(first_bit_lowest, 2) << free
        rows[start : start + (1 << free)] = [row] * (1 << free)
    return rows


def _bits_ahead(bits: NDArray[np.uint8]) -> list[int]:
    """The number that the 16 bits from each place on make."""
    padded = np.concatenate([bits, np.zeros(_MAX_PREFIX_BITS, np.uint8)])
    ahead = np.zeros(len(bits), np.uint16)
    for bit in range(_MAX_PREFIX_BITS):
        ahead = ahead << 1 | padded[bit : bit + len(bits)]
    numbers: list[int] = ahead.tolist()
    return numbers


def _value(row: CodeRow, behind: str) -> int:
    """The row's value, or the signed number in the bits behind its code."""
    if not behind:
        return row.value
    number = int(behind, 2)
    return number - (1 << len(behind)) if behind[0] == "1" else number
