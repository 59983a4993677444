"""What the page shows beside the reading: the signal or the picture, ready to be drawn."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.plain_words import plain_words
from ecgmm.analysis.reading import Reading
from ecgmm.analysis.strips import encode_png
from ecgmm.grid import MM_PER_MV
from ecgmm.paper.strips import PaperStrips
from ecgmm.readers.signal_file import SignalFile
from ecgmm.web.correction import Corners
from ecgmm.web.found_paper import found_paper
from ecgmm.web.tiles import LEVEL_FACTOR, MISSING, TILE_BINS, level_count, make_tiles

PICTURE_PIECE = "picture"
LARGEST_PICTURE_SIDE_PX = 3000
"""Finer than any screen; a small box of a page of A4 has 10 pixels."""

_JPEG_QUALITY = 88
"""Thin lines stay clean."""
_TALLEST_MM = 30.0
"""3 mV to a side: larger deflections are cut, so that other leads stay on the screen."""
_LEAST_MM = 8.0
"""0.8 mV to a side: a lead without a wave still has a row."""
_AIR_MM = 2.0
"""0.2 mV between the tallest wave and the next row."""
_EXTREME_QUANTILE = 0.001
"""R waves fill more than a thousandth of the samples, a stray spike does not."""
_GLANCES = 100
"""Spread over the recording, whatever its length."""
_SAMPLES_A_GLANCE = 2000
"""8 s at 250 Hz: several beats."""

Pieces = Iterator[tuple[str, bytes]]
Shown = tuple[dict[str, Any], Pieces]
"""A view, and the pieces that it names."""


def signal_view(reading: Reading, file: SignalFile) -> Shown:
    """How to draw a recording, and its tiles.

    Returns:
        The view: rate, length, levels of tiles, and for each lead the paper that it needs. Then
        the pieces that it names, which are read from the file as they are asked for.
    """
    leads = zip(file.lead_names, _glance(file).T, strict=True)
    view = {
        "plain": plain_words(reading),
        "signal": {
            "rate_hz": file.sampling_rate_hz,
            "samples": file.samples,
            "levels": level_count(file.samples),
            "tile_bins": TILE_BINS,
            "level_factor": LEVEL_FACTOR,
            "missing": MISSING,
            "leads": [_lead(name, lead_mv) for name, lead_mv in leads],
        },
    }
    return view, make_tiles(file)


def picture_view(
    reading: Reading,
    rgb: NDArray[np.uint8],
    found: PaperStrips,
    *,
    not_ecg: Collection[int],
    corners: Corners | None = None,
) -> Shown:
    """How to draw a picture's strips, where they lie in it, and both as pictures.

    Args:
        reading: what was read in it.
        rgb: the picture; one of 3000 pixels is shown where it is larger.
        found: its strips.
        not_ecg: numbers, from 0, of strips that do not look like an ECG.
        corners: the corners set by hand, where they were.
    """
    shown = _shrunk(rgb)
    factor = shown.shape[1] / rgb.shape[1]
    view = {
        "plain": plain_words(reading),
        "picture": {
            "width": shown.shape[1],
            "height": shown.shape[0],
            **found_paper(found, factor, not_ecg),
            "faults": list(found.faults),
            "corners": corners,
        },
    }
    return view, _picture_pieces(shown, found)


def strip_name(index: int) -> str:
    """What the store calls a strip."""
    return f"strip/{index}"


def _shrunk(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    scale = LARGEST_PICTURE_SIDE_PX / max(rgb.shape[:2])
    if scale >= 1:
        return rgb
    small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8)


def _picture_pieces(rgb: NDArray[np.uint8], found: PaperStrips) -> Pieces:
    bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1]
    yield PICTURE_PIECE, encoded.tobytes()
    for index, strip in enumerate(found.strips):
        yield strip_name(index), encode_png(strip.grey)


def _glance(file: SignalFile) -> NDArray[np.float32]:
    """`[samples, leads]` of a recording: all of a short one, stretches from all over a long one."""
    if file.samples <= _GLANCES * _SAMPLES_A_GLANCE:
        return file.read_mv(0, file.samples)
    starts = np.linspace(0, file.samples - _SAMPLES_A_GLANCE, _GLANCES, dtype=np.int64)
    return np.concatenate([file.read_mv(s, s + _SAMPLES_A_GLANCE) for s in starts.tolist()])


def _lead(name: str, lead_mv: NDArray[np.float32]) -> dict[str, Any]:
    """A lead's middle, and how much paper it needs above and below it."""
    present = lead_mv[np.isfinite(lead_mv)]
    if not len(present):
        return {"name": name, "centre_uv": 0, "above_mm": _LEAST_MM, "below_mm": _LEAST_MM}
    quantiles = (_EXTREME_QUANTILE, 0.5, 1 - _EXTREME_QUANTILE)
    low, centre, high = np.quantile(present, quantiles).tolist()
    return {
        "name": name,
        "centre_uv": round(centre * 1000),
        "above_mm": _paper_mm(high - centre),
        "below_mm": _paper_mm(centre - low),
    }


def _paper_mm(deviation_mv: float) -> float:
    needed_mm = np.clip(deviation_mv * MM_PER_MV + _AIR_MM, _LEAST_MM, _TALLEST_MM)
    return float(np.ceil(needed_mm))
