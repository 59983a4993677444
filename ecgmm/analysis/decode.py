"""From probabilities on the time grid to beats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ecgmm.grid import STEP_S
from ecgmm.labels import AAMI_CLASSES, NO_BEAT, STEP_CLASSES

BEAT_THRESHOLD = 0.5
"""A beat is read where it is more probable than none."""
REFRACTORY_STEPS = 5
"""200 ms, the refractory period of Pan and Tompkins (1985)."""
REFINE_WITHIN_S = 0.08
"""Two steps of the grid to either side: about as wide as half a broad QRS complex."""
ISOELECTRIC_WITHIN_S = 0.3
"""Longer than a QRS complex to either side, so that its median is the baseline."""
BEATS_AT_ONCE = 1024
"""Windows of so many beats stand in memory at once: 2.5 MB a lead at 1000 Hz."""
_LEAST_PROBABILITY = 1e-6
OUTSIDE = np.float32(np.inf)


@dataclass(frozen=True)
class DecodedBeats:
    """Beats in time order.

    Attributes:
        time_s: `[beats]`, middle of each QRS.
        class_index: `[beats]`, index into `labels.AAMI_CLASSES`.
        probability: `[beats]`, of there being a beat of that class.
        class_probability: `[beats, 5]`, given that there is a beat.
    """

    time_s: NDArray[np.float64]
    class_index: NDArray[np.int64]
    probability: NDArray[np.float64]
    class_probability: NDArray[np.float64]

    @property
    def labels(self) -> tuple[str, ...]:
        """AAMI class of each beat."""
        return tuple(AAMI_CLASSES[index] for index in self.class_index)

    @property
    def certainty(self) -> NDArray[np.float64]:
        """`[beats]`, that there is a beat at all."""
        return certainty_of(self.probability, self.class_probability)

    def only(self, kept: NDArray[np.bool_]) -> DecodedBeats:
        """Those of which `kept`, `[beats]`, is True."""
        return DecodedBeats(
            self.time_s[kept],
            self.class_index[kept],
            self.probability[kept],
            self.class_probability[kept],
        )


def certainty_of(
    probability: NDArray[np.float64], class_probability: NDArray[np.floating]
) -> NDArray[np.float64]:
    """`[beats]`, that there is a beat at all, of whatever class.

    Args:
        probability: `[beats]`, of there being a beat of its likeliest class.
        class_probability: `[beats, 5]`, given that there is a beat.
    """
    of_class = class_probability.max(axis=1, initial=_LEAST_PROBABILITY)
    return np.minimum(probability / of_class, 1.0)


def decode_beats(step_probability: NDArray[np.float32]) -> DecodedBeats:
    """Pick the peaks of the probability of a beat.

    A beat near the border of two steps shares its probability between them, so a peak
    is judged by the sum over itself and both neighbours. Peaks are at least 200 ms
    apart, the absolute refractory period that QRS detectors since
    Pan and Tompkins (1985) use.

    Args:
        step_probability: `[steps, 6]`, in the order of `labels.STEP_CLASSES`.
    """
    from scipy.signal import find_peaks

    none = STEP_CLASSES.index(NO_BEAT)
    padded = np.pad(step_probability, ((1, 1), (0, 0))).astype(np.float64)
    padded[[0, -1], none] = 1.0
    beat = 1.0 - padded[:, none]
    peaks, _ = find_peaks(beat, height=BEAT_THRESHOLD / 3, distance=REFRACTORY_STEPS)
    around = peaks[:, None] + np.arange(-1, 2)
    mass = beat[around].sum(axis=1)
    kept = mass >= BEAT_THRESHOLD
    around, mass = around[kept], mass[kept]

    centre = (beat[around] * (around - 1)).sum(axis=1) / mass
    classes = np.delete(padded, none, axis=1)[around].sum(axis=1)
    class_probability = classes / classes.sum(axis=1, keepdims=True)
    class_index = class_probability.argmax(axis=1)
    return DecodedBeats(
        time_s=(centre + 0.5) * STEP_S,
        class_index=class_index,
        probability=np.minimum(mass, 1.0) * class_probability.max(axis=1, initial=0.0),
        class_probability=class_probability,
    )


def refine_times(
    time_s: NDArray[np.float64], signal_mv: NDArray[np.float32], sampling_rate_hz: float
) -> NDArray[np.float64]:
    """Move each beat to the largest deflection of the signal within 80 ms.

    Args:
        time_s: `[beats]`, on the grid of 40 ms.
        signal_mv: `[samples, leads]`; the deflection is the mean over leads of the distance
            from each lead's median within 300 ms.
        sampling_rate_hz: sampling rate of `signal_mv`.

    Returns:
        `[beats]`, ascending; a beat never crosses the middle between itself and a
        neighbour, and one without signal around it stays. So do all where the signal is
        coarser than the grid.
    """
    refined = np.array(time_s)
    if sampling_rate_hz * STEP_S < 1 or len(time_s) == 0:
        return refined
    reach = max(1, round(REFINE_WITHIN_S * sampling_rate_hz))
    wide = round(ISOELECTRIC_WITHIN_S * sampling_rate_hz)
    centres = np.round(time_s * sampling_rate_hz).astype(int)
    middles = (centres[1:] + centres[:-1] + 1) // 2
    first = np.maximum(centres - reach, np.concatenate([[0], middles]))
    end = np.minimum(centres + reach + 1, np.concatenate([middles, [len(signal_mv)]]))
    end = np.minimum(end, len(signal_mv))
    beyond = max(int(centres[-1]) + 1 - len(signal_mv), 0)
    known = np.where(np.isfinite(signal_mv), signal_mv, np.float32(np.nan))
    padded = np.pad(known, ((wide, wide + beyond), (0, 0)), constant_values=OUTSIDE)
    windows = sliding_window_view(padded, 2 * wide + 1, axis=0)
    for start in range(0, len(centres), BEATS_AT_ONCE):
        some = slice(start, start + BEATS_AT_ONCE)
        deflection = _deflection(windows[centres[some]], wide, reach)
        sample = centres[some, None] + np.arange(-reach, reach + 1)
        deflection[(sample < first[some, None]) | (sample >= end[some, None])] = -1.0
        peak = centres[some] - reach + deflection.argmax(axis=1)
        refined[some] = np.where(
            deflection.max(axis=1) >= 0, peak / sampling_rate_hz, refined[some]
        )
    return refined


def _deflection(near: NDArray[np.float32], wide: int, reach: int) -> NDArray[np.float32]:
    """Mean over leads of the distance from their medians; -1 where no lead is known throughout.

    Args:
        near: `[beats, leads, 2 * wide + 1]`, NaN where nothing is known, infinite outside.
        wide: samples on either side of a beat.
        reach: samples on either side of a beat that are wanted.

    Returns:
        `[beats, 2 * reach + 1]`.
    """
    known = np.isnan(near).sum(axis=2) == 0
    inside = (near[:, 0] != OUTSIDE).sum(axis=1)
    ordered = np.sort(near, axis=2)
    beat = np.arange(len(near))
    level = (ordered[beat, :, (inside - 1) // 2] + ordered[beat, :, inside // 2]) / 2
    inner = near[:, :, wide - reach : wide + reach + 1]
    with np.errstate(invalid="ignore"):
        distance = np.where(known[:, :, None], np.abs(inner - level[:, :, None]), 0.0)
    leads = known.sum(axis=1)[:, None]
    return np.where(leads > 0, distance.sum(axis=1) / np.maximum(leads, 1), -1.0)
