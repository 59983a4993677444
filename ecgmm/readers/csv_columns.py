"""What each column of a table is, from its name: time, counter, or a lead in some unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ecgmm.readers.csv_layout import CsvLayout
from ecgmm.readers.other_signals import is_other_signal
from ecgmm.readers.units import is_no_unit, millivolts_per_unit

_TIME_NAMES = re.compile(
    r"^(?:(?:sensor|phone|unix|elapsed|relative|recording|device|utc|local)[ _]?)?"
    r"(?:time(?:[ _]?(?:stamp|of day))?|t|ts|datetime|date(?:[ _]time)?|clock|elapsed"
    r"|seconds[ _]elapsed|zeit(?:stempel)?|uhrzeit|temps|tiempo|tempo|tijd|tid|czas|aika|время|час"
    r"|时间|時間|時刻|시간)$",
    re.IGNORECASE,
)
_NO_CLOCK = re.compile(r"\b(?:rr|r-r|nn|ibi|pr|qrs|qt\w?|hrv?|interval|duration)\b", re.IGNORECASE)
"""Columns in units of time that count none."""
_COUNTER_NAMES = (
    *("sample", "samples", "sample #", "sample number", "sample_number", "sample index"),
    *("index", "#"),
)
_SECONDS_PER_UNIT = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sek", "sekunden", "сек", "秒"), 1.0),
    "\N{CYRILLIC SMALL LETTER ES}": 1.0,
    **dict.fromkeys(("ms", "msec", "millis", "millisecond", "milliseconds", "мс", "毫秒"), 1e-3),
    **dict.fromkeys(("us", "microsecond", "microseconds", "мкс"), 1e-6),
    **dict.fromkeys(("\N{MICRO SIGN}s", "\N{GREEK SMALL LETTER MU}s"), 1e-6),
    **dict.fromkeys(("ns", "nanosecond", "nanoseconds"), 1e-9),
    "min": 60.0,
    "hrs": 3600.0,
}
"""Units of time as the names of columns have them."""
_IN_BRACKETS = re.compile(r"^(?P<name>.*?)\s*[\[({<](?P<unit>[^\])}>]*)[\])}>]$")
_AFTER_SIGN = re.compile(r"^(?P<name>.+?)(?P<sign>[ _/.-])(?P<unit>[^ _/.-]+)$")
_BEFORE_UNIT = re.compile(r"(?: in)?[\s,:;]*$")
"""What may stand between a name and its unit."""


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
    if not any(column.kind == "lead" for column in columns):
        has_clock = bool(layout.clock_columns) or any(c.kind == "time" for c in columns)
        columns = [_without_steps(column, has_clock) for column in columns]
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
    is_settled = millivolts_per_unit(unit) is not None and millivolts_per_unit(unit_in_name) is None
    unit = unit if is_settled else unit_in_name or unit
    if _is_time(name, unit):
        return Column(index, name, unit, "time")
    if name.lower() in _COUNTER_NAMES:
        return Column(index, name, "", "counter")
    if (unit and millivolts_per_unit(unit) is None) or is_other_signal(name):
        return Column(index, header, unit, "other")
    return Column(index, name, unit, "lead")


def _without_steps(column: Column, has_clock: bool) -> Column:
    """A column in steps of a converter as a lead without a unit; any other as it is.

    Beside a clock so is the only column of samples: it holds them, and does not count them.
    """
    if has_clock and column.kind == "counter" and column.name.lower() == "samples":
        return Column(column.index, column.name, "", "lead")
    if column.kind != "other" or not is_no_unit(column.unit) or is_other_signal(column.name):
        return column
    return Column(column.index, _split_unit(column.name)[0], "", "lead")


def _is_time(name: str, unit: str) -> bool:
    """Whether a column counts time: by its name, or by its unit where nothing speaks against it."""
    if _TIME_NAMES.match(name):
        return millivolts_per_unit(unit) is None
    return unit.lower() in _SECONDS_PER_UNIT and not _NO_CLOCK.search(name)


def _split_unit(header: str) -> tuple[str, str]:
    """A header such as `"II (mV)"`, `"ecg_uV"` or `"time_ms"` as name and unit."""
    if header.lower() in _SECONDS_PER_UNIT:
        return "time", header
    if len(header) > 1 and millivolts_per_unit(header) is not None:
        return "", header
    match = _IN_BRACKETS.match(header)
    if match:
        return _BEFORE_UNIT.sub("", match["name"]), match["unit"].strip()
    match = _AFTER_SIGN.match(header)
    if match and _is_unit_after(match["sign"], match["unit"], match["name"]):
        return _BEFORE_UNIT.sub("", match["name"]), match["unit"]
    return header, ""


def _is_unit_after(sign: str, unit: str, name: str) -> bool:
    """Whether the last word of a header is its unit; in `"lead V"` it is the lead's name."""
    if unit.lower() in _SECONDS_PER_UNIT:
        return bool(_TIME_NAMES.match(_BEFORE_UNIT.sub("", name)))
    return millivolts_per_unit(unit) is not None and (len(unit) > 1 or sign == "_")


def _named_by_place(column: Column, columns: int) -> Column:
    is_row_number = column.index == 0 and columns > 1 and not column.unit
    kind = "counter" if is_row_number else column.kind
    return Column(column.index, f"lead {column.index + 1}", column.unit, kind)
