"""From a picture to the strips of ECG in it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import STRIP_HEIGHT_PX, STRIP_WIDTH_PX
from ecgmm.paper.picture import Picture

LARGEST_ASPECT_ERROR = 0.01
SMALLEST_HEIGHT_PX = STRIP_HEIGHT_PX // 2


@dataclass(frozen=True)
class PaperStrip:
    """One row of ECG paper on the time grid.

    Attributes:
        grey: `[160, 1000]` uint8, 4 px/mm.
        start_s: where it begins on the clock that the strips of a picture share.
        lead_name: as printed; empty where it is not known.
    """

    grey: NDArray[np.uint8]
    start_s: float = 0.0
    lead_name: str = ""


@dataclass(frozen=True)
class PaperStrips:
    """What was found in a picture.

    Attributes:
        strips: the strips, from top to bottom; none where there is no ECG.
        faults: what speaks against them, in words.
        name: what a report calls the picture.
    """

    strips: tuple[PaperStrip, ...]
    faults: tuple[str, ...] = ()
    name: str = ""


def find_strips(picture: Picture) -> PaperStrips:
    """The strips in a picture.

    A picture whose sides are as 4 to 25, within 1 %, is one strip of ten seconds, 40 mm tall.
    """
    strip = _whole_picture(picture)
    if strip is None:
        return PaperStrips((), ("No strip of ECG paper was found.",), picture.name)
    return PaperStrips((strip,), name=picture.name)


def _whole_picture(picture: Picture) -> PaperStrip | None:
    height, width = picture.rgb.shape[:2]
    aspect = width / height / (STRIP_WIDTH_PX / STRIP_HEIGHT_PX)
    if height < SMALLEST_HEIGHT_PX or abs(aspect - 1.0) > LARGEST_ASPECT_ERROR:
        return None
    grey = cv2.cvtColor(picture.rgb, cv2.COLOR_RGB2GRAY)
    interpolation = cv2.INTER_AREA if height > STRIP_HEIGHT_PX else cv2.INTER_CUBIC
    strip = cv2.resize(grey, (STRIP_WIDTH_PX, STRIP_HEIGHT_PX), interpolation=interpolation)
    return PaperStrip(strip.astype(np.uint8))
