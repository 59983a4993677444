"""One beat that stands for many: aligned, without outliers, the median at each instant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BEFORE_S, AFTER_S = 0.52, 0.92
"""A PR interval of 400 ms and a QT interval of 850 ms fit in."""
MOST_SHIFT_S = 0.04
"""A step of the model's grid: how far off its beats may lie."""
_SHAPE_BEFORE_S, _SHAPE_AFTER_S = 0.12, 0.4
"""Where beats are compared: the QRS complex and most of the T wave."""
_QRS_S = 0.12
"""To either side: where beats are aligned."""
LEAST_LIKENESS = 0.9
"""Correlation with the median, over all leads: less is another shape, or a disturbance."""
_ROUNDS = 2
"""The second median, of the beats that are alike, is the one they are aligned to."""


@dataclass(frozen=True)
class AlignedBeats:
    """Beats of one shape.

    Attributes:
        kept: `[kept]`, indices of the beats that are alike, into those that were given.
        sample: `[kept]` int64, where the beats lie once they are aligned.
        likeness: `[beats]`, correlation of each given beat with the median.
    """

    kept: NDArray[np.intp]
    sample: NDArray[np.int64]
    likeness: NDArray[np.float64]


def align(
    steady_mv: NDArray[np.float64], rate_hz: float, beat_samples: NDArray[np.int64]
) -> AlignedBeats:
    """Align beats by their QRS complexes and tell which of them are alike.

    Args:
        steady_mv: `[samples, leads]` without wander.
        rate_hz: of the signal.
        beat_samples: `[beats]`, at least one.
    """
    reach = round(MOST_SHIFT_S * rate_hz)
    sample = np.array(beat_samples, np.int64)
    kept = np.arange(len(sample))
    likeness = np.ones(len(sample))
    for _ in range(_ROUNDS):
        template = median_of(windows(steady_mv, sample[kept], rate_hz, _QRS_S, _QRS_S))
        sample = sample + _shifts(steady_mv, rate_hz, sample, template, reach)
        shapes = windows(steady_mv, sample, rate_hz, _SHAPE_BEFORE_S, _SHAPE_AFTER_S)
        likeness = _likeness(shapes, median_of(shapes[kept]))
        alike = np.flatnonzero(likeness >= LEAST_LIKENESS)
        kept = alike if len(alike) else np.array([int(likeness.argmax())])
    return AlignedBeats(kept, sample[kept], likeness)


def windows(
    signal_mv: NDArray[np.floating],
    beat_samples: NDArray[np.int64],
    rate_hz: float,
    before_s: float = BEFORE_S,
    after_s: float = AFTER_S,
) -> NDArray[np.float64]:
    """`[beats, samples, leads]` around each beat, NaN beyond the ends of the signal."""
    offsets = np.arange(-round(before_s * rate_hz), round(after_s * rate_hz))
    places = beat_samples[:, np.newaxis] + offsets
    inside = (places >= 0) & (places < len(signal_mv))
    found = np.asarray(signal_mv[np.clip(places, 0, len(signal_mv) - 1)], np.float64)
    found[~inside] = np.nan
    return found


def median_of(beats_mv: NDArray[np.float64]) -> NDArray[np.float64]:
    """`[samples, leads]`, the median of `[beats, samples, leads]`; 0 where no beat reaches."""
    if not np.isnan(beats_mv).any():
        return np.asarray(np.median(beats_mv, axis=0), np.float64)
    reached = ~np.isnan(beats_mv).all(axis=0)
    median = np.zeros(beats_mv.shape[1:])
    median[reached] = np.nanmedian(beats_mv[:, reached], axis=0)
    return median


def _shifts(
    steady_mv: NDArray[np.float64],
    rate_hz: float,
    sample: NDArray[np.int64],
    template: NDArray[np.float64],
    reach: int,
) -> NDArray[np.int64]:
    """`[beats]`, by how much each has to move to look most like the template."""
    margin_s = _QRS_S + reach / rate_hz
    wide = np.nan_to_num(windows(steady_mv, sample, rate_hz, margin_s, margin_s))
    length = len(template)
    moves = np.arange(wide.shape[1] - length + 1)
    fit = np.stack(
        [np.einsum("bsl,sl->b", wide[:, move : move + length], template) for move in moves], axis=1
    )
    return np.asarray(fit.argmax(axis=1) - len(moves) // 2, np.int64)


def _likeness(shapes: NDArray[np.float64], template: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlation over what is seen of each beat, each lead around its own mean."""
    seen = ~np.isnan(shapes)
    count = np.maximum(seen.sum(axis=1, keepdims=True), 1)

    def centred(beats: NDArray[np.float64]) -> NDArray[np.float64]:
        shown = np.where(seen, beats, 0.0)
        return np.where(seen, shown - shown.sum(axis=1, keepdims=True) / count, 0.0)

    found, wanted = centred(shapes), centred(np.broadcast_to(template, shapes.shape))
    product = np.einsum("bsl,bsl->b", found, wanted)
    size = np.sqrt(np.einsum("bsl,bsl->b", found, found) * np.einsum("bsl,bsl->b", wanted, wanted))
    return np.asarray(product / np.maximum(size, 1e-12), np.float64)
