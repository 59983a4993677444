"""Where each lead of a set was recorded."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ecgmm.grid import SAMPLES_PER_STEP
from ecgmm.leads import LONGEST_STILL_STEPS


def seen_steps(leads_mv: NDArray[np.float32]) -> NDArray[np.float32]:
    """Tell where leads were recorded: where they are not exactly 0 mV for longer than a second.

    Args:
        leads_mv: `[batch, leads, samples]`, millivolts; samples a multiple of 5.

    Returns:
        `[batch, leads, samples / 5]`, 1 where the lead was recorded, else 0.

    Example:
        >>> leads_mv = np.zeros((1, 2, 1250), np.float32)
        >>> leads_mv[:, 0] = np.sin(np.arange(1250))
        >>> seen_steps(leads_mv).mean(axis=-1).tolist()
        [[1.0, 0.0]]
    """
    batch, leads, _ = leads_mv.shape
    active = leads_mv.reshape(batch, leads, -1, SAMPLES_PER_STEP).any(axis=-1)
    reach = LONGEST_STILL_STEPS // 2
    around = ((0, 0), (0, 0), (2 * reach, 2 * reach))
    grown = sliding_window_view(np.pad(active, around), LONGEST_STILL_STEPS, axis=-1).any(axis=-1)
    shrunk = sliding_window_view(grown, LONGEST_STILL_STEPS, axis=-1).all(axis=-1)
    return np.asarray(shrunk, np.float32)
