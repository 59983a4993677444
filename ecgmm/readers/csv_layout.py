"""How a text file lays out its table of numbers: found from its first lines."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ecgmm.readers.csv_clock import is_clock
from ecgmm.readers.csv_statements import comments, is_comment
from ecgmm.readers.text_exports import (
    Preamble,
    find_preamble,
    named_as_usual,
    openbci_names,
    without_gui_columns,
)

SNIFFED_BYTES = 65_536
"""Comments, header and some hundred rows; no more is read before the format is known."""
MAX_COLUMNS = 256
"""64 leads, each with a time or a mark of its own, and as many again."""
MISSING_VALUES = ("", "nan", "na", "n/a", "null", "none", "-", "--")

SINGLE_COLUMN = "\x1f"
"""The delimiter of a table that has none: the unit separator, which no text uses."""

WHITESPACE = r"\s+"
"""The delimiter of columns that are set with spaces, as `rdsamp` prints them."""

_LONGEST_LINE = 4096
"""Of a row: 64 columns of 60 characters."""
_FEWEST_BYTES = 32
"""UTF-16 without a mark: so many bytes in which every other one is zero, and no more, are text."""
_SNIFFED_ROWS = 50
"""Each dialect is tried on them: a row more tells nothing new."""
_FITTING_SHARE = 0.9
"""One field in ten may be a word, such as "error": it is told when the table is read."""
_MOST_HEADER_LINES = 2
"""Names, and units below them."""
_QUOTES = " '\"\t"
_LINE_END = re.compile(r"\r\n|\n|\r")
_SEPARATOR_LINE = re.compile(r"""^"?sep=.?"?$""")
"""Tells Excel which delimiter follows."""
_WIDE_SPACE = re.compile(r"\s{2,}|\t")
_DIALECTS = (
    (";", "."),
    (";", ","),
    ("\t", "."),
    ("\t", ","),
    (",", "."),
    (SINGLE_COLUMN, "."),
    (SINGLE_COLUMN, ","),
    ("|", "."),
    (WHITESPACE, "."),
    (WHITESPACE, ","),
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
        clock_columns: indices of the columns that hold times with colons.
        ends_with_delimiter: whether rows do, as if a further column began.
        comments: what `# key: value` lines say, keys in lower case with underscores.
    """

    encoding: str
    delimiter: str
    decimal: str
    lines_before_rows: int
    names: tuple[str, ...]
    units: tuple[str, ...]
    numeric_columns: tuple[int, ...]
    clock_columns: tuple[int, ...]
    ends_with_delimiter: bool
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
    first = next((i for i, line in enumerate(lines) if line.strip() and not _is_aside(line)), 0)
    preamble = find_preamble(lines[first:])
    fitting = [
        layout
        for delimiter, decimal in _DIALECTS
        if (layout := _layout(lines, first, preamble, encoding, delimiter, decimal)) is not None
    ]
    return max(fitting, key=lambda layout: len(layout.numeric_columns), default=None)


def rows_before_text(path: Path, layout: CsvLayout) -> int | None:
    """How many rows stand above the first line that has no number; None without such a line.

    Below a table may stand a remark, or the head of a second one.
    """
    rows = 0
    with path.open(encoding=layout.encoding, errors="replace", newline=None) as file:
        for number, line in enumerate(file):
            if number < layout.lines_before_rows or not line.strip():
                continue
            fields = _fields(line[:_LONGEST_LINE], layout.delimiter)
            is_row = any(_is_number(field, layout.decimal) or is_clock(field) for field in fields)
            if not is_row and not all(field.lower() in MISSING_VALUES for field in fields):
                return rows or None
            rows += 1
    return None


def _encoding(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = head[:_FEWEST_BYTES]
    if len(start) == _FEWEST_BYTES and all(start[::2]) and not any(start[1::2]):
        return "utf-16-le"
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


def _is_aside(line: str) -> bool:
    return is_comment(line) or bool(_SEPARATOR_LINE.match(line))


def _layout(
    lines: Sequence[str],
    first: int,
    preamble: Preamble | None,
    encoding: str,
    delimiter: str,
    decimal: str,
) -> CsvLayout | None:
    """The layout under one dialect, or None when the lines do not fit it."""
    stated = comments(lines[:first])
    if preamble is not None:
        first += preamble.lines
        stated |= preamble.statements
    rows = [_fields(line, delimiter) for line in lines[first : first + _SNIFFED_ROWS]]
    header_lines = next(
        (i for i, row in enumerate(rows) if any(_is_number(field, decimal) for field in row)), None
    )
    if header_lines is None or header_lines > _MOST_HEADER_LINES:
        return None
    header, data = rows[:header_lines], [row for row in rows[header_lines:] if any(row)]
    if preamble is not None and preamble.names:
        header = [preamble.names, preamble.units]
    if delimiter == WHITESPACE and header and data:
        header = [_names_apart(names, lines[first + i], data) for i, names in enumerate(header)]
    width = len(header[0]) if header else len(data[0])
    numeric = _columns_of(data, width, lambda field: _is_number(field, decimal))
    if len(data) < 2 or not 1 <= width <= MAX_COLUMNS or len(data[0]) > width or not numeric:
        return None
    if not header:
        header = [openbci_names(lines[:first], width)]
    names, units = (*header, (), ())[:2]
    others, unit = without_gui_columns(lines, list(names))
    return CsvLayout(
        encoding=encoding,
        delimiter=delimiter,
        decimal=decimal,
        lines_before_rows=first + header_lines,
        names=_padded(named_as_usual(names), width),
        units=_padded([unit.strip("()[]") for unit in units], width),
        numeric_columns=tuple(column for column in numeric if column not in others),
        clock_columns=_columns_of(data, width, is_clock),
        ends_with_delimiter=lines[first + header_lines].endswith(delimiter),
        comments=stated | ({"unit": unit} if unit else {}),
    )


def _fields(line: str, delimiter: str) -> tuple[str, ...]:
    """The fields of a line; a delimiter at its end begins no field."""
    if not line.strip():
        return ()
    if delimiter == WHITESPACE:
        is_header = any(letter.isalpha() for letter in line)
        return tuple(_WIDE_SPACE.split(line.strip()) if is_header else line.split())
    fields = [field.strip(_QUOTES) for field in next(csv.reader([line], delimiter=delimiter))]
    return tuple(fields if fields[-1] else fields[:-1])


def _names_apart(
    names: tuple[str, ...], line: str, data: Sequence[Sequence[str]]
) -> tuple[str, ...]:
    """Names that single spaces part, where wide ones give fewer than there are columns."""
    single = tuple(line.split())
    return single if len(names) < len(data[0]) == len(single) else names


def _is_number(field: str, decimal: str) -> bool:
    if "_" in field or (decimal == "," and "." in field):
        return False
    try:
        float(field.replace(decimal, "."))
    except ValueError:
        return False
    return field.lower() not in MISSING_VALUES


def _columns_of(
    rows: Sequence[Sequence[str]], width: int, is_one: Callable[[str], bool]
) -> tuple[int, ...]:
    """Columns whose stated values are of a kind, nearly all of them, and not none."""
    found = []
    for column in range(width):
        values = [row[column] for row in rows if column < len(row)]
        stated = [value for value in values if value.lower() not in MISSING_VALUES]
        fitting = sum(is_one(value) for value in stated)
        if fitting and fitting >= _FITTING_SHARE * len(stated):
            found.append(column)
    return tuple(found)


def _padded(fields: Sequence[str], width: int) -> tuple[str, ...]:
    return (*fields, *[""] * width)[:width]
