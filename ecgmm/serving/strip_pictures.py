"""Encoded pictures of strips, decoded as the SavedModel's graph decodes them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_STEP, STRIP_HEIGHT_PX, STRIP_STEPS, STRIP_WIDTH_PX
from ecgmm.paper.strips import FLAT_GREY_LEVELS

if TYPE_CHECKING:
    from PIL import Image

ASPECT_TOLERANCE = 0.02
"""Sides of a small strip are rounded to whole pixels."""
MOST_PIXELS = 2**23
"""A strip at 700 dpi. The size is read before the picture is decoded: a megabyte of PNG may hold
pixels for more memory than a server has."""

NO_PICTURE = "Expected a whole image, PNG or JPEG. Received bytes that cannot be decoded as one."
NO_STRIP = (
    f"Expected a picture of one strip, {STRIP_HEIGHT_PX} x {STRIP_WIDTH_PX} px (4 px/mm) or of "
    f"that aspect, of at most {MOST_PIXELS} px. Received height and width:"
)

_FORMATS = ("PNG", "JPEG")


def decoded_strips(image_bytes: Sequence[bytes]) -> tuple[NDArray[np.uint8], list[str]]:
    """Decode encoded pictures, each by itself.

    Args:
        image_bytes: encoded PNG or JPEG pictures.

    Returns:
        Grey levels `[batch, 160, 1000]`, black where there is a problem; and the problems,
        sentences or `""`.
    """
    pictures = np.zeros((len(image_bytes), STRIP_HEIGHT_PX, STRIP_WIDTH_PX), np.uint8)
    problems = []
    for row, encoded in enumerate(image_bytes):
        try:
            pictures[row] = _decoded(encoded)
            problems.append("")
        except _NoStripError as error:
            problems.append(str(error))
    return pictures, problems


def inked_steps(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """`[pictures, 250]`, 1 at steps where a strip shows anything, grid or trace, else 0."""
    by_step = pictures.reshape(-1, STRIP_HEIGHT_PX, STRIP_STEPS, PIXELS_PER_STEP)
    contrast = np.ptp(by_step.astype(np.int16), axis=(1, 3))
    return (contrast > FLAT_GREY_LEVELS).astype(np.float32)


class _NoStripError(Exception):
    """The bytes are no picture of a strip; the message says why."""


def _decoded(encoded: bytes) -> NDArray[np.uint8]:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(encoded), formats=_FORMATS) as picture:
            if not _is_strip(picture.height, picture.width):
                raise _NoStripError(f"{NO_STRIP} {picture.height} {picture.width}")
            grey = _grey(picture)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise _NoStripError(NO_PICTURE) from error
    if grey.shape == (STRIP_HEIGHT_PX, STRIP_WIDTH_PX):
        return grey
    import cv2

    size = (STRIP_WIDTH_PX, STRIP_HEIGHT_PX)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _is_strip(height: int, width: int) -> bool:
    aspect = width / height * (STRIP_HEIGHT_PX / STRIP_WIDTH_PX)
    return abs(aspect - 1) <= ASPECT_TOLERANCE and height * width <= MOST_PIXELS


def _grey(picture: Image.Image) -> NDArray[np.uint8]:
    """Grey levels; transparency is left out, and of 16 bits the lower 8."""
    if picture.mode.startswith("I"):
        return (np.asarray(picture) >> 8).astype(np.uint8)
    if picture.mode in ("1", "L", "LA"):
        return np.asarray(picture.convert("L"))
    return np.asarray(picture.convert("RGB").convert("L"))
