"""The column of a table that counts time or samples, and the steady grid behind its values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LARGEST_JITTER_SAMPLES = 0.5
"""Farther off, a sample lies nearer to its neighbour's place than to its own."""
GAP_STEPS = 1.5
"""Two samples that are farther apart have one between them that was lost."""
MOST_GAPS = 0.1
"""Of all steps: a transmitter loses packets of some dozens of samples, not every other sample."""
HALF_A_DAY_S = 43_200.0
"""A time of day that falls by more has passed midnight."""
DAY_S = 86_400.0


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

    NaN where there is none. Times of day go on after midnight.
    """
    import pandas as pd

    texts = pd.Series(times, dtype="string").str.strip().str.strip("'\"").str.replace(",", ".")
    if texts.str.contains("-", regex=False).fillna(False).any():
        moments = pd.to_datetime(texts, format="ISO8601", utc=True, errors="coerce")
        elapsed = (moments - moments.min()).dt.total_seconds()
        return elapsed.to_numpy(np.float64, na_value=np.nan)
    has_hours = texts.str.count(":") > 1
    spans = pd.to_timedelta(texts.where(has_hours, "0:" + texts), errors="coerce")
    seconds = spans.dt.total_seconds().to_numpy(np.float64, na_value=np.nan)
    nights = np.cumsum(np.diff(seconds, prepend=seconds[:1]) < -HALF_A_DAY_S)
    return seconds + DAY_S * nights


def best_clock(clocks: list[Clock]) -> Clock | None:
    """The clock that tells most rows apart; of equals the first. None where there is none."""
    return max(clocks, key=lambda clock: len(np.unique(clock.values)), default=None)


def grid_of(clock: Clock) -> Grid | None:
    """The steady grid that a clock's values lie on, with gaps where samples were lost.

    Values that were rounded to fewer digits than their steps have lie on the grid of their mean
    step. None where there is no grid: values out of order, missing, or too many gaps.
    """
    steps = np.diff(clock.values)
    if len(steps) == 0 or not np.isfinite(steps).all() or steps.min() < 0 or not steps.any():
        return None
    elapsed = clock.values - clock.values[0]
    mean_step = float(elapsed[-1]) / len(steps)
    digit = float(steps[steps > 0].min())
    is_rounded = digit > mean_step * (1 + LARGEST_JITTER_SAMPLES)
    jitter = np.abs(elapsed - mean_step * np.arange(len(elapsed))).max()
    if jitter < max(LARGEST_JITTER_SAMPLES * mean_step, digit * is_rounded * (1 + 1e-6)):
        return Grid(mean_step, np.arange(len(elapsed)), is_rounded)
    return None if is_rounded else _with_gaps(steps)


def _with_gaps(steps: NDArray[np.float64]) -> Grid | None:
    usual = float(np.median(steps))
    is_gap = steps > GAP_STEPS * usual
    within = steps[~is_gap]
    if is_gap.mean() > MOST_GAPS or (np.abs(within - usual) > LARGEST_JITTER_SAMPLES * usual).any():
        return None
    step = float(within.mean())
    advances = np.where(is_gap, np.round(steps / step), 1).astype(np.int64)
    return Grid(step, np.concatenate(([0], np.cumsum(advances))), is_rounded=False)
