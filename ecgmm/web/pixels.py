"""Pictures out of the bytes that they were kept as."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError


def decode_rgb(encoded: bytes) -> NDArray[np.uint8]:
    """`[height, width, 3]` of an encoded picture."""
    return cv2.cvtColor(_decode(encoded, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB).astype(np.uint8)


def decode_grey(encoded: bytes) -> NDArray[np.uint8]:
    """`[height, width]` of an encoded picture."""
    return _decode(encoded, cv2.IMREAD_GRAYSCALE)


def _decode(encoded: bytes, mode: int) -> NDArray[np.uint8]:
    pixels = cv2.imdecode(np.frombuffer(encoded, np.uint8), mode)
    if pixels is None:
        raise InputError("damaged", "The picture that was kept cannot be decoded any more.")
    return pixels.astype(np.uint8)
