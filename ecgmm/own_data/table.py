"""`labels.csv` as rows that know their line; what is wrong with the table as such."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ecgmm.errors import InputError

LABELS_NAME = "labels.csv"
MAX_TABLE_BYTES = 200_000_000
"""Four million beats in lines of 50 characters."""
REQUIRED = ("file", "patient", "label")
OPTIONAL = ("time_s", "unit", "sampling_rate_hz")


@dataclass(frozen=True)
class Fault:
    """Something wrong in a folder.

    Attributes:
        message: what, in words.
        line: of `labels.csv`, where it is in one.
        file: as the table names it, where it is in one.
    """

    message: str
    line: int | None = None
    file: str = ""

    def __str__(self) -> str:
        where = [f"{LABELS_NAME}, line {self.line}"] * (self.line is not None)
        return ": ".join([*where, *[self.file] * bool(self.file), self.message])


@dataclass(frozen=True)
class Row:
    """One row of the table, its fields without the spaces around them.

    Attributes:
        line: where it stands in the file; the header is line 1.
        fields: text by column; `""` where the row ends early.
    """

    line: int
    fields: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.fields.get(column, "")


def read_table(folder: Path) -> tuple[list[Row], list[Fault]]:
    """Read `labels.csv`; commas, semicolons or tabs part its columns.

    Returns:
        Its rows, without empty ones, and a fault for each row that has too many fields.

    Raises:
        InputError: `no_labels` when there is no table or it lacks a column, `too_large`.
    """
    path = folder / LABELS_NAME
    if not path.is_file():
        raise InputError(
            "no_labels", f"{path}: no such table; its columns are {', '.join(REQUIRED)}."
        )
    if path.stat().st_size > MAX_TABLE_BYTES:
        raise InputError("too_large", f"{path}: more than {MAX_TABLE_BYTES} bytes.")
    rows, faults = [], []
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = csv.reader(file, delimiter=_delimiter(file.readline()), skipinitialspace=True)
        file.seek(0)
        columns = _columns(next(lines, []), path)
        for fields in lines:
            if not any(field.strip() for field in fields):
                continue
            if len(fields) > len(columns):
                message = f"Expected {len(columns)} fields. Received {len(fields)}."
                faults.append(Fault(message, lines.line_num))
                continue
            texts = (field.strip() for field in fields)
            rows.append(Row(lines.line_num, dict(zip(columns, texts, strict=False))))
    return rows, faults


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def _columns(header: Sequence[str], path: Path) -> list[str]:
    columns = [name.strip().lower() for name in header]
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise InputError(
            "no_labels",
            f"{path}: has no column {', '.join(missing)}. Its columns are {', '.join(REQUIRED)}, "
            f"and where needed {', '.join(OPTIONAL)}.",
        )
    return columns
