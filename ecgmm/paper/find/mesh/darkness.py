"""How much darker than its paper each point of a picture is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

PAPER_WINDOW_PX = 41
COARSE = 4
SHEET_BLUR_PX = 4.0
SHEET_EDGE_PX = 11


def line_darkness(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Darkness of every point against the paper around it.

    The green channel shows red, pink, blue and grey lines alike, and is the sharpest of a
    phone's sensor; redness and saturation are smeared by the compression of colour.

    Args:
        rgb: `[height, width, 3]`, at most about 1300 px wide, so that the window of 41 px
            that looks for paper reaches beyond any line or letter.

    Returns:
        `[height, width]`, 0 on bare paper, towards 1 for black ink; never negative.
    """
    green = rgb[..., 1].astype(np.float32)
    darkness = 1 - green / np.maximum(paper_level(green), 1)
    return np.clip(darkness, 0, 1)


def on_brightest_sheet(
    darkness: NDArray[np.float32], rgb: NDArray[np.uint8]
) -> NDArray[np.float32]:
    """Darkness on the largest bright thing alone: a patterned table is no grid.

    Args:
        darkness: `[height, width]`, see `line_darkness`.
        rgb: `[height, width, 3]`, what it was taken from.

    Returns:
        `[height, width]`, 0 off the sheet and at its edge.
    """
    whiteness = cv2.GaussianBlur(rgb.min(axis=2), (0, 0), SHEET_BLUR_PX)
    _, bright = cv2.threshold(whiteness, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(bright)
    area = np.where(np.arange(len(stats)) > 0, stats[:, cv2.CC_STAT_AREA], 0)
    sheet = (labels == int(area.argmax())).astype(np.uint8)
    inner = cv2.erode(sheet, np.ones((SHEET_EDGE_PX,) * 2, np.uint8), borderValue=0)
    return darkness * inner


def paper_level(channel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Brightness of the bare paper everywhere: what remains when dark marks are closed.

    Args:
        channel: `[height, width]` brightness.

    Returns:
        `[height, width]`, smooth, in the unit of `channel`.
    """
    height, width = channel.shape
    coarse = cv2.resize(
        cv2.GaussianBlur(channel, (0, 0), 0.8),
        (max(1, width // COARSE), max(1, height // COARSE)),
        interpolation=cv2.INTER_AREA,
    )
    window = PAPER_WINDOW_PX // COARSE | 1
    bright = cv2.dilate(coarse, np.ones((window // 2 | 1,) * 2, np.uint8))
    smooth = cv2.GaussianBlur(cv2.medianBlur(bright, 5), (window, window), 0)
    full = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(full, np.float32)
