"""What a short recording of few leads shows as a whole, in figures that tell its rhythm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.heart_rate import rr_intervals_s
from ecgmm.analysis.p_waves import waves_before
from ecgmm.analysis.rhythm_agreement import median_change
from ecgmm.analysis.shape_clusters import alike, cluster
from ecgmm.analysis.shapes import QRS
from ecgmm.labels import AAMI_CLASSES, RHYTHM_CLASSES

if TYPE_CHECKING:
    from ecgmm.analysis.raw_reading import RawReading

STRIP_FEATURES = (
    *(f"log-odds of {name}" for name in RHYTHM_CLASSES),
    *("sum of P(S)", "sum of P(V)", "second highest P(S)"),
    *("median change of RR", "RMSSD", "least RR", "RR of 9 in 10", "greatest RR"),
    *("changes above a tenth", "early beats", "serial correlation", "heart rate"),
    *("least likeness of QRS", "unlike QRS"),
    *("likeness of P", "power of P", "scatter of P"),
    *("beats", "quality"),
)
"""Intervals are in units of their median, powers as logarithms."""
FEWEST_BEATS = 5
"""Four intervals, of which three changes can be taken."""
MARKED = 0.1
"""Change from one interval to the next."""
EARLY = 0.85
"""Of the median interval."""
LIKE = 0.85
"""Correlation of QRS complexes of one shape, as in `shape_clusters`."""
_LEAST_PROBABILITY = 1e-4
_LEAST_POWER = 1e-3
_UNKNOWN_CHANGE = -0.01


def strip_features(raw: RawReading) -> NDArray[np.float32] | None:
    """`[len(STRIP_FEATURES)]`; None where fewer than five beats leave nothing to tell."""
    rr_s = rr_intervals_s(raw.beats.time_s, raw.gaps_s)
    known_s = rr_s[np.isfinite(rr_s)]
    if len(known_s) < FEWEST_BEATS - 1 or not len(raw.window_rhythm):
        return None
    mean = np.clip(raw.window_rhythm.mean(axis=0), _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
    change = median_change(raw.beats, raw.gaps_s)
    figures = [
        *np.log(mean / (1 - mean)),
        *_of_classes(raw),
        _UNKNOWN_CHANGE if change is None else change,
        *_of_intervals(known_s),
        *_of_shapes(raw, rr_s),
        len(raw.beats),
        raw.quality.score,
    ]
    return np.array(figures, np.float32)


def _of_classes(raw: RawReading) -> list[float]:
    supraventricular, ventricular = (
        raw.class_probability[:, AAMI_CLASSES.index(label)] for label in "SV"
    )
    return [
        float(supraventricular.sum()),
        float(ventricular.sum()),
        float(np.sort(supraventricular)[-2]),
    ]


def _of_intervals(rr_s: NDArray[np.float64]) -> list[float]:
    middle_s = float(np.median(rr_s))
    rr = rr_s / middle_s
    changes = np.diff(rr)
    off = rr - 1.0
    serial = np.mean(off[:-1] * off[1:]) / (np.mean(off**2) + _LEAST_PROBABILITY)
    return [
        float(np.sqrt(np.mean(changes**2))),
        *np.quantile(rr, (0.0, 0.9, 1.0)).tolist(),
        float(np.mean(np.abs(changes) > MARKED)),
        float(np.mean(rr < EARLY)),
        float(serial),
        60.0 / middle_s,
    ]


def _of_shapes(raw: RawReading, rr_s: NDArray[np.float64]) -> list[float]:
    shapes = np.nan_to_num(raw.shapes.astype(np.float32))
    clusters = cluster(raw.shapes[:, :, QRS])
    likeness = alike(shapes[:, :, QRS], clusters.templates[clusters.largest])
    usual = likeness > LIKE
    if not usual.any():
        usual[:] = True
    before = waves_before(shapes, usual, np.append(np.nan, rr_s))
    own = np.median(before, axis=0)
    return [
        float(likeness.min()),
        float(np.mean(~usual)),
        float(np.median(alike(before, own))),
        float(np.log(np.sum(own**2) + _LEAST_POWER)),
        float(np.log(np.median(((before - own) ** 2).sum(axis=(1, 2))) + _LEAST_POWER)),
    ]
