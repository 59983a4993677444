"""From the network's answers to characters, each at one place."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.words.answers import CELL_HEIGHT_PX, CELL_WIDTH_PX, NOTHING
from ecgmm.paper.words.network import read_cells
from ecgmm.paper.words.word import Character

LEAST_SURE = 0.3
"""A cell in which something is written with less probability than this is left out."""

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
    return _each_once(found)


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


def _each_once(found: list[Character]) -> list[Character]:
    """The surest of those that lie in each other's place; narrow letters may stand close."""
    kept: list[Character] = []
    for character in sorted(found, key=lambda of: of.probabilities[NOTHING]):
        if not any(_is_same(character, other) for other in kept):
            kept.append(character)
    return kept


def _is_same(a: Character, b: Character) -> bool:
    size = min(a.cap_height_px, b.cap_height_px)
    reach = 0.3 if a.index == b.index else 0.22
    return abs(a.x_px - b.x_px) < reach * size and abs(a.y_px - b.y_px) < 0.5 * size
