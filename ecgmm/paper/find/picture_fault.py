"""What is wrong with a photo as such, whatever it shows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.find.mesh.geometry import WORKING_SIZE_PX

TOO_DARK = "Too dark: take the picture in more light."
TOO_BLURRED = "Too blurred: hold the camera still and let it focus on the paper."
DARKEST_LEVEL = 60
LEAST_CONTRAST = 12
LEAST_SHARPNESS = 0.08
NOISE_SIGMA_PX = 1.0


def picture_fault(rgb: NDArray[np.uint8]) -> str:
    """Why nobody could read a picture; empty where it is bright and sharp.

    Args:
        rgb: `[height, width, 3]`; it is judged at the size at which its grid is looked for.

    Returns:
        A sentence: too dark when hardly a pixel is bright; too blurred when what there is in it
        never changes over a few pixels.
    """
    scale = min(1.0, WORKING_SIZE_PX / max(rgb.shape[:2]))
    green = cv2.resize(rgb[..., 1], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(green.astype(np.float32), (0, 0), NOISE_SIGMA_PX)
    low, high, brightest = np.quantile(smooth[::4, ::4], (0.01, 0.99, 0.999))
    if brightest < DARKEST_LEVEL:
        return TOO_DARK
    edges = np.abs(cv2.Laplacian(smooth, cv2.CV_32F))[::2, ::2]
    is_blank = high - low < LEAST_CONTRAST
    if not is_blank and np.quantile(edges, 0.999) < LEAST_SHARPNESS * (high - low):
        return TOO_BLURRED
    return ""
