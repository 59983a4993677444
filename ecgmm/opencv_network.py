"""Small trained networks, run by OpenCV: they need no TensorFlow and are quick to start."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray


def network_answer(weights: Path, given: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a network with one input and one output answers; threads take turns.

    Args:
        weights: an ONNX file, loaded once a process.
        given: four axes, as the network takes them.

    Returns:
        The axes that the network gives.
    """
    network, turn = _loaded(weights)
    with turn:  # a network of OpenCV keeps its input and its answer
        network.setInput(given)
        return np.asarray(network.forward(), np.float32)


@cache
def _loaded(weights: Path) -> tuple[cv2.dnn.Net, threading.Lock]:
    return cv2.dnn.readNetFromONNX(np.frombuffer(weights.read_bytes(), np.uint8)), threading.Lock()
