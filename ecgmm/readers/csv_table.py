"""The numbers of a text table, read with pandas, and what each column is."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError, InputWarning
from ecgmm.readers.csv_clock import Clock, best_clock, epoch_unit_s, seconds_of
from ecgmm.readers.csv_columns import Column, describe_columns
from ecgmm.readers.csv_layout import (
    MISSING_VALUES,
    SINGLE_COLUMN,
    CsvLayout,
    rows_before_text,
)

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Table:
    """The numbers of a file.

    Attributes:
        name: what a message calls the file.
        leads: its columns that may be leads.
        values: `[rows, leads]` as stored, NaN where missing.
        clock: the column that counts time or samples, if there is one.
    """

    name: str
    leads: tuple[Column, ...]
    values: NDArray[np.float32]
    clock: Clock | None


def read_table(path: Path, layout: CsvLayout) -> Table:
    """Read the columns that matter; the others are named in an `InputWarning`.

    Raises:
        InputError: `no_header`, `no_ecg`, or `damaged` when a field is no number.
    """
    columns = describe_columns(layout)
    leads = tuple(column for column in columns if column.kind == "lead")
    clocks = tuple(column for column in columns if column.kind in ("time", "clock", "counter"))
    if not any(layout.names) and len(columns) > 1:
        raise InputError(
            "no_header",
            f"{path.name}: {len(columns)} columns without names; "
            "add a first line that names them, such as time_s,II.",
        )
    if not leads:
        raise InputError("no_ecg", f"{path.name}: Expected a column in uV, mV or V. Found none.")
    _warn_of_unread(path.name, layout, {column.index for column in (*leads, *clocks)})
    frame = _parse(path, layout, leads, clocks)
    values = frame[[lead.index for lead in leads]].to_numpy(np.float32)
    values = np.where(np.isfinite(values), values, np.float32(np.nan))
    return Table(path.name, leads, values, best_clock([_clock(frame, clock) for clock in clocks]))


def _warn_of_unread(name: str, layout: CsvLayout, read: set[int]) -> None:
    unread = [column for i, column in enumerate(layout.names) if column and i not in read]
    if unread:
        warnings.warn(f"{name}: not read: {', '.join(unread)}.", InputWarning, stacklevel=4)


def _clock(frame: pd.DataFrame, column: Column) -> Clock:
    stored = frame[column.index]
    if column.kind == "clock":
        return Clock(column.name, seconds_of(stored.to_numpy(object)), 1.0, is_counter=False)
    values = stored.to_numpy(np.float64)
    return Clock(
        column.name,
        values,
        column.seconds_per_unit or epoch_unit_s(values),
        is_counter=column.kind == "counter",
    )


def _parse(
    path: Path, layout: CsvLayout, leads: tuple[Column, ...], clocks: tuple[Column, ...]
) -> pd.DataFrame:
    """The leads and the clocks, by index of column, without rows at the end that hold none."""
    dtypes: dict[int, type] = {lead.index: np.float32 for lead in leads}
    dtypes |= {clock.index: str if clock.kind == "clock" else np.float64 for clock in clocks}
    try:
        frame = _read(path, layout, dtypes, None)
    except Exception as error:  # pandas raises whatever its parsing trips over
        frame = _read_above_text(path, layout, dtypes, error)
    stated_rows = np.flatnonzero(frame.notna().any(axis=1).to_numpy())
    return frame.iloc[: stated_rows[-1] + 1 if len(stated_rows) else 0]


def _read_above_text(
    path: Path, layout: CsvLayout, dtypes: dict[int, type], error: Exception
) -> pd.DataFrame:
    """The rows above a line that is none, which is told; `damaged` where there is no such line."""
    rows = rows_before_text(path, layout)
    try:
        if rows is None:
            raise error
        frame = _read(path, layout, dtypes, rows)
    except Exception as reason:
        detail = " ".join(str(reason).split())
        raise InputError("damaged", f"{path.name}: not a table of numbers ({detail}).") from reason
    warnings.warn(
        f"{path.name}: what stands below row {rows} is no part of the table and not read.",
        InputWarning,
        stacklevel=6,
    )
    return frame


def _read(path: Path, layout: CsvLayout, dtypes: dict[int, type], rows: int | None) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(
        path,
        sep=";" if layout.delimiter == SINGLE_COLUMN else layout.delimiter,
        decimal=layout.decimal,
        encoding=layout.encoding,
        header=None,
        names=range(len(layout.names) + layout.ends_with_delimiter),
        usecols=sorted(dtypes),
        dtype=dtypes,
        skiprows=layout.lines_before_rows,
        nrows=rows,
        na_values=MISSING_VALUES,
        skipinitialspace=True,
        engine="c",
    )
