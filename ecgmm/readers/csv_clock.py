"""The column of a table that counts time or samples, and the steady grid behind its values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

LARGEST_JITTER_SAMPLES = 0.5
"""Farther off, a sample lies nearer to its neighbour's place than to its own."""
GAP_STEPS = 1.5
"""Two samples that are farther apart have one between them that was lost."""
MOST_GAPS = 0.1
"""Of all steps: a transmitter loses packets of some dozens of samples, not every other sample."""
HALF_A_DAY_S = 43_200.0
"""A time of day that falls by more has passed midnight."""
DAY_S = 86_400.0
_ISO_DATE = r"\d{4}-\d\d-\d\d"
_CLOCK = re.compile(
    rf"""^\[?(?:(?:{_ISO_DATE}|\d{{1,4}}[./]\d{{1,2}}[./]\d{{1,4}}|\d{{1,2}}-[a-z]{{3}}-\d{{2,4}})
    [T,\ ]\ *)?
    (?P<first>\d{{1,3}}):(?P<second>\d\d)(?::(?P<third>\d\d))?(?:[.,:](?P<fraction>\d+))?
    \ ?(?P<half>[ap]\.?m\.?)?(?P<zone>Z|[+-]\d\d:?\d\d)?(?:\ [\d./-]+)?\]?$""",
    re.IGNORECASE | re.VERBOSE,
)
"""A time of day (24 or 12 hours) or minutes and seconds, with a date before or after it or none."""
_NOON_H = 12


@dataclass(frozen=True)
class Clock:
    """A column of times or counts.

    Attributes:
        name: its name without the unit.
        values: `[rows]` in its unit.
        seconds_per_unit: length of the unit, None where nobody says.
        is_counter: whether it counts samples rather than time.
    """

    name: str
    values: NDArray[np.float64]
    seconds_per_unit: float | None
    is_counter: bool


@dataclass(frozen=True)
class Grid:
    """Where the rows of a table lie on a steady grid.

    Attributes:
        step: from one place to the next, in the clock's unit.
        places: `[rows]` whole numbers from 0; those that no row has are lost samples.
        is_rounded: whether the clock has fewer digits than its steps.
    """

    step: float
    places: NDArray[np.int64]
    is_rounded: bool


def seconds_of(times: NDArray[np.object_]) -> NDArray[np.float64]:
    """`[rows]` seconds from texts such as `"0:07.250"`, `"14:01:33,2"` or ISO 8601 dates.

    NaN where there is none. Times of day go on after midnight; dates in other orders than ISO's
    are not looked at, so that it does not matter whether the day or the month comes first.
    """
    import pandas as pd

    texts = pd.Series(times, dtype="string").str.strip().str.strip("'\"")
    if texts.str.match(_ISO_DATE).fillna(False).any():
        points = texts.str.replace(",", ".")
        moments = pd.to_datetime(points, format="ISO8601", utc=True, errors="coerce")
        elapsed = (moments - moments.min()).dt.total_seconds()
        return elapsed.to_numpy(np.float64, na_value=np.nan)
    seconds = _seconds_of_day(texts)
    nights = np.cumsum(np.diff(seconds, prepend=seconds[:1]) < -HALF_A_DAY_S)
    return seconds + DAY_S * nights


def _seconds_of_day(texts: pd.Series) -> NDArray[np.float64]:
    """`[rows]`, of hours, minutes and seconds, or of minutes and seconds."""
    parts = texts.str.extract(_CLOCK)
    first, second, third = (
        parts[name].astype("Float64").to_numpy(np.float64, na_value=np.nan)
        for name in ("first", "second", "third")
    )
    fraction = ("0." + parts["fraction"].fillna("0")).astype("Float64")
    below_s = fraction.to_numpy(np.float64, na_value=np.nan)
    half = parts["half"].str[0].str.lower().fillna("").to_numpy(str)
    hours = np.where(half == "", first, first % _NOON_H + _NOON_H * (half == "p").astype(int))
    has_hours = np.isfinite(third)
    whole_s = np.where(has_hours, 3600 * hours + 60 * second + third, 60 * first + second)
    return whole_s + below_s


def is_clock(field: str) -> bool:
    """Whether a field is a time with colons."""
    return bool(_CLOCK.match(field))


def epoch_unit_s(values: NDArray[np.float64]) -> float | None:
    """Length of the unit in which times count from 1970; None where they do not.

    Between 2001 and 2096 such a number has a size that tells its unit.
    """
    first = float(values[0]) if len(values) else np.nan
    fitting = (unit_s for unit_s in (1.0, 1e-3, 1e-6, 1e-9) if 1e9 <= first * unit_s < 4e9)
    return next(fitting, None)


def best_clock(clocks: list[Clock]) -> Clock | None:
    """The clock that tells most rows apart; of equals the first. None where there is none."""
    return max(clocks, key=lambda clock: len(np.unique(clock.values)), default=None)


def grid_of(clock: Clock) -> Grid | None:
    """The steady grid that a clock's values lie on, with gaps where samples were lost.

    Several rows may have one time: it was rounded to fewer digits than their steps have, or is that
    of a packet. None where there is no grid: values out of order, missing, or too many gaps.
    """
    values = clock.values
    steps = np.diff(values)
    if len(steps) == 0 or not np.isfinite(steps).all() or steps.min() < 0 or not steps.any():
        return None
    elapsed = values - values[0]
    mean_step = float(elapsed[-1]) / len(steps)
    digit = float(steps[steps > 0].min())
    is_shared = digit > mean_step * (1 + LARGEST_JITTER_SAMPLES)
    jitter = np.abs(elapsed - mean_step * np.arange(len(elapsed))).max()
    if jitter < LARGEST_JITTER_SAMPLES * mean_step and not is_shared:
        return Grid(mean_step, np.arange(len(elapsed)), is_rounded=False)
    return _with_gaps(steps) or _of_shared_times(elapsed, steps)


def _with_gaps(steps: NDArray[np.float64]) -> Grid | None:
    usual = float(np.median(steps))
    is_gap = steps > GAP_STEPS * usual
    within = steps[~is_gap]
    if is_gap.mean() > MOST_GAPS or (np.abs(within - usual) > LARGEST_JITTER_SAMPLES * usual).any():
        return None
    step = float(within.mean())
    if not step > 0:
        return None
    advances = np.where(is_gap, np.round(steps / step), 1).astype(np.int64)
    return Grid(step, np.concatenate(([0], np.cumsum(advances))), is_rounded=False)


def _of_shared_times(elapsed: NDArray[np.float64], steps: NDArray[np.float64]) -> Grid | None:
    """The grid of rows of which several have the same time, that of the first of them.

    The step is that from one change of the time to another, over the rows between them: before the
    first change, after the last one and beside a gap some of the rows of a time may be missing.
    """
    changes = np.flatnonzero(steps > 0) + 1
    between, rows = np.diff(elapsed[changes]), np.diff(changes)
    if len(between) == 0:
        return None
    usual = float(np.median(between))
    has_gap = between > GAP_STEPS * usual
    is_whole = np.convolve(has_gap, (1, 1, 1))[1:-1] == 0
    if has_gap.mean() > MOST_GAPS or not is_whole.any():
        return None
    step = float(between[is_whole].sum() / rows[is_whole].sum())
    is_gap = steps > GAP_STEPS * usual
    rows_of_same_time = np.diff(changes, prepend=0)
    lasting = np.zeros(len(steps))
    lasting[changes - 1] = rows_of_same_time - 1
    lost = np.maximum(np.round(steps / step) - lasting, 1)
    advances = np.where(is_gap, lost, 1).astype(np.int64)
    places = np.concatenate(([0], np.cumsum(advances)))
    jitter = np.abs(elapsed - step * places).max()
    allowed = usual * (1 + 1e-6) + step * (1 + int(is_gap.sum()))
    return Grid(step, places, is_rounded=True) if jitter <= allowed else None
