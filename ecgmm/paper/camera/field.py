"""Fields that change slowly over a picture: known at coarse nodes, spread over the pixels.

Node `i` lies at pixel `cell * (i - 1) + (cell - 1) / 2`: in the middle of a cell, with one more
node outside the picture on each side. So `cv2.resize` by `cell` spreads it exactly.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

_BAND_CELLS = 32


def node_count(length_px: int, cell_px: int) -> int:
    """How many nodes a side of a picture needs."""
    return -(-length_px // cell_px) + 2


def node_positions_px(count: int, cell_px: int) -> NDArray[np.float64]:
    """`[count]`, where the nodes are."""
    first = (cell_px - 1) / 2 - cell_px
    return np.linspace(first, first + (count - 1) * cell_px, count)


def bands(height_px: int, cell_px: int) -> Iterator[slice]:
    """Rows of a picture in pieces that fit into the processor's cache."""
    band_px = _BAND_CELLS * cell_px
    for top in range(0, height_px, band_px):
        yield slice(top, min(top + band_px, height_px))


def spread(
    nodes: NDArray[np.float32], cell_px: int, rows: slice, width_px: int
) -> NDArray[np.float32]:
    """The field at every pixel of a band.

    Args:
        nodes: `[node rows, node columns]` or `[node rows, node columns, channels]`.
        cell_px: distance of the nodes.
        rows: the band, which begins at a whole cell.
        width_px: width of the picture.

    Returns:
        `[rows, width]` or `[rows, width, channels]`.
    """
    first, stop = rows.start // cell_px, -(-rows.stop // cell_px) + 2
    part = nodes[first:stop]
    size = part.shape[1] * cell_px, part.shape[0] * cell_px
    pixels = cv2.resize(part, size, interpolation=cv2.INTER_LINEAR)
    height = rows.stop - rows.start
    return np.asarray(pixels[cell_px : cell_px + height, cell_px : cell_px + width_px], np.float32)
