"""Junctional and low atrial rhythms: the ventricles beat as ever, the recording's P wave is gone.

The AV junction paces the heart at 40 to 60 a minute, up to 100 when accelerated; the QRS complex
stays as it is, and the P wave is hidden in it or upside down before it (textbook; ACC/AHA/HRS 2018,
section 6). So the P wave that a recording usually has is looked for before each beat of its usual
shape, a little earlier or later too, since the PR interval follows the rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.heart_rate import rr_intervals_s
from ecgmm.analysis.losses import true_spans
from ecgmm.analysis.p_waves import waves_before
from ecgmm.analysis.shape_clusters import ALIKE, alike, cluster
from ecgmm.analysis.shapes import QRS

FEWEST_USUAL_BEATS = 60
"""A minute of the recording's own rhythm, to know its P wave by."""
CLEAR_P = 0.85
"""Median likeness of P waves to their mean, from which on a missing one means something. At .75 a
training patient in sinus rhythm (MIT-BIH 112) is called junctional five times."""
UNLIKE = 0.5
"""Correlation at any shift; the recording's own P waves reach 0.85 and more in median."""
SHIFT_SAMPLES = 6
"""60 ms either way: PR changes by as much when a rate changes by a third."""
SMOOTHED_OVER_BEATS = 5
FEWEST_BEATS = 7
"""At six, two runs of a training record in which P waves can be seen are called junctional."""
MOST_CHANGE = 0.05
"""From one interval to the next, in median: an escape rhythm is regular."""
FASTEST_BPM = 100.0
"""Faster, it is a tachycardia, which `episodes` tells by its beats."""
ABSENT_SHARE = 0.4
"""Of the usual P wave's power in what precedes the run's beats on average: no P wave is left."""
UPSIDE_DOWN, CONSISTENT = -0.7, 0.9
"""Correlation with the usual P wave, and of the run's P waves with each other."""
MOST_NOISE = 1.6
"""Of the scatter of the usual P waves: in more noise no P wave can be missed."""


@dataclass(frozen=True)
class _PWaves:
    """What precedes each beat, beside the recording's own P wave.

    Attributes:
        before: `[beats, leads, samples]`, level and slope removed.
        own: `[leads, samples]`, the median of the beats of usual shape.
        scatter: mean squared distance of these from it, in median.
    """

    before: NDArray[np.float32]
    own: NDArray[np.float32]
    scatter: float

    def likeness(self, waves: NDArray[np.float32]) -> NDArray[np.float64]:
        """`[waves, shifts]`, correlation with the own P wave at each shift."""
        at = np.arange(self.own.shape[1])
        shifted = [
            _levelled(self.own[:, np.clip(at - shift, 0, len(at) - 1)])
            for shift in range(-SHIFT_SAMPLES, SHIFT_SAMPLES + 1)
        ]
        return np.stack([alike(waves, one) for one in shifted], axis=1)

    def is_junctional(self, run: slice) -> bool:
        """Whether no P wave precedes the beats of a run, or one that is upside down."""
        waves = self.before[run]
        mean = np.median(waves, axis=0)
        if _scatter(waves, mean) > MOST_NOISE * self.scatter:
            return False
        is_absent = np.sum(mean**2) <= ABSENT_SHARE * np.sum(self.own**2)
        is_inverted = self.likeness(mean[np.newaxis]).min() <= UPSIDE_DOWN
        is_one_shape = float(np.median(alike(waves, mean))) >= CONSISTENT
        return bool(is_absent or (is_inverted and is_one_shape))


def junctional_runs(
    beats: BeatList, shapes: NDArray[np.float16], gaps_s: list[tuple[float, float]]
) -> list[range]:
    """Runs of at least seven beats that look junctional or low atrial, as ranges of beats.

    Of a recording whose own P wave is not clear nothing is told, nor of one that is junctional
    throughout.

    Args:
        beats: of the whole recording.
        shapes: `[beats, leads, samples]` as `shapes.beat_shapes` gives them.
        gaps_s: `(start_s, end_s)` of what could not be read.
    """
    from scipy.ndimage import median_filter

    known = np.nan_to_num(shapes.astype(np.float32))
    before_s = np.append(np.nan, rr_intervals_s(beats.time_s, gaps_s))
    usual = _is_usual(beats, known)
    if usual.sum() < FEWEST_USUAL_BEATS:
        return []
    p_waves = _p_waves(known, usual, before_s)
    likeness = p_waves.likeness(p_waves.before)
    if np.median(likeness.max(axis=1)[usual]) < CLEAR_P:
        return []
    smoothed = median_filter(likeness.max(axis=1), SMOOTHED_OVER_BEATS)
    in_place = median_filter(likeness[:, SHIFT_SAMPLES], SMOOTHED_OVER_BEATS)
    without = usual & ((smoothed < UNLIKE) | (in_place <= UPSIDE_DOWN))
    spans = true_spans(without & np.isfinite(before_s)).tolist()
    return [
        range(first, last)
        for first, last in spans
        if last - first >= FEWEST_BEATS
        and _is_escape(before_s[first + 1 : last])
        and p_waves.is_junctional(slice(first, last))
    ]


def _is_usual(beats: BeatList, shapes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """`[beats]`, of the largest cluster's shape and begun above the ventricles."""
    if len(beats) < FEWEST_USUAL_BEATS:
        return np.zeros(len(beats), np.bool_)
    qrs = shapes[:, :, QRS]
    clusters = cluster(qrs)
    above = np.array([label in "NS" for label in beats.labels], np.bool_)
    return above & (alike(qrs, clusters.templates[clusters.largest]) >= ALIKE)


def _p_waves(
    shapes: NDArray[np.float32], usual: NDArray[np.bool_], before_s: NDArray[np.float64]
) -> _PWaves:
    before = _levelled(waves_before(shapes, usual, before_s))
    own = np.median(before[usual], axis=0)
    return _PWaves(before, own, _scatter(before[usual], own))


def _levelled(waves: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same without level and slope, which breathing and electrodes make."""
    ramp = np.linspace(-1.0, 1.0, waves.shape[-1], dtype=np.float32)
    ramp /= np.linalg.norm(ramp)
    flat = waves - waves.mean(axis=-1, keepdims=True)
    return flat - (flat @ ramp)[..., np.newaxis] * ramp


def _scatter(waves: NDArray[np.float32], mean: NDArray[np.float32]) -> float:
    return float(np.median(((waves - mean) ** 2).sum(axis=(1, 2))))


def _is_escape(rr_s: NDArray[np.float64]) -> bool:
    """Whether intervals are regular, and no faster than a junction beats."""
    middle_s = float(np.median(rr_s))
    change = float(np.median(np.abs(np.diff(rr_s)))) / middle_s
    return change <= MOST_CHANGE and 60.0 / middle_s <= FASTEST_BPM
