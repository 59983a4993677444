"""The sampling rate of a table: in a comment line, in its clock, or as the caller states it."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError, InputWarning
from ecgmm.readers.csv_clock import Clock, Grid, grid_of
from ecgmm.readers.csv_statements import stated_rate_hz
from ecgmm.readers.csv_table import Table
from ecgmm.readers.limits import check_length, check_sampling_rate

_SMALLEST_RATE_FROM_UNITLESS_TIME_HZ = 20.0
"""No ECG is slower: such times are in another unit than seconds."""
_WHOLE_RATE_TOLERANCE = 2e-4
"""0.1 Hz at 500 Hz: so far do times move a rate that are printed with few digits."""
_ROUNDED_RATE_TOLERANCE = 2e-3
"""Times that are rounded to hundredths leave a rate open by this much over ten seconds."""
_RATE_DISAGREEMENT = 0.01
"""A rate that was rounded contradicts nobody."""


def choose_rate_hz(
    table: Table, comments: dict[str, str], given_hz: float | None, usual_hz: float | None
) -> float:
    """The file's statement before the caller's, and the layout's usual rate last.

    A time column without a unit counts as seconds, unless that makes a rate below 20 Hz, which
    no ECG has. Rates within 0.02 % of a whole number are that number, because printed times
    are rounded.

    Args:
        table: the file's numbers.
        comments: what its comment lines state.
        given_hz: what the caller states.
        usual_hz: what files of its layout have.

    Raises:
        InputError: `missing_sampling_rate` when nobody says, `irregular_samples` when times are
            out of order and nobody says otherwise, `bad_sampling_rate` when it is none that an ECG
            has.
    """
    stated_hz = _rate_of_comments(table.name, comments, given_hz)
    known = stated_hz or given_hz or usual_hz
    if stated_hz is None and table.clock is not None:
        stated_hz = _rate_of_clock(table.name, table.clock, known)
    if stated_hz and given_hz and abs(stated_hz - given_hz) > _RATE_DISAGREEMENT * stated_hz:
        warnings.warn(
            f"{table.name} states {stated_hz:g} Hz; the given {given_hz:g} Hz are not used.",
            InputWarning,
            stacklevel=3,
        )
    rate_hz = stated_hz or known
    if rate_hz is None:
        raise InputError(
            "missing_sampling_rate",
            f"{table.name} does not state its sampling rate.",
            "sampling_rate_hz",
        )
    check_sampling_rate(rate_hz, table.name)
    return rate_hz


def on_grid(table: Table, rate_hz: float) -> NDArray[np.float32]:
    """`[samples, leads]` as stored, NaN where the clock says that samples were lost.

    Raises:
        InputError: when the recording is then too long.
    """
    grid = grid_of(table.clock) if table.clock is not None else None
    lost = 0 if grid is None else int(grid.places[-1]) + 1 - len(table.values)
    if grid is None or lost == 0:
        return table.values
    samples, leads = int(grid.places[-1]) + 1, table.values.shape[1]
    check_length(samples, leads, rate_hz, table.name)
    values = np.full((samples, leads), np.nan, np.float32)
    values[grid.places] = table.values
    gaps = int((np.diff(grid.places) > 1).sum())
    warnings.warn(
        f"{table.name}: {lost} samples are missing, in {gaps} gap{'s' if gaps > 1 else ''}.",
        InputWarning,
        stacklevel=3,
    )
    return values


def _rate_of_clock(name: str, clock: Clock, known_hz: float | None) -> float | None:
    """What the clock says; None where it counts samples, or says nothing and the rate is known."""
    grid = grid_of(clock) if len(clock.values) > 1 else None
    if grid is None and len(clock.values) > 1:
        _tell_of_no_grid(name, clock, known_hz)
    if grid is None or clock.is_counter:
        return None
    rate_hz = 1.0 / (grid.step * (clock.seconds_per_unit or 1.0))
    if clock.seconds_per_unit is None and rate_hz < _SMALLEST_RATE_FROM_UNITLESS_TIME_HZ:
        if known_hz is not None:
            return None
        raise InputError(
            "missing_sampling_rate",
            f"{name} does not state the unit of its column '{clock.name}'; "
            f"name it {clock.name}_s or {clock.name}_ms.",
            "sampling_rate_hz",
        )
    check_sampling_rate(rate_hz, name)
    return _plain(rate_hz, grid, known_hz)


def _plain(rate_hz: float, grid: Grid, known_hz: float | None) -> float:
    """The rate that was meant: a whole one nearby, or the known one where times were rounded."""
    tolerance = _ROUNDED_RATE_TOLERANCE if grid.is_rounded else _WHOLE_RATE_TOLERANCE
    if grid.is_rounded and known_hz and abs(rate_hz - known_hz) < _RATE_DISAGREEMENT * rate_hz:
        return known_hz
    whole = round(rate_hz)
    return float(whole) if abs(rate_hz - whole) < tolerance * rate_hz else rate_hz


def _tell_of_no_grid(name: str, clock: Clock, known_hz: float | None) -> None:
    """Nothing is known from the clock, which is told; an error where nothing else says."""
    if known_hz is None:
        raise InputError(
            "irregular_samples",
            f"{name}: Expected a steady step in column '{clock.name}'. Received times out "
            "of order, or with too many gaps.",
            "sampling_rate_hz",
        )
    warnings.warn(
        f"{name}: the times in column '{clock.name}' have no steady step and are not used.",
        InputWarning,
        stacklevel=4,
    )


def _rate_of_comments(name: str, comments: dict[str, str], given_hz: float | None) -> float | None:
    stated = stated_rate_hz(comments)
    if isinstance(stated, str) and given_hz is not None:
        return None
    if isinstance(stated, str):
        raise InputError(
            "bad_sampling_rate",
            f"{name}: Expected a sampling rate such as '500' or '500 Hz'. Received '{stated}'.",
        )
    return stated
