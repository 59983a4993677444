"""Made-up readings of strips: beats of one shape, with what the network says of their rhythm."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.raw_reading import RawReading
from ecgmm.analysis.reading import Quality
from ecgmm.analysis.shapes import P_S, QRS, QRS_S, P, no_shapes


def strip(
    rr_s: NDArray[np.float64] | float = 0.8,
    *,
    said: tuple[float, float, float, float] = (0.4, 0.3, 0.28, 0.02),
    p_mv: float = 0.15,
    beats: int = 36,
    leads: tuple[str, ...] = ("I",),
) -> RawReading:
    """A strip of beats that are all `N`.

    Args:
        rr_s: the intervals, or one for all.
        said: probabilities of the network, in the order of `labels.RHYTHM_CLASSES`.
        p_mv: how high the P waves are.
        beats: how many there are.
        leads: their names.
    """
    times_s = 0.3 + np.concatenate([[0.0], np.cumsum(np.broadcast_to(rr_s, (beats - 1,)))])
    probability = np.tile(np.float32([0.97, 0.02, 0.004, 0.003, 0.003]), (beats, 1))
    shapes = no_shapes(beats)
    shapes[:, 0] = 0.0
    shapes[:, 0, QRS] = np.exp(-((QRS_S / 0.02) ** 2))
    shapes[:, 0, P] = p_mv * np.exp(-(((P_S + 0.16) / 0.03) ** 2))
    shapes[:, 0] += np.random.default_rng(0).normal(0, 0.01, shapes[:, 0].shape)
    return RawReading(
        modality="signal",
        duration_s=float(times_s[-1]) + 0.4,
        leads=leads,
        beats=BeatList(times_s, "N" * beats, np.full(beats, 0.95)),
        class_probability=probability,
        shapes=shapes,
        window_rhythm=np.float32([said]),
        window_start_s=np.zeros(1),
        gaps_s=[],
        quality=Quality(0.95),
    )


def irregular_s(seed: int = 0, beats: int = 36) -> NDArray[np.float64]:
    """Intervals as in fibrillation, 0.8 s in the mean."""
    rr_s = np.exp(np.random.default_rng(seed).normal(0, 0.22, beats - 1))
    return 0.8 * rr_s / rr_s.mean()
