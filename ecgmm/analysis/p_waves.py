"""What precedes each QRS complex: the P wave, once the T wave of the beat before it is gone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.shapes import P_S, T_S, P, T


def waves_before(
    shapes: NDArray[np.float32], normal: NDArray[np.bool_], before_s: NDArray[np.float64]
) -> NDArray[np.float32]:
    """What precedes each QRS once the T wave of the beat before it is taken away.

    Args:
        shapes: `[beats, leads, samples]` as `shapes.beat_shapes` gives them, 0 where unknown.
        normal: `[beats]`, those whose median T wave is taken away.
        before_s: `[beats]`, RR interval before each; NaN where it is not known.

    Returns:
        `[beats, leads, samples]`, the mean removed.
    """
    usual = np.median(shapes[normal], axis=0)
    since_s = before_s[:, np.newaxis] + P_S
    p_waves = shapes[:, :, P].copy()
    for lead, t_wave in enumerate(usual[:, T]):
        p_waves[:, lead] -= np.interp(np.nan_to_num(since_s, nan=9.0), T_S, t_wave, right=0.0)
    return p_waves - p_waves.mean(axis=2, keepdims=True)
