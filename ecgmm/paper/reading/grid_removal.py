"""The ink of a flat page: what is darker than the grid's own lines."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

BOXES_OF_A_LINE = 5
DARKEST_SHARE = 0.995
LARGEST_OVER_TYPICAL = 1.2
LEAST_HEADROOM = 0.15


def remove_grid(darkness: NDArray[np.float32], box_px: int) -> NDArray[np.float32]:
    """Take the grid's lines out of a flat page.

    A grid line is dark over several boxes, a trace is not: the typical darkness of each column
    over five boxes is the model of the vertical lines, that of each row of the horizontal ones.

    Args:
        darkness: `[height, width]`, see `ink.line_darkness`, flat, its grid parallel to its edges.
        box_px: size of a 5 mm box.

    Returns:
        `[height, width]` from 0, paper or grid, to 1, ink.
    """
    lines = np.maximum(_line_model(darkness, box_px), _line_model(darkness.T, box_px).T)
    ink_level = np.quantile(darkness[::4, ::4], DARKEST_SHARE)
    headroom = np.maximum(ink_level - lines, LEAST_HEADROOM)
    return np.clip((darkness - lines) / headroom, 0, 1).astype(np.float32)


def _line_model(darkness: NDArray[np.float32], box_px: int) -> NDArray[np.float32]:
    """Darkness of the lines that run down the picture, as it slowly changes along them."""
    height, width = darkness.shape
    boxes = max(1, height // box_px)
    blocks = darkness[: boxes * box_px].reshape(boxes, -1, width)
    typical = np.median(blocks[:, :: max(1, box_px // 10)], axis=1)
    reach = BOXES_OF_A_LINE // 2
    padded = np.pad(typical, ((reach, reach), (0, 0)), mode="reflect" if boxes > reach else "edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, BOXES_OF_A_LINE, axis=0)
    smooth = np.median(windows, axis=-1).astype(np.float32)
    smooth = np.minimum(smooth, LARGEST_OVER_TYPICAL * _typical_line(smooth, box_px))
    full = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(full, np.float32)


def _typical_line(lines: NDArray[np.float32], box_px: int) -> NDArray[np.float32]:
    """How dark the lines around are: a flat trace that lies on one makes it darker than them.

    Args:
        lines: `[boxes, width]`, darkness of each column of pixels, box by box.
        box_px: distance of the lines.
    """
    boxes, width = lines.shape
    count = max(1, width // box_px)
    darkest = lines[:, : count * box_px].reshape(boxes, count, -1).max(axis=-1)
    typical = cv2.medianBlur(np.ascontiguousarray(darkest), 5)
    stretched = cv2.resize(typical, (width, boxes), interpolation=cv2.INTER_LINEAR)
    return np.asarray(stretched, np.float32)
