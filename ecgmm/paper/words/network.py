"""The network that reads print, run by OpenCV."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from ecgmm.opencv_network import network_answer
from ecgmm.paper.words.answers import CELLS_ACROSS, CHANNELS, CLASSES

WEIGHTS = Path(__file__).with_name("print.onnx")
_STEP_PX = 4


def read_cells(dark: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What is written in each cell of a picture.

    Args:
        dark: `[height, width]`, from 0 for paper to 1 for full ink; capitals 6 to 24 px high.

    Returns:
        `[rows, columns, CLASSES]` probabilities, and `[rows, columns]` heights of the capitals in
        pixels. Cells are four pixels high and two wide; the last ones may lie beyond the edge.
    """
    height, width = dark.shape
    padded = np.pad(dark, ((0, -height % _STEP_PX), (0, -width % _STEP_PX)))
    answers = network_answer(WEIGHTS, padded[np.newaxis, np.newaxis])[0]
    cells = answers.reshape(CELLS_ACROSS, CHANNELS, *answers.shape[1:]).transpose(2, 3, 0, 1)
    cells = cells.reshape(cells.shape[0], -1, CHANNELS)
    return softmax(cells[..., :CLASSES], axis=-1), np.exp(cells[..., CLASSES])
