"""Simulated ECGs as people would upload them."""

import numpy as np
from numpy.typing import NDArray

from ecgmm.leads import LEADS
from ecgmm.paper.raster import StripStyle, draw_strip
from ecgmm.simulator import simulate

RATE_HZ = 125.0


def csv_bytes(
    pattern: str = "N", *, duration_s: float = 10.0, spike_mv: float | None = None
) -> bytes:
    """A table with its clock; one sample of `spike_mv` sets off what the runtime does then."""
    signal_mv = signal(pattern, duration_s)
    if spike_mv is not None:
        signal_mv[len(signal_mv) // 2] = spike_mv
    rows = (f"{index / RATE_HZ:.3f},{mv:.3f}" for index, mv in enumerate(signal_mv))
    return "\n".join(("time_s,MLII_mV", *rows)).encode()


def twelve_leads(*, inferior_gain: float = 1.0) -> bytes:
    """A table of ten seconds of all leads; the inferior ones multiplied, to dip or to stand."""
    recording = simulate("N", duration_s=10.0, sampling_rate_hz=RATE_HZ, leads=LEADS, seed=2)
    gains = [inferior_gain if lead in ("II", "III", "aVF") else 1.0 for lead in LEADS]
    header = ",".join(("time_s", *(f"{lead}_mV" for lead in LEADS)))
    rows = (
        ",".join((f"{index / RATE_HZ:.3f}", *(f"{mv:.3f}" for mv in leads_mv)))
        for index, leads_mv in enumerate(recording.signal_mv * gains)
    )
    return "\n".join((header, *rows)).encode()


def wfdb_files(stem: str = "rec", samples: int = 2500) -> dict[str, bytes]:
    """A header and its signal file, format 16, 200 units a millivolt."""
    units = np.round(200 * signal("N", samples / RATE_HZ)).astype("<i2")
    header = f"{stem} 1 {RATE_HZ:g} {samples}\n{stem}.dat 16 200 16 0 0 0 0 MLII\n"
    return {f"{stem}.dat": units.tobytes(), f"{stem}.hea": header.encode()}


def strip_picture() -> NDArray[np.uint8]:
    """`[160, 1000]`, ten seconds on paper."""
    return draw_strip(signal("NNNV", 10.0), StripStyle())


def photo_bytes(margin_px: int = 0) -> bytes:
    """The strip as PNG, on a desk of another colour."""
    import cv2

    strip = strip_picture()
    desk = cv2.copyMakeBorder(
        strip, margin_px, margin_px, margin_px, margin_px, cv2.BORDER_CONSTANT, value=90
    )
    return cv2.imencode(".png", desk)[1].tobytes()


def signal(pattern: str, duration_s: float) -> NDArray[np.float32]:
    recording = simulate(
        pattern, duration_s=duration_s, sampling_rate_hz=RATE_HZ, leads=("MLII",), seed=2
    )
    return recording.signal_mv[:, 0].copy()
