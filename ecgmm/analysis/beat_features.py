"""A beat beside the recording it belongs to: how early, how unlike, with what P wave.

What makes a supraventricular beat early lies minutes away (a rhythm may be ectopic for most of a
recording), beyond any window of the network. So every interval is put in relation to the recording,
to the minutes around it and to its neighbours, and every shape to the recording's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.heart_rate import rr_intervals_s
from ecgmm.analysis.p_waves import waves_before
from ecgmm.analysis.shape_clusters import ShapeClusters, alike, cluster
from ecgmm.analysis.shapes import QRS
from ecgmm.labels import AAMI_CLASSES

MINUTES_BEATS = 150
"""Two minutes or so to either side."""
LOCAL_BEATS = 5
"""To either side: ten intervals, over which breathing averages out."""
SLOW_PERCENTILE = 75
"""Of the recording's RR intervals: that of its own rhythm where ectopic runs are the faster one."""
LEAST_SHARE = 0.05
"""Of the beats: a cluster that may be the recording's own rhythm."""
LEAST_PROBABILITY = 1e-4
MOST_LOG_RATIO = 1.5
FEATURES = 30


@dataclass(frozen=True)
class BeatTable:
    """The beats of a recording as they were read, before they are put in relation.

    Attributes:
        time_s: `[beats]`, ascending.
        class_probability: `[beats, 5]` over `labels.AAMI_CLASSES`.
        shapes: `[beats, leads, samples]` as `shapes.beat_shapes` gives them.
        gaps_s: `(start_s, end_s)` of what could not be read.
    """

    time_s: NDArray[np.float64]
    class_probability: NDArray[np.float32]
    shapes: NDArray[np.float16]
    gaps_s: tuple[tuple[float, float], ...] = ()


def beat_features(table: BeatTable) -> NDArray[np.float32]:
    """`[beats, FEATURES]`: log-probabilities, intervals, shapes; 0 where something is not known."""
    rr_s = rr_intervals_s(table.time_s, list(table.gaps_s))
    shapes = np.nan_to_num(table.shapes.astype(np.float32))
    leads_known = np.isfinite(table.shapes[:, :, QRS]).all(axis=2).sum(axis=1)
    columns = [
        *np.log(np.maximum(table.class_probability, LEAST_PROBABILITY)).T,
        *_intervals(rr_s),
        *_shapes(shapes, table.class_probability, rr_s),
        leads_known.astype(float),
    ]
    return np.nan_to_num(np.stack(columns, axis=1), nan=0.0).astype(np.float32)


def _intervals(rr_s: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    before = np.append(np.nan, rr_s)
    after = np.append(rr_s, np.nan)
    if np.isfinite(rr_s).sum() < 2:
        return [np.full(len(before), np.nan)] * 11
    slow_s, median_s = np.nanpercentile(rr_s, SLOW_PERCENTILE), np.nanmedian(rr_s)
    local_s = _running(before, LOCAL_BEATS, 50)
    change = np.abs(_log_ratio(after, before))
    return [
        _log_ratio(before, slow_s),
        _log_ratio(before, median_s),
        _log_ratio(before, _running(before, MINUTES_BEATS, SLOW_PERCENTILE)),
        _log_ratio(before, local_s),
        _log_ratio(after, local_s),
        _log_ratio(before, np.append(np.nan, before[:-1])),
        _log_ratio(after, before),
        _log_ratio(local_s, slow_s),
        _running(change, LOCAL_BEATS, 50),
        np.full(len(before), np.nanmedian(change)),
        _log_ratio(before, 0.8),
    ]


def _shapes(
    shapes: NDArray[np.float32],
    class_probability: NDArray[np.float32],
    rr_s: NDArray[np.float64],
) -> list[NDArray[np.float64]]:
    qrs = shapes[:, :, QRS]
    clusters = cluster(qrs)
    before = np.append(np.nan, rr_s)
    main, slow = clusters.largest, _slowest(clusters, before)
    p_waves = waves_before(shapes, clusters.of_beat == main, before)
    height = np.abs(qrs).max(axis=(1, 2))
    by_cluster = [
        _of_cluster(clusters, column)
        for column in (
            _log_ratio(before, np.nanpercentile(before, SLOW_PERCENTILE)),
            *(class_probability[:, AAMI_CLASSES.index(name)] for name in "SVF"),
        )
    ]
    share = _of_cluster(clusters, None)
    return [
        alike(qrs, clusters.templates[main]),
        alike(qrs, clusters.templates[slow]),
        alike(qrs, np.roll(qrs, 1, axis=0)),
        alike(qrs, np.roll(qrs, -1, axis=0)),
        _log_ratio(height, np.median(height)),
        share,
        *by_cluster,
        *_p_features(p_waves, clusters, main, slow),
    ]


def _p_features(
    p_waves: NDArray[np.float32], clusters: ShapeClusters, main: int, slow: int
) -> list[NDArray[np.float64]]:
    """How much of the P wave of the main and of the slow rhythm precedes each beat."""
    amounts = []
    for number in (main, slow):
        template = np.median(p_waves[clusters.of_beat == number], axis=0)
        power = np.sum(template**2)
        amounts.append(
            np.clip(np.sum(p_waves * template, axis=(1, 2)) / max(power, 1e-6), -1.0, 2.0)
        )
    return [*amounts, alike(p_waves, np.median(p_waves[clusters.of_beat == main], axis=0))]


def _slowest(clusters: ShapeClusters, before_s: NDArray[np.float64]) -> int:
    """The cluster of the slowest rhythm among those that hold a twentieth of the beats."""
    beats = len(clusters.of_beat)
    rates = [
        np.nanmedian(before_s[members])
        if (members := clusters.of_beat == number).sum() >= LEAST_SHARE * beats
        and np.isfinite(before_s[members]).any()
        else -1.0
        for number in range(len(clusters.templates))
    ]
    return int(np.argmax(rates))


def _of_cluster(
    clusters: ShapeClusters, column: NDArray[np.floating] | None
) -> NDArray[np.float64]:
    """The mean of a column over the cluster of each beat, or the log of the cluster's share."""
    counts = np.bincount(clusters.of_beat, minlength=len(clusters.templates))
    if column is None:
        return np.log(counts[clusters.of_beat] / counts.sum())
    known = np.isfinite(column)
    sums = np.bincount(
        clusters.of_beat[known], weights=column[known], minlength=len(clusters.templates)
    )
    known_counts = np.bincount(clusters.of_beat[known], minlength=len(clusters.templates))
    return (sums / np.maximum(known_counts, 1))[clusters.of_beat]


def _running(values: NDArray[np.float64], reach: int, percentile: float) -> NDArray[np.float64]:
    """A percentile of the values up to `reach` places to either side.

    What is not known counts as the median of all. Far-reaching windows are taken every tenth of
    their reach, and what lies between them is interpolated.
    """
    centres = np.arange(0, len(values), max(1, reach // 10))
    known = np.where(np.isfinite(values), values, np.nanmedian(values))
    padded = np.pad(known, reach, mode="reflect" if len(known) > reach else "edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)[centres]
    return np.interp(np.arange(len(values)), centres, np.percentile(windows, percentile, axis=1))


def _log_ratio(values: NDArray[np.floating], reference: NDArray[np.floating] | float) -> NDArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(np.asarray(values, float) / reference)
    return np.clip(ratio, -MOST_LOG_RATIO, MOST_LOG_RATIO)
