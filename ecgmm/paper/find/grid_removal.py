"""The ink of a flat page: what is darker than the grid's own lines."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

BOXES_OF_A_LINE = 5
DARKEST_SHARE = 0.995
LARGEST_OVER_TYPICAL = 1.2
LEAST_HEADROOM = 0.15


def remove_grid(darkness: NDArray[np.float32], box_px: int) -> NDArray[np.float32]:
    """Take the grid's lines out of a flat page.

    Args:
        darkness: `[height, width]`, see `ink.line_darkness`, flat, its grid parallel to its edges;
            NaN where no paper is seen.
        box_px: size of a 5 mm box.

    Returns:
        `[height, width]` from 0, paper or grid, to 1, ink.
    """
    return ink_over(grid_lines(darkness, box_px), darkness)


def grid_lines(darkness: NDArray[np.float32], box_px: int) -> NDArray[np.float32]:
    """The grid alone.

    A grid line is dark over several boxes, a trace is not: the typical darkness of each column
    over five boxes is the model of the vertical lines, that of each row of the horizontal ones.

    Args:
        darkness: `[height, width]`, see `remove_grid`.
        box_px: size of a 5 mm box.

    Returns:
        `[height, width]`, how dark the page would be without ink.
    """
    return np.maximum(_line_model(darkness, box_px), _line_model(darkness.T, box_px).T)


def ink_over(lines: NDArray[np.float32], darkness: NDArray[np.float32]) -> NDArray[np.float32]:
    """What is darker than the grid: `[height, width]` from 0, paper or grid, to 1, ink."""
    ink_level = np.nanquantile(darkness[::4, ::4], DARKEST_SHARE)
    headroom = np.maximum(ink_level - lines, LEAST_HEADROOM)
    return np.nan_to_num(np.clip((darkness - lines) / headroom, 0, 1)).astype(np.float32)


def _line_model(darkness: NDArray[np.float32], box_px: int) -> NDArray[np.float32]:
    """Darkness of the lines that run down the picture, as it slowly changes along them."""
    height, width = darkness.shape
    boxes = max(1, height // box_px)
    blocks = darkness[: boxes * box_px].reshape(boxes, -1, width)
    typical = _median(blocks[:, :: max(1, box_px // 10)], axis=1)
    reach = BOXES_OF_A_LINE // 2
    padded = np.pad(typical, ((reach, reach), (0, 0)), mode="reflect" if boxes > reach else "edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, BOXES_OF_A_LINE, axis=0)
    smooth = np.nan_to_num(_median(windows, axis=-1))
    smooth = np.minimum(smooth, LARGEST_OVER_TYPICAL * _typical_line(smooth, box_px))
    full = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(full, np.float32)


def _median(values: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """The median of what is known; NaN where nothing is."""
    ascending = np.sort(values, axis=axis)
    known = np.isfinite(values).sum(axis=axis, keepdims=True)
    lower = np.take_along_axis(ascending, np.maximum(known - 1, 0) // 2, axis)
    upper = np.take_along_axis(ascending, known // 2, axis)
    return np.squeeze((lower + upper) / 2, axis).astype(np.float32)


def _typical_line(lines: NDArray[np.float32], box_px: int) -> NDArray[np.float32]:
    """How dark the lines are at the same place of the boxes around.

    A flat trace that lies on a line makes it darker than those, and tall beats one above the
    other are dark where no other box has a line.

    Args:
        lines: `[boxes, width]`, darkness of each column of pixels, box by box.
        box_px: distance of the lines.
    """
    boxes, width = lines.shape
    count = max(1, width // box_px)
    spread = np.asarray(cv2.dilate(lines, np.ones((1, 3), np.uint8)), np.float32)
    by_place = spread[:, : count * box_px].reshape(boxes, count, -1)
    places = range(by_place.shape[-1])
    typical = np.stack([_median_of_neighbours(by_place[..., x]) for x in places], axis=-1)
    column = np.arange(width)
    box = np.minimum(column // box_px, count - 1)
    return np.asarray(typical[:, box, column % box_px], np.float32)


def _median_of_neighbours(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Median over the two boxes to every side, mirrored at the page's edges."""
    reach = BOXES_OF_A_LINE // 2
    mode: Literal["reflect", "edge"] = "reflect" if min(boxes.shape) > reach else "edge"
    blurred = cv2.medianBlur(np.pad(boxes, reach, mode=mode), BOXES_OF_A_LINE)
    return np.asarray(blurred[reach:-reach, reach:-reach], np.float32)
