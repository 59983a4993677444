"""Strips with less than ten seconds of ECG, as pictures that the model knows.

The model has learned from strips that are full. Blank paper behind a short row makes it doubt that
this is an ECG at all, so a short row goes on as it was: by a whole number of its own beats, so that
neither a beat nor an interval arises where it is joined. What was added is never reported.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.decode import decode_beats
from ecgmm.analysis.strips import encode_png
from ecgmm.grid import STRIP_S, STRIP_WIDTH_PX
from ecgmm.paper.strips import PaperStrip
from ecgmm.serving.runtime import Runtime

SHORT_S = 7.0
"""Of held-out strips cut to 5 s 97 % look like an ECG when filled, 90 % with blank paper behind
them; of 2.5 s 92 % instead of 69 %. From 7.5 s on hardly any is lost, and the rhythm is told better
as it is."""
_PX_PER_S = STRIP_WIDTH_PX / STRIP_S
_LEAST_PX = 30
"""0.3 s: no heart beats faster."""


def full_pictures(strips: Sequence[PaperStrip], runtime: Runtime) -> list[NDArray[np.uint8]]:
    """`[160, 1000]` a strip: it itself, or a short one that goes on to the end."""
    pictures = [strip.grey for strip in strips]
    short = {
        number: round(strip.duration_s * _PX_PER_S)
        for number, strip in enumerate(strips)
        if _LEAST_PX <= round(strip.duration_s * _PX_PER_S) < SHORT_S * _PX_PER_S
    }
    if not short:
        return pictures
    repeated = {number: going_on(pictures[number], end_px) for number, end_px in short.items()}
    read = runtime.digitize([encode_png(picture) for picture in repeated.values()])
    for (number, end_px), beats in zip(short.items(), read.beats, strict=True):
        pictures[number] = going_on(pictures[number], end_px, _cycles_px(beats, end_px))
    return pictures


def going_on(
    grey: NDArray[np.uint8], end_px: int, cycle_px: int | None = None
) -> NDArray[np.uint8]:
    """A strip of which everything from `end_px` on is what stood `cycle_px` before.

    By default that is all that it shows.
    """
    cycle_px = cycle_px or end_px
    columns = np.arange(grey.shape[1])
    cycles = np.maximum(0, -((end_px - 1 - columns) // cycle_px))
    return grey[:, columns - cycle_px * cycles]


def _cycles_px(beats: NDArray[np.float32], end_px: int) -> int | None:
    """How far the last beat lies from the first; None where there are no two."""
    at_px = np.round(decode_beats(beats).time_s * _PX_PER_S)
    at_px = at_px[at_px < end_px]
    apart_px = int(at_px[-1] - at_px[0]) if len(at_px) else 0
    return apart_px if apart_px >= _LEAST_PX else None
