"""Simulated strips that check and warm up an exported model."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import SAMPLING_RATE_HZ, STRIP_S
from ecgmm.leads import LEADS
from ecgmm.paper.raster import StripStyle, draw_strip
from ecgmm.simulator import Noise, simulate

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
    return [_drawn(signal) for signal in example_signals()]


def example_leads() -> NDArray[np.float32]:
    """`[3, 12, 1250]` millivolts at 125 Hz: all twelve leads, I and II, lead I alone."""
    recordings = [
        simulate(
            pattern,
            leads=LEADS,
            duration_s=STRIP_S,
            sampling_rate_hz=SAMPLING_RATE_HZ,
            noise=Noise(baseline_wander_mv=0.1),
            seed=seed,
        )
        for seed, pattern in enumerate(PATTERNS)
    ]
    leads = np.stack([recording.signal_mv.T for recording in recordings])
    leads[1, 2:] = 0.0
    leads[2, 1:] = 0.0
    return leads


def example_pages() -> NDArray[np.object_]:
    """`[3, 12]` the same leads, drawn and encoded as PNG; `b""` where a lead is absent."""
    pages = [
        [_drawn(lead) if lead.any() else b"" for lead in recording] for recording in example_leads()
    ]
    return np.array(pages, object)


def _drawn(signal_mv: NDArray[np.float32]) -> bytes:
    return cv2.imencode(".png", draw_strip(signal_mv, StripStyle()))[1].tobytes()
