"""A simulated page of paper as people photograph, save and send it."""

import functools
import io

import cv2
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

from ecgmm.paper.layouts import Layout, Paper
from ecgmm.paper.raster_page import paint
from ecgmm.paper.style import PageStyle
from ecgmm.paper.typeset import lay_out
from ecgmm.simulator import simulate

PX_PER_MM = 6.0
ROWS = Layout(
    "two rows",
    (("I", "aVR", "V1", "V4"), ("V2",)),
    paper=Paper(width_mm=290, height_mm=100, margin_mm=2.5, header_mm=10, footer_mm=5),
)
FROM_THE_SIDE = np.array([[0.93, -0.09, 135.0], [0.1, 0.95, 45.0], [1.3e-5, 3.3e-5, 1.0]])
SIZE = (1875, 870)
TURNED_BY_EXIF = 6
ORIENTATION = 0x0112


@functools.cache
def photo() -> Image.Image:
    """A page on a brown table, from the side."""
    heart = simulate("NNNV", leads=("I", "aVR", "V1", "V2", "V4"), seed=4)
    sheet = paint(lay_out(heart, ROWS, PageStyle(grid="red")), PX_PER_MM)
    table: NDArray[np.uint8] = np.full((SIZE[1], SIZE[0], 3), (120, 85, 60), np.uint8)
    cv2.warpPerspective(sheet, FROM_THE_SIDE, SIZE, dst=table, borderMode=cv2.BORDER_TRANSPARENT)
    return Image.fromarray(table)


def jpeg() -> bytes:
    """As a camera saves it."""
    return _saved(photo(), "JPEG", quality=90)


def heic() -> bytes:
    """As an iPhone saves it."""
    pillow_heif.register_heif_opener()
    return _saved(photo(), "HEIF", quality=85)


def jpeg_turned_by_exif() -> bytes:
    """As a phone held upright saves it: sideways, with a note to turn it."""
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_BY_EXIF
    return _saved(photo().transpose(Image.Transpose.ROTATE_90), "JPEG", quality=90, exif=exif)


def pdf_behind_a_cover() -> bytes:
    """As a scanner sends it, on the second page."""
    cover = Image.new("RGB", SIZE, "white")
    return _saved(cover, "PDF", save_all=True, append_images=[photo()])


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
