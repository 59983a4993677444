"""Pictures (PNG, JPEG, WebP, TIFF, BMP, HEIC), decoded within bounds and turned upright."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ecgmm.errors import InputError
from ecgmm.paper.picture import Document, Picture
from ecgmm.readers.limits import MAX_PICTURE_PIXELS
from ecgmm.readers.optional_library import import_library
from ecgmm.readers.page_choice import MAX_PAGES

if TYPE_CHECKING:
    from PIL import Image

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_SIGNATURE = b"\xff\xd8\xff"
_TIFF_SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
_BMP_HEADER_SIZES = (12, 40, 52, 56, 64, 108, 124)
"""Every header that Windows and OS/2 have written, from BITMAPCOREHEADER to BITMAPV5HEADER."""

_FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP")
_HEIF = "HEIF"
_HEAD_BYTES = 32
"""Where the brands of a HEIF file stand."""
_MULTI_PAGE = "TIFF"
_WHITE = (255, 255, 255, 255)
"""What shows through a transparent picture: paper, opaque."""
_LEVELS_OF_16_BIT_PER_8_BIT = 257
"""65535 / 255."""


def is_image(head: bytes) -> bool:
    """Whether a file begins as a picture does that can be read.

    Args:
        head: its first bytes, 32 or more.
    """
    return (
        head.startswith((PNG_SIGNATURE, JPEG_SIGNATURE, *_TIFF_SIGNATURES))
        or (head.startswith(b"RIFF") and head[8:12] == b"WEBP")
        or (head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADER_SIZES)
        or _is_heif(head)
    )


def read_image(path: Path) -> Picture | Document:
    """Decode a picture.

    EXIF rotation is applied, transparency is laid on white, 16-bit grey becomes 8-bit. The
    size is checked in the file's header before any pixel is decoded.

    Args:
        path: a file that `is_image` knows.

    Returns:
        The picture in RGB; a document for a TIFF of several pages.

    Raises:
        InputError: `too_large` or `damaged`; `missing_library` for HEIC without its library.
    """
    with _opened(path) as image:
        if image.format == _MULTI_PAGE and _has_page(image, 1):
            count = sum(_has_page(image, page) for page in range(MAX_PAGES + 1))
            return Document(
                path.name, min(count, MAX_PAGES), count > MAX_PAGES, partial(_pages, path)
            )
        return _decode(path, image)


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """The file, opened; what goes wrong with it meanwhile is an `InputError`."""
    from PIL import Image

    formats = _formats(path)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", module="PIL")
            with Image.open(path, formats=formats) as image:
                yield image
    except Image.DecompressionBombError as error:
        raise _too_large(path, str(error)) from error
    except InputError:
        raise
    except Exception as error:  # decoders raise whatever their parsing trips over
        raise InputError(
            "damaged", f"{path.name}: the picture cannot be decoded; save it once more."
        ) from error


def _formats(path: Path) -> tuple[str, ...]:
    """The formats that a file may be in; HEIC needs a library that others do without."""
    with path.open("rb") as file:
        if not _is_heif(file.read(_HEAD_BYTES)):
            return _FORMATS
    import_library("pillow_heif", "HEIC pictures").register_heif_opener(thumbnails=False)
    return (_HEIF,)


def _is_heif(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS


def _has_page(image: Image.Image, page: int) -> bool:
    """Whether there is a page of that number, from 0; the first one is left open."""
    try:
        image.seek(page)
    except EOFError:
        return False
    finally:
        image.seek(0)
    return True


def _pages(path: Path) -> Iterator[Picture | None]:
    for page in range(MAX_PAGES):
        try:
            with _opened(path) as image:
                if not _has_page(image, page):
                    return
                image.seek(page)
                picture = _decode(path, image)
        except InputError:
            picture = None
        yield picture


def _decode(path: Path, image: Image.Image) -> Picture:
    width, height = image.size
    if width * height > MAX_PICTURE_PIXELS:
        raise _too_large(path, f"Received {width} x {height}.")
    return Picture(rgb=np.asarray(_upright_rgb(image)), name=path.name)


def _too_large(path: Path, received: str) -> InputError:
    megapixels = MAX_PICTURE_PIXELS // 1_000_000
    return InputError(
        "too_large", f"{path.name}: Expected up to {megapixels} megapixels. {received}"
    )


def _upright_rgb(image: Image.Image) -> Image.Image:
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):
        grey = np.asarray(upright) // _LEVELS_OF_16_BIT_PER_8_BIT
        return Image.fromarray(grey.clip(0, 255).astype(np.uint8)).convert("RGB")
    if upright.has_transparency_data:
        paper = Image.new("RGBA", upright.size, _WHITE)
        return Image.alpha_composite(paper, upright.convert("RGBA")).convert("RGB")
    return upright.convert("RGB")
