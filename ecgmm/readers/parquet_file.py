"""Parquet tables, read with PyArrow: the columns mean what those of a CSV file do."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError, InputWarning
from ecgmm.readers.csv_clock import Clock, best_clock, epoch_unit_s
from ecgmm.readers.csv_columns import Column, describe_column
from ecgmm.readers.csv_layout import MAX_COLUMNS
from ecgmm.readers.csv_signal import recording_of_table
from ecgmm.readers.csv_table import Table
from ecgmm.readers.limits import unpacked_limit
from ecgmm.readers.optional_library import import_library
from ecgmm.recording import Recording

SIGNATURE = b"PAR1"
_VALUE_BYTES = 8


@dataclass(frozen=True)
class _Stored:
    """A table on disk.

    Attributes:
        schema: PyArrow's, of its columns.
        rows: how many there are.
        column: gives the values of the column of an index.
    """

    schema: Any
    rows: int
    column: Callable[[int], Any]


def is_parquet(head: bytes) -> bool:
    """Whether a file begins as Parquet does."""
    return head.startswith(SIGNATURE)


def read_parquet(
    path: Path, *, sampling_rate_hz: float | None = None, unit: str | None = None
) -> Recording:
    """Read the columns of a table as a recording.

    Args:
        path: a Parquet file.
        sampling_rate_hz: of a file that does not state it, in a time column or its metadata.
        unit: of columns that do not state it: uV, mV or V.

    Raises:
        InputError: when it cannot be read; the message says why.
    """
    import_library("pyarrow", "Parquet files", extra="parquet")
    try:
        stored = _opened(path)
        _check_size(path, stored.rows, len(stored.schema))
        table = _table(path.name, stored)
    except InputError:
        raise
    except Exception as error:  # PyArrow raises whatever its parsing trips over
        detail = " ".join(str(error).split())[:200]
        raise InputError("damaged", f"{path.name}: not a readable table ({detail}).") from error
    return recording_of_table(
        table, _statements(stored.schema), path.stem, sampling_rate_hz=sampling_rate_hz, unit=unit
    )


def _opened(path: Path) -> _Stored:
    from pyarrow import parquet

    file = parquet.ParquetFile(path)
    names = file.schema_arrow.names
    return _Stored(
        file.schema_arrow,
        file.metadata.num_rows,
        lambda index: file.read(columns=[names[index]]).column(0),
    )


def _check_size(path: Path, rows: int, columns: int) -> None:
    unpacked = rows * columns * _VALUE_BYTES
    if columns > MAX_COLUMNS or unpacked > unpacked_limit(path.stat().st_size):
        raise InputError("too_large", f"{path.name}: unpacks to more than an ECG is.")


def _statements(schema: Any) -> dict[str, str]:
    """What the metadata of a table state, keys in lower case."""
    return {
        key.decode("utf-8", errors="replace").lower(): value.decode("utf-8", errors="replace")
        for key, value in (schema.metadata or {}).items()
    }


def _table(name: str, stored: _Stored) -> Table:
    columns = [_described(index, field) for index, field in enumerate(stored.schema)]
    leads = tuple(column for column in columns if column.kind == "lead")
    clocks = [column for column in columns if column.kind in ("time", "clock", "counter")]
    others = [stored.schema.names[c.index] for c in columns if c.kind == "other"]
    if not leads:
        raise InputError("no_ecg", f"{name}: Expected a column in uV, mV or V. Found none.")
    if others:
        warnings.warn(f"{name}: not read: {', '.join(others)}.", InputWarning, stacklevel=4)
    stored_values = [_numbers(stored.column(lead.index)) for lead in leads]
    values = np.stack(stored_values, axis=1).astype(np.float32)
    values[~np.isfinite(values)] = np.nan
    return Table(name, leads, values, best_clock([_clock(column, stored) for column in clocks]))


def _described(index: int, field: Any) -> Column:
    """What a column is: by its type, by its name and by what its metadata say of its unit."""
    import pyarrow

    if pyarrow.types.is_timestamp(field.type) or pyarrow.types.is_duration(field.type):
        return Column(index, field.name, field.type.unit, "clock")
    if not (pyarrow.types.is_integer(field.type) or pyarrow.types.is_floating(field.type)):
        return Column(index, field.name, "", "other")
    unit = (field.metadata or {}).get(b"unit", b"").decode("utf-8", errors="replace")
    return describe_column(index, field.name, unit)


def _numbers(column: Any) -> NDArray[np.float64]:
    """The values of a column, NaN where there is none."""
    return np.asarray(column.cast("float64", safe=False).to_numpy(), np.float64)


def _clock(column: Column, stored: _Stored) -> Clock:
    stored_times = stored.column(column.index)
    if column.kind == "clock":
        values = _numbers(stored_times.cast("int64"))
        return Clock(column.name, values, column.seconds_per_unit, is_counter=False)
    values = _numbers(stored_times)
    seconds_per_unit = column.seconds_per_unit or epoch_unit_s(values)
    return Clock(column.name, values, seconds_per_unit, is_counter=column.kind == "counter")
