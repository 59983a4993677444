"""The light of a flat picture: evened out, dark ink on light paper."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_DARK_SCREEN_LEVEL = 100
_PAPER_QUANTILE = 0.1
_SMALLEST_CELL_PX = 8
_CELLS = 250
_BACKGROUND_NIB = np.ones((9, 9), np.uint8)


def dark_on_light(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture itself, or its negative when it is a bright trace on a dark screen."""
    grey = cv2.cvtColor(rgb[::4, ::4], cv2.COLOR_RGB2GRAY)
    return 255 - rgb if np.median(grey) < _DARK_SCREEN_LEVEL else rgb


def evenly_lit(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture as if its background were white everywhere."""
    height, width = rgb.shape[:2]
    cell = max(_SMALLEST_CELL_PX, max(height, width) // _CELLS)
    coarse_size = max(1, width // cell), max(1, height // cell)
    coarse = cv2.resize(rgb, coarse_size, interpolation=cv2.INTER_AREA)
    background = cv2.GaussianBlur(cv2.dilate(coarse, _BACKGROUND_NIB), (0, 0), 3)
    level = cv2.resize(background, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.divide(rgb, level, scale=255).astype(np.uint8)


def darkness(light: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`[height, width]` how much of any colour each pixel lacks against plain paper.

    Red, green, blue and grey lines are all seen best in the channel that they lack most.
    """
    red, green, blue = np.moveaxis(light, 2, 0)
    lacking = 255 - np.minimum(np.minimum(red, green), blue)
    plain = np.uint8(np.quantile(lacking[::4, ::4], _PAPER_QUANTILE))
    return np.maximum(lacking, plain) - plain
