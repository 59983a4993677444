"""The last fraction of a millimetre: from where the network sees a trace to where its ink is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MV, STRIP_HEIGHT_PX, STRIP_SAMPLES, STRIP_WIDTH_PX

REACH_PX = 6.0
PAPER_WINDOW_PX = 31
FAINTEST_LEVELS = 1.0


def follow_ink(grey: NDArray[np.uint8], height_mv: NDArray[np.float32]) -> NDArray[np.float32]:
    """Move a trace onto the ink that is next to it.

    In each column the darkness beside the paper's own, squared, is weighed by a bell of 1.5 mm
    around the height that the network says; the centre of what is left is the height. Where no
    ink is near, the network's word stays.

    Args:
        grey: `[160, 1000]` strip.
        height_mv: `[1250]` millivolts above the strip's middle.

    Returns:
        `[1250]` the same, on the ink.
    """
    paper = cv2.medianBlur(grey, PAPER_WINDOW_PX).astype(np.float32)
    darkness = np.clip(paper - grey, 0.0, None)
    columns = np.arange(STRIP_SAMPLES) * (STRIP_WIDTH_PX / STRIP_SAMPLES)
    left = columns.astype(int)
    right = np.minimum(left + 1, STRIP_WIDTH_PX - 1)
    share = (columns - left).astype(np.float32)
    at_samples = darkness[:, left] * (1 - share) + darkness[:, right] * share
    rows = np.arange(STRIP_HEIGHT_PX, dtype=np.float32)[:, None]
    expected = STRIP_HEIGHT_PX / 2 - PIXELS_PER_MV * height_mv
    weight = at_samples**2 * np.exp(-0.5 * ((rows - expected) / REACH_PX) ** 2)
    total = weight.sum(axis=0)
    inked = total > FAINTEST_LEVELS**2
    row = np.where(inked, (weight * rows).sum(axis=0) / np.where(inked, total, 1.0), expected)
    return ((STRIP_HEIGHT_PX / 2 - row) / PIXELS_PER_MV).astype(np.float32)
