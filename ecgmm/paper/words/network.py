"""The network that reads print, run by OpenCV: it needs no TensorFlow and is quick to start."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.words.answers import CELLS_ACROSS, CHANNELS, CLASSES

WEIGHTS = Path(__file__).with_name("print.onnx")
_STEP_PX = 4
_ONE_AT_A_TIME = threading.Lock()


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
    with _ONE_AT_A_TIME:  # a network of OpenCV keeps its input and its answer
        network = _network()
        network.setInput(padded[np.newaxis, np.newaxis])
        answers = np.asarray(network.forward(), np.float32)[0]
    cells = answers.reshape(CELLS_ACROSS, CHANNELS, *answers.shape[1:]).transpose(2, 3, 0, 1)
    cells = cells.reshape(cells.shape[0], -1, CHANNELS)
    logits = cells[..., :CLASSES]
    exponential = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponential / exponential.sum(axis=-1, keepdims=True), np.exp(cells[..., CLASSES])


@cache
def _network() -> cv2.dnn.Net:
    return cv2.dnn.readNetFromONNX(np.frombuffer(WEIGHTS.read_bytes(), np.uint8))
