"""Which page of a document is read where only one can be: the first on a grid, as ECG paper is."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError, InputWarning
from ecgmm.paper.picture import Document, Picture

MAX_PAGES = 20
"""A report has a few pages, and each takes a second to draw."""
GRID_SHARE = 0.3
"""Of the tiles of a page: text and margins may take more than half of it."""
_LOOKED_AT_PX = 1600
"""Of the longer side: a small box of a page of A4 is five pixels wide then."""
_THICK_PX = 7
"""Thicker than any line of a grid at that size: what closes over it is the paper."""
_STRAIGHT_PX = 25
"""Nearly 5 mm: letters have no stroke so long."""
_TILE_PX = 60
"""11 mm: two heavy lines of a grid go through it each way."""
_FAINTEST_LEVELS = 5
"""Of 255: fainter lines are the noise of a scan."""


def choose_page(document: Document) -> Picture:
    """The page to read; an `InputWarning` says which it is and that others are not read.

    Returns:
        The first page with a grid over much of it, or the first page when none has one.

    Raises:
        InputError: `damaged` where no page can be drawn.
    """
    first: Picture | None = None
    for number, page in enumerate(document.pages(), 1):
        if page is None:
            continue
        if grid_share(page.rgb) >= GRID_SHARE:
            _warn(f"{document.name}: of its pages page {number} is read, the first on ECG paper.")
            return page
        first = first or page
    if first is None:
        raise InputError("damaged", f"{document.name}: none of its pages can be drawn.")
    _warn(f"{document.name}: no page shows the grid of ECG paper; the first one is read.")
    return first


def grid_share(rgb: NDArray[np.uint8]) -> float:
    """How much of a page, from 0 to 1, is crossed by thin straight lines both across and down.

    Args:
        rgb: `[height, width, 3]` uint8, upright within a degree or two.
    """
    import cv2

    step = max(1, max(rgb.shape[:2]) // _LOOKED_AT_PX)
    light = np.ascontiguousarray(rgb[::step, ::step].min(axis=2))
    background = cv2.morphologyEx(light, cv2.MORPH_CLOSE, np.ones((_THICK_PX, _THICK_PX), np.uint8))
    thin = (background.astype(np.int16) - light > _FAINTEST_LEVELS).astype(np.uint8)
    across = cv2.morphologyEx(thin, cv2.MORPH_OPEN, np.ones((1, _STRAIGHT_PX), np.uint8))
    down = cv2.morphologyEx(thin, cv2.MORPH_OPEN, np.ones((_STRAIGHT_PX, 1), np.uint8))
    return float(np.mean(_tiles_with(across) & _tiles_with(down)))


def _tiles_with(lines: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Which tiles of a page hold a line."""
    height, width = (max(1, size // _TILE_PX) for size in lines.shape)
    rows = np.array_split(lines, height, axis=0)
    return np.array([[t.any() for t in np.array_split(row, width, axis=1)] for row in rows])


def _warn(message: str) -> None:
    warnings.warn(message, InputWarning, stacklevel=4)
