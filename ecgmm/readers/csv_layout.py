"""How a text file lays out its table of numbers: found from its first lines."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SNIFFED_BYTES = 65_536
"""Comments, header and some hundred rows; no more is read before the format is known."""
MAX_COLUMNS = 256
"""64 leads, each with a time or a mark of its own, and as many again."""
MISSING_VALUES = ("", "nan", "na", "n/a", "null", "none", "-", "--")

SINGLE_COLUMN = "\x1f"
"""The delimiter of a table that has none: the unit separator, which no text uses."""

_SNIFFED_ROWS = 50
"""Each dialect is tried on them: a row more tells nothing new."""
_NUMERIC_SHARE = 0.9
"""One field in ten may be a word, such as "error": it is told when the table is read."""
_MOST_HEADER_LINES = 2
"""Names, and units below them."""
_QUOTES = " '\"\t"
_LINE_END = re.compile(r"\r\n|\n|\r")
_COMMENT = re.compile(r"^\s*#\s*(?P<key>[^:=]+?)\s*[:=]\s*(?P<value>.+?)\s*$")
_DIALECTS = (
    (";", "."),
    (";", ","),
    ("\t", "."),
    ("\t", ","),
    (",", "."),
    (SINGLE_COLUMN, "."),
    (SINGLE_COLUMN, ","),
)
"""Delimiter and decimal sign; the first that finds the most columns of numbers is taken."""


@dataclass(frozen=True)
class CsvLayout:
    """The layout of one table.

    Attributes:
        encoding: how its text is encoded.
        delimiter: what stands between two fields.
        decimal: the decimal sign.
        lines_before_rows: lines before the first row of numbers.
        names: name of each column, without quotes; empty where there is none.
        units: unit of each column from a line of units; empty where there is none.
        numeric_columns: indices of the columns that hold numbers.
        comments: what `# key: value` lines say, keys in lower case with underscores.
    """

    encoding: str
    delimiter: str
    decimal: str
    lines_before_rows: int
    names: tuple[str, ...]
    units: tuple[str, ...]
    numeric_columns: tuple[int, ...]
    comments: dict[str, str]


def sniff_csv(path: Path) -> CsvLayout | None:
    """Find the layout of a table of numbers.

    Args:
        path: any file; only its first 64 KiB are read.

    Returns:
        The layout, or None when the file is no text with at least two rows of numbers.
    """
    with path.open("rb") as file:
        head = file.read(SNIFFED_BYTES)
    encoding = _encoding(head)
    if encoding is None:
        return None
    lines = _LINE_END.split(head.decode(encoding, errors="ignore"))
    if len(head) == SNIFFED_BYTES:
        lines = lines[:-1]
    first = next((i for i, line in enumerate(lines) if line.strip() and not _is_comment(line)), 0)
    fitting = [
        layout
        for delimiter, decimal in _DIALECTS
        if (layout := _layout(lines, first, encoding, delimiter, decimal)) is not None
    ]
    return max(fitting, key=lambda layout: len(layout.numeric_columns), default=None)


def _encoding(head: bytes) -> str | None:
    if not head.strip() or b"\0" in head:
        return None
    complete_lines = head.rpartition(b"\n")[0] if len(head) == SNIFFED_BYTES else head
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            complete_lines.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return None


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _layout(
    lines: Sequence[str], first: int, encoding: str, delimiter: str, decimal: str
) -> CsvLayout | None:
    """The layout under one dialect, or None when the lines do not fit it."""
    rows = [_fields(line, delimiter) for line in lines[first : first + _SNIFFED_ROWS]]
    header_lines = next(
        (i for i, row in enumerate(rows) if any(_is_number(field, decimal) for field in row)), None
    )
    if header_lines is None or header_lines > _MOST_HEADER_LINES:
        return None
    header, data = rows[:header_lines], [row for row in rows[header_lines:] if any(row)]
    width = len(header[0]) if header else len(data[0])
    numeric = _numeric_columns(data, width, decimal)
    if len(data) < 2 or not 1 <= width <= MAX_COLUMNS or len(data[0]) > width or not numeric:
        return None
    names, units, *_ = [*header, (), ()]
    return CsvLayout(
        encoding=encoding,
        delimiter=delimiter,
        decimal=decimal,
        lines_before_rows=first + header_lines,
        names=_padded(names, width),
        units=_padded(units, width),
        numeric_columns=numeric,
        comments=_comments(lines[:first]),
    )


def _fields(line: str, delimiter: str) -> tuple[str, ...]:
    """The fields of a line; a delimiter at its end begins no field."""
    if not line.strip():
        return ()
    fields = [field.strip(_QUOTES) for field in next(csv.reader([line], delimiter=delimiter))]
    return tuple(fields if fields[-1] else fields[:-1])


def _is_number(field: str, decimal: str) -> bool:
    if "_" in field or (decimal == "," and "." in field):
        return False
    try:
        float(field.replace(decimal, "."))
    except ValueError:
        return False
    return field.lower() not in MISSING_VALUES


def _numeric_columns(rows: Sequence[Sequence[str]], width: int, decimal: str) -> tuple[int, ...]:
    """Columns whose stated values are numbers, nearly all of them, and not none."""
    numeric = []
    for column in range(width):
        values = [row[column] for row in rows if column < len(row)]
        stated = [value for value in values if value.lower() not in MISSING_VALUES]
        numbers = sum(_is_number(value, decimal) for value in stated)
        if numbers and numbers >= _NUMERIC_SHARE * len(stated):
            numeric.append(column)
    return tuple(numeric)


def _padded(fields: Sequence[str], width: int) -> tuple[str, ...]:
    return (*fields, *[""] * width)[:width]


def _comments(lines: Sequence[str]) -> dict[str, str]:
    found = [match for line in lines if (match := _COMMENT.match(line))]
    return {re.sub(r"\W+", "_", match["key"].lower()).strip("_"): match["value"] for match in found}
