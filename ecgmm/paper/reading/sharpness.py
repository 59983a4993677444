"""Whether a picture is too blurred for lines to be seen in it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.reading.geometry import WORKING_SIZE_PX

LEAST_SHARPNESS = 0.08
NOISE_SIGMA_PX = 1.0


def is_blurred(rgb: NDArray[np.uint8]) -> bool:
    """Whether nothing in a picture changes over a few pixels.

    Args:
        rgb: `[height, width, 3]`; it is judged at the size at which its grid is looked for.
    """
    scale = min(1.0, WORKING_SIZE_PX / max(rgb.shape[:2]))
    green = cv2.resize(rgb[..., 1], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(green.astype(np.float32), (0, 0), NOISE_SIGMA_PX)
    edges = np.abs(cv2.Laplacian(smooth, cv2.CV_32F))
    low, high = np.quantile(smooth[::4, ::4], (0.01, 0.99))
    return bool(np.quantile(edges[::2, ::2], 0.999) < LEAST_SHARPNESS * max(high - low, 1.0))
