"""Documents of several pages: ECGs on paper, and what is sent along with them."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.raster_page import paint
from ecgmm.paper.style import PageStyle
from ecgmm.paper.typeset import lay_out
from ecgmm.simulator import simulate

PX_PER_MM = 6.0
_INCH_MM = 25.4
_A4_PX = (1785, 1260)


@functools.cache
def ecg_page(rate_bpm: float = 70.0) -> Image.Image:
    """A rhythm strip of lead II."""
    heart = simulate("N", leads=("II",), heart_rate_bpm=rate_bpm, seed=4)
    return Image.fromarray(paint(lay_out(heart, LAYOUTS["strip"], PageStyle()), PX_PER_MM))


@functools.cache
def letter() -> Image.Image:
    """A cover letter."""
    page = Image.new("RGB", _A4_PX, "white")
    draw, rng = ImageDraw.Draw(page), np.random.default_rng(0)
    for top in range(120, 1100, 34):
        line = " ".join("abcdefghij"[: int(size)] for size in rng.integers(2, 10, 14))
        draw.text((150, top), line, fill="black")
    return page


def pdf(*pages: Image.Image) -> bytes:
    """Pages as a scanner sends them."""
    return _saved(pages, "PDF", resolution=PX_PER_MM * _INCH_MM)


def tiff(*pages: Image.Image) -> bytes:
    """Pages as a fax server keeps them."""
    return _saved(pages, "TIFF")


def _saved(pages: Sequence[Image.Image], kind: str, **options: float) -> bytes:
    first, *others = (page.copy() for page in pages)
    file = io.BytesIO()
    first.save(file, kind, save_all=True, append_images=others, **options)
    return file.getvalue()
