"""From the network's answers to characters, each at one place."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.words.alphabet import CHARACTERS
from ecgmm.paper.words.answers import CELL_HEIGHT_PX, CELL_WIDTH_PX, NOTHING
from ecgmm.paper.words.network import read_cells
from ecgmm.paper.words.word import Character

LEAST_SURE = 0.3
"""A cell in which something is written with less probability than this is left out."""

_OVERLAP = 0.7
_USUAL_HALF_WIDTH = 0.35
_HALF_WIDTHS = {
    **dict.fromkeys("I1ij./:()-", 0.17),
    **dict.fromkeys("mMW%", 0.5),
    "II": 0.4,
    "III": 0.65,
}
"""In heights of the capitals."""

_NEIGHBOURHOOD = np.ones((3, 3), np.uint8)


def find_characters(dark: NDArray[np.float32]) -> list[Character]:
    """Every character of a picture.

    Args:
        dark: `[height, width]`, from 0 for paper to 1 for full ink; capitals 6 to 24 px high.
    """
    probabilities, cap_height_px = read_cells(dark)
    written = 1 - probabilities[..., NOTHING]
    peaks = (written >= LEAST_SURE) & (written >= cv2.dilate(written, _NEIGHBOURHOOD))
    found = [
        _character(probabilities, written, cap_height_px, row, column)
        for row, column in zip(*np.nonzero(peaks), strict=True)
    ]
    return each_once(found)


def _character(
    probabilities: NDArray[np.float32],
    written: NDArray[np.float32],
    cap_height_px: NDArray[np.float32],
    row: int,
    column: int,
) -> Character:
    """The character around a cell: its middle is that of the cells that agree."""
    rows = slice(max(0, row - 1), row + 2)
    columns = slice(max(0, column - 1), column + 2)
    weight = written[rows, columns]
    y, x = np.mgrid[rows, columns][:, : weight.shape[0], : weight.shape[1]]
    return Character(
        probabilities=probabilities[row, column],
        x_px=float(((x + 0.5) * weight).sum() / weight.sum()) * CELL_WIDTH_PX - 0.5,
        y_px=float(((y + 0.5) * weight).sum() / weight.sum()) * CELL_HEIGHT_PX - 0.5,
        cap_height_px=float(cap_height_px[row, column]),
    )


def each_once(found: Sequence[Character]) -> list[Character]:
    """The surest of those that lie in each other's place."""
    if not found:
        return []
    found = sorted(found, key=lambda of: of.probabilities[NOTHING])
    x, y, cap = np.array([(of.x_px, of.y_px, of.cap_height_px) for of in found]).T
    half = cap * [_HALF_WIDTHS.get(CHARACTERS[of.index], _USUAL_HALF_WIDTH) for of in found]
    is_kept = np.ones(len(found), bool)
    for index in np.arange(len(found)):
        if is_kept[index]:
            is_near = np.abs(x - x[index]) < _OVERLAP * (half + half[index])
            is_near &= np.abs(y - y[index]) < _OVERLAP * (cap + cap[index]) / 2
            is_kept[index + 1 :] &= ~is_near[index + 1 :]
    return [of for of, kept in zip(found, is_kept, strict=True) if kept]
