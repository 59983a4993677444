"""How sure a figure is: resampling of whole records, spread over seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")


@dataclass(frozen=True)
class Interval:
    """A figure with its confidence interval.

    Attributes:
        value: the figure on the records as they are.
        low: lower end of the interval.
        high: upper end.
        confidence: share of resamples inside, such as 0.95.
    """

    value: float
    low: float
    high: float
    confidence: float


@dataclass(frozen=True)
class Spread:
    """A figure over training runs that differ in their seed alone.

    Attributes:
        mean: mean over the seeds.
        standard_deviation: sample standard deviation, NaN for a single seed.
        values: the figure of each seed.
    """

    mean: float
    standard_deviation: float
    values: tuple[float, ...]


def bootstrap_records(
    items: Sequence[Item],
    figures_of: Callable[[Sequence[Item]], Mapping[str, float]],
    *,
    repeats: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> dict[str, Interval]:
    """Percentile bootstrap over records.

    Beats of one record resemble each other, so records are drawn, not beats: drawing
    beats would make the intervals far too narrow (Efron and Tibshirani 1993, chapter 13).

    Args:
        items: one item a record, such as its comparison.
        figures_of: figures by name of any list of such items.
        repeats: number of resamples.
        confidence: share of resamples that the interval holds.
        seed: of the resampling.

    Returns:
        The interval of each figure. Resamples in which a figure is undefined (NaN) are left
        out of its interval.

    Raises:
        ValueError: if there is no item.
    """
    if not items:
        raise ValueError("Expected at least one record to resample. Received none.")
    rng = np.random.default_rng(seed)
    values = figures_of(items)
    draws = rng.integers(len(items), size=(repeats, len(items)))
    resampled = [figures_of([items[index] for index in draw]) for draw in draws]
    tail = (1 - confidence) / 2
    intervals = {}
    for name, value in values.items():
        defined = [figures[name] for figures in resampled if not np.isnan(figures[name])]
        low, high = np.quantile(defined, [tail, 1 - tail]) if defined else (np.nan, np.nan)
        intervals[name] = Interval(float(value), float(low), float(high), confidence)
    return intervals


def spread_over_seeds(values: Sequence[float]) -> Spread:
    """Mean and sample standard deviation of a figure over seeds.

    Args:
        values: the figure of each seed; at least one.

    Raises:
        ValueError: if there is no value.
    """
    if not values:
        raise ValueError("Expected the figure of at least one seed. Received none.")
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")
    return Spread(float(np.mean(values)), deviation, tuple(float(value) for value in values))
