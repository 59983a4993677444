"""What each column of a table is, from its name: time, counter, or a lead in some unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ecgmm.readers.csv_layout import CsvLayout
from ecgmm.readers.other_signals import is_other_signal
from ecgmm.readers.units import millivolts_per_unit

_TIME_NAMES = (
    *("time", "t", "elapsed time", "elapsed_time", "timestamp", "date", "datetime", "date time"),
    *("sensor timestamp", "phone timestamp", "time of day", "clock", "zeit", "zeitstempel"),
    *("temps", "tiempo", "tempo", "tijd", "tid", "czas", "aika", "время"),
)
_COUNTER_NAMES = (
    *("sample", "samples", "sample #", "sample number", "sample_number", "sample index"),
    *("index", "#"),
)
_SECONDS_PER_UNIT = {
    "s": 1.0,
    "sek": 1.0,
    "sekunden": 1.0,
    "sec": 1.0,
    "second": 1.0,
    "seconds": 1.0,
    "ms": 1e-3,
    "msec": 1e-3,
    "millisecond": 1e-3,
    "milliseconds": 1e-3,
    "us": 1e-6,
    "microseconds": 1e-6,
    "ns": 1e-9,
    "nanoseconds": 1e-9,
    "min": 60.0,
    "hrs": 3600.0,
}
"""Units of time as the names of columns have them."""
_IN_BRACKETS = re.compile(r"^(?P<name>.*?)\s*[\[(](?P<unit>[^\])]*)[\])]$")
_AFTER_SIGN = re.compile(r"^(?P<name>.+?)(?P<sign>[ _/-])(?P<unit>[^ _/-]+)$")


@dataclass(frozen=True)
class Column:
    """One column of numbers.

    Attributes:
        index: where it stands in a row.
        name: its name without the unit.
        unit: unit as stated in the header, or empty.
        kind: what it holds; `"clock"` is time as `"0:07.250"` or a date, `"other"` is no ECG.
    """

    index: int
    name: str
    unit: str
    kind: Literal["time", "clock", "counter", "lead", "other"]

    @property
    def seconds_per_unit(self) -> float | None:
        """Length of a time column's unit in seconds, None where the header does not say."""
        return _SECONDS_PER_UNIT.get(self.unit.lower())


def describe_columns(layout: CsvLayout) -> list[Column]:
    """Every column of numbers or times, in the order of the table."""
    columns = [
        describe_column(index, layout.names[index], layout.units[index])
        for index in layout.numeric_columns
    ]
    named = [column if column.name else _named_by_place(column, len(columns)) for column in columns]
    clocks = [Column(index, layout.names[index], "", "clock") for index in layout.clock_columns]
    return sorted([*named, *clocks], key=lambda column: column.index)


def describe_column(index: int, header: str, unit: str = "") -> Column:
    """One column.

    Args:
        index: where it stands in a row.
        header: its header, which may hold its unit: `"II (mV)"`, `"ecg_uV"`, `"time_ms"`.
        unit: what another line says of its unit.
    """
    name, unit_in_name = _split_unit(header)
    unit = unit_in_name or unit
    if name.lower() in _TIME_NAMES:
        return Column(index, name, unit, "time")
    if name.lower() in _COUNTER_NAMES:
        return Column(index, name, "", "counter")
    if (unit and millivolts_per_unit(unit) is None) or is_other_signal(name):
        return Column(index, header, unit, "other")
    return Column(index, name, unit, "lead")


def _split_unit(header: str) -> tuple[str, str]:
    """A header such as `"II (mV)"`, `"ecg_uV"` or `"time_ms"` as name and unit."""
    if header.lower() in _SECONDS_PER_UNIT:
        return "time", header
    if len(header) > 1 and millivolts_per_unit(header) is not None:
        return "", header
    match = _IN_BRACKETS.match(header)
    if match:
        return match["name"], match["unit"].strip()
    match = _AFTER_SIGN.match(header)
    if match and _is_unit_after(match["sign"], match["unit"], match["name"]):
        return match["name"], match["unit"]
    return header, ""


def _is_unit_after(sign: str, unit: str, name: str) -> bool:
    """Whether the last word of a header is its unit; in `"lead V"` it is the lead's name."""
    if unit.lower() in _SECONDS_PER_UNIT:
        return name.lower() in _TIME_NAMES
    return millivolts_per_unit(unit) is not None and (len(unit) > 1 or sign == "_")


def _named_by_place(column: Column, columns: int) -> Column:
    is_row_number = column.index == 0 and columns > 1 and not column.unit
    kind = "counter" if is_row_number else column.kind
    return Column(column.index, f"lead {column.index + 1}", column.unit, kind)
