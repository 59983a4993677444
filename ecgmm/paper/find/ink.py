"""The ink of a sheet: what is darker than its paper and its grid."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM
from ecgmm.paper.find.grid_removal import grid_lines, ink_over

CHOICES = 4
"""Colours in which ink is looked for: red, green, blue, and what is dark in all of them."""

_BOX_PX = 5 * PIXELS_PER_MM
_WHITE = 255
_BLANK_SHARE = 0.95
"""Traces and text cover less than the rest of any page."""

_DARKEST_RESTS = 0.4
_BLOT_MM = 3
_BLOT_DARKNESS = 0.3
_GRID_QUANTILE = 0.1
_INK_QUANTILE = 0.005
_NOISE = 0.08
_FAR_CLEARER = 1.5
"""Of a colour beside grey: pages of machines have up to 1.4, plots of blue on red from 1.7."""


def ink_of(
    rgb: NDArray[np.uint8], seen: NDArray[np.bool_], *, has_grid: bool = True, choice: int = 0
) -> NDArray[np.float32]:
    """Tell ink from paper and grid.

    Args:
        rgb: `[height, width, 3]` 4 px/mm, evenly lit, dark ink on light paper.
        seen: `[height, width]`, where it is paper.
        has_grid: whether a grid was found on it.
        choice: 0 for the colour in which ink stands out best, up to 3 for the one in which it
            does least: where nothing is found in one, there may be in another.

    Returns:
        `[height, width]` from 0, paper or grid, to 1, ink.
    """
    darkness = _without_blots(_darkness(rgb, seen, choice))
    known = np.where(seen, darkness, np.float32(np.nan))
    lines = grid_lines(known, _BOX_PX) if has_grid else np.zeros_like(darkness)
    ink = ink_over(lines, known)
    rests = min(float(np.quantile(ink[::2, ::2][seen[::2, ::2]], _BLANK_SHARE)), _DARKEST_RESTS)
    return (np.maximum(ink - rests, 0) / (1 - rests)).astype(np.float32)


def _darkness(rgb: NDArray[np.uint8], seen: NDArray[np.bool_], choice: int) -> NDArray[np.float32]:
    """`[height, width]` from 0 to 1, in one colour: best one that shows ink and not the grid.

    A red grid is not seen in red, nor a blue one in blue; coloured ink is seen in other colours
    than black ink is.
    """
    planes = _planes(rgb)
    part = seen[::4, ::4]
    planes.sort(key=lambda plane: -_contrast(plane[::4, ::4][part]))
    return 1 - planes[choice].astype(np.float32) / np.float32(_WHITE)


def clear_grey(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The page in grey; in one colour, where its grid is as dark as its traces in grey.

    Args:
        rgb: `[height, width, 3]`, evenly lit, dark ink on light paper.

    Returns:
        `[height, width]`.
    """
    part = np.ascontiguousarray(rgb[::8, ::8])
    contrasts = [_contrast(plane) for plane in _planes(part)]
    of_grey = _contrast(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY).astype(np.uint8))
    if max(contrasts) > _FAR_CLEARER * of_grey:
        return _planes(rgb)[int(np.argmax(contrasts))]
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.uint8)


def _planes(rgb: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Red, green, blue, and the brightest of them."""
    red, green, blue = (np.asarray(plane, np.uint8) for plane in cv2.split(rgb))
    return [red, green, blue, np.maximum(np.maximum(red, green), blue)]


def _contrast(brightness: NDArray[np.uint8]) -> float:
    """How many times darker than the grid, and than noise, the ink is."""
    grid, ink = 1 - np.quantile(brightness, (_GRID_QUANTILE, _INK_QUANTILE)) / _WHITE
    return float(ink / (grid + _NOISE))


def _without_blots(darkness: NDArray[np.float32]) -> NDArray[np.float32]:
    """The paper without what is thicker than any line: the table beyond its edge, a hand."""
    nib = np.ones((_BLOT_MM * PIXELS_PER_MM,) * 2, np.uint8)
    blots = cv2.morphologyEx((darkness > _BLOT_DARKNESS).astype(np.uint8), cv2.MORPH_OPEN, nib)
    return np.where(cv2.dilate(blots, nib) > 0, np.float32(0), darkness)
