"""The sampling rate that a table states: in a comment line or in its time column."""

from __future__ import annotations

import re

import numpy as np

from ecgmm.errors import InputError
from ecgmm.readers.csv_table import Table
from ecgmm.readers.limits import check_sampling_rate

_KEY = re.compile(r"^(sampling|sample)_?(rate|frequency)(_hz)?$|^sfreq$|^fs(_hz)?$")
_VALUE = re.compile(r"^(?P<number>\d+(\.\d*)?)\s*(?P<unit>k?hz|hertz)?\.?$", re.IGNORECASE)
_SMALLEST_RATE_FROM_UNITLESS_TIME_HZ = 20.0
"""No ECG is slower: such times are in another unit than seconds."""
_WHOLE_RATE_TOLERANCE = 2e-4
"""0.1 Hz at 500 Hz: so far do times move a rate that are printed with few digits."""
_LARGEST_JITTER_SAMPLES = 0.5
"""Farther off, a sample lies nearer to its neighbour's place than to its own."""


def stated_rate_hz(table: Table, comments: dict[str, str]) -> float | None:
    """The sampling rate that the file states, or None where it states none.

    A time column without a unit counts as seconds, unless that makes a rate below 20 Hz, which
    no ECG has. Rates within 0.02 % of a whole number are that number, because printed times
    are rounded.

    Raises:
        InputError: `irregular_samples` when samples are missing or out of order,
            `bad_sampling_rate` when it is none that an ECG has.
    """
    clock_units_per_sample = _regular_step(table)
    for key, value in comments.items():
        if _KEY.match(key):
            return _rate_of_comment(table.name, value)
    if table.clock is None or table.clock.kind == "counter" or clock_units_per_sample is None:
        return None
    seconds_per_unit = table.clock.seconds_per_unit
    rate_hz = 1.0 / (clock_units_per_sample * (seconds_per_unit or 1.0))
    if seconds_per_unit is None and rate_hz < _SMALLEST_RATE_FROM_UNITLESS_TIME_HZ:
        raise InputError(
            "missing_sampling_rate",
            f"{table.name} does not state the unit of its column '{table.clock.name}'; "
            f"name it {table.clock.name}_s or {table.clock.name}_ms.",
        )
    check_sampling_rate(rate_hz, table.name)
    whole = round(rate_hz)
    return float(whole) if abs(rate_hz - whole) < _WHOLE_RATE_TOLERANCE * rate_hz else rate_hz


def _regular_step(table: Table) -> float | None:
    """The clock's mean step from sample to sample; None without a clock."""
    if table.clock is None or table.clock_values is None or len(table.clock_values) < 2:
        return None
    elapsed = table.clock_values - table.clock_values[0]
    step = elapsed[-1] / (len(elapsed) - 1)
    jitter = np.abs(elapsed - step * np.arange(len(elapsed)))
    if not (step > 0 and np.isfinite(step) and jitter.max() < _LARGEST_JITTER_SAMPLES * step):
        raise InputError(
            "irregular_samples",
            f"{table.name}: Expected a steady step in column '{table.clock.name}'. Received gaps "
            "or times out of order; leave lost samples empty instead of leaving them out.",
        )
    return float(step)


def _rate_of_comment(name: str, value: str) -> float:
    match = _VALUE.match(value)
    if match is None:
        raise InputError(
            "bad_sampling_rate",
            f"{name}: Expected a sampling rate such as '500' or '500 Hz'. Received '{value}'.",
        )
    kilo = 1000.0 if (match["unit"] or "").lower() == "khz" else 1.0
    return kilo * float(match["number"])
