"""From probabilities on the time grid to beats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import STEP_S
from ecgmm.labels import AAMI_CLASSES, NO_BEAT, STEP_CLASSES

BEAT_THRESHOLD = 0.5
REFRACTORY_STEPS = 5
REFINE_WITHIN_S = 0.08
ISOELECTRIC_WITHIN_S = 0.3


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
    if sampling_rate_hz * STEP_S < 1:
        return refined
    reach = max(1, round(REFINE_WITHIN_S * sampling_rate_hz))
    wide = round(ISOELECTRIC_WITHIN_S * sampling_rate_hz)
    centres = np.round(time_s * sampling_rate_hz).astype(int)
    borders = np.concatenate([[-reach], (centres[1:] + centres[:-1] + 1) // 2, [len(signal_mv)]])
    for index, centre in enumerate(centres):
        near = signal_mv[max(centre - wide, 0) : centre + wide + 1]
        start = max(centre - reach, borders[index], 0)
        inner = signal_mv[start : min(centre + reach + 1, borders[index + 1])]
        known = np.isfinite(near).all(axis=0)
        if len(inner) == 0 or not known.any():
            continue
        level = np.median(near[:, known], axis=0)
        deflection = np.abs(inner[:, known] - level).mean(axis=1)
        refined[index] = (start + int(deflection.argmax())) / sampling_rate_hz
    return refined
