"""What the reader of print is to answer for a crop, on the grid of its answers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.words.answers import CELL_HEIGHT_PX, CELL_WIDTH_PX, NOTHING
from ecgmm.pipeline.lettering.crops import LOOKS_THE_SAME_TURNED, Crop, PlacedCharacter

UNASKED = -1
"""Class of the cells that may answer anything: between a character's middle and its rim."""

_MIDDLE_SHARE = 0.2
_RIM_SHARE = (0.55, 0.4)
_EDGE_PX = 2.0
_HALF_TURN = 2


def targets(crop: Crop) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The class of each cell, and the size of what is written there.

    Returns:
        `[rows, columns]`, index of a character, `NOTHING` or `UNASKED`; and `[rows, columns]`, the
        logarithm of the height of the capitals in pixels, NaN where there is no character.
    """
    height, width = crop.dark.shape
    classes = np.full((height // CELL_HEIGHT_PX, width // CELL_WIDTH_PX), NOTHING, np.int32)
    sizes = np.full(classes.shape, np.nan, np.float32)
    y = (np.arange(classes.shape[0])[:, np.newaxis] + 0.5) * CELL_HEIGHT_PX - 0.5
    x = (np.arange(classes.shape[1])[np.newaxis] + 0.5) * CELL_WIDTH_PX - 0.5
    for of in crop.characters:
        if crop.quarter_turns == 0:
            rim_x, rim_y = (
                share * side for share, side in zip(_RIM_SHARE, _size_px(of), strict=True)
            )
            is_rim = (np.abs(x - of.x_px) <= rim_x) & (np.abs(y - of.y_px) <= rim_y)
            classes[is_rim & (classes == NOTHING)] = UNASKED
    for of in crop.characters:
        reach_x = max(CELL_WIDTH_PX / 2 + 0.01, _MIDDLE_SHARE * of.width_px)
        reach_y = max(CELL_HEIGHT_PX / 2 + 0.01, _MIDDLE_SHARE * of.cap_height_px)
        is_middle = (np.abs(x - of.x_px) <= reach_x) & (np.abs(y - of.y_px) <= reach_y)
        is_whole = (
            of.x_px - of.width_px / 2 > _EDGE_PX and of.x_px + of.width_px / 2 < width - _EDGE_PX
        )
        classes[is_middle] = _asked(of, crop.quarter_turns) if is_whole else UNASKED
        sizes[is_middle] = np.log(of.cap_height_px)
    return classes, sizes


def _size_px(of: PlacedCharacter) -> tuple[float, float]:
    return of.width_px, of.cap_height_px


def _asked(of: PlacedCharacter, quarter_turns: int) -> int:
    """What may be answered in the middle of a character: nothing where it stands on its head."""
    if quarter_turns == 0:
        return of.index
    is_same = of.index in LOOKS_THE_SAME_TURNED
    return UNASKED if is_same or quarter_turns != _HALF_TURN else NOTHING
