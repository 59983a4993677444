"""Times of calls that take turns, so that a busy moment hits all of them alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter

WARM_UP_CALLS = 2


def durations_ms(
    calls: Mapping[str, Callable[[], object]],
    repeats: int,
    clock: Callable[[], float] = perf_counter,
) -> dict[str, list[float]]:
    """Durations of each call in milliseconds, after two that do not count.

    Args:
        calls: what to time, by name.
        repeats: how often.
        clock: gives seconds; wall time by default.
    """
    durations: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(WARM_UP_CALLS + repeats):
        for name, call in calls.items():
            start_s = clock()
            call()
            if turn >= WARM_UP_CALLS:
                durations[name].append(1000 * (clock() - start_s))
    return durations


def medians_ms(calls: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Median duration of each call in milliseconds, after two that do not count."""
    return {name: median(values) for name, values in durations_ms(calls, repeats).items()}
