"""Simulated strips that check and warm up an exported model."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import SAMPLING_RATE_HZ, STRIP_S
from ecgmm.paper.raster import StripStyle, draw_strip
from ecgmm.simulator import simulate

PATTERNS = ("N", "NNNV", "NNA")


def example_signals() -> NDArray[np.float32]:
    """`[3, 1250]` millivolts at 125 Hz: sinus rhythm, with PVCs, with APCs."""
    recordings = [
        simulate(pattern, duration_s=STRIP_S, sampling_rate_hz=SAMPLING_RATE_HZ, seed=seed)
        for seed, pattern in enumerate(PATTERNS)
    ]
    return np.stack([recording.signal_mv[:, 0] for recording in recordings])


def example_pictures() -> list[bytes]:
    """The same strips, drawn and encoded as PNG."""
    pictures = [draw_strip(signal, StripStyle()) for signal in example_signals()]
    return [cv2.imencode(".png", picture)[1].tobytes() for picture in pictures]
