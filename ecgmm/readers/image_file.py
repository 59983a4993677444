"""PNG and JPEG files, decoded within bounds and turned upright."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ecgmm.errors import InputError
from ecgmm.paper.picture import Picture
from ecgmm.readers.limits import MAX_PICTURE_BYTES, MAX_PICTURE_PIXELS, check_bytes

if TYPE_CHECKING:
    from PIL import Image

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_SIGNATURE = b"\xff\xd8\xff"

_FORMATS = ("PNG", "JPEG")
_WHITE = (255, 255, 255, 255)
_LEVELS_OF_16_BIT_PER_8_BIT = 257


def read_image(path: Path) -> Picture:
    """Decode a picture.

    EXIF rotation is applied, transparency is laid on white, 16-bit grey becomes 8-bit. The
    size is checked in the file's header before any pixel is decoded.

    Args:
        path: a PNG or JPEG file.

    Returns:
        The picture in RGB.

    Raises:
        InputError: `too_large` or `damaged`.
    """
    from PIL import Image

    check_bytes(path, MAX_PICTURE_BYTES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as image:
                _check_size(path, image)
                rgb = np.asarray(_upright_rgb(image))
    except Image.DecompressionBombError as error:
        raise _too_large(path, str(error)) from error
    except InputError:
        raise
    except Exception as error:  # decoders raise whatever their parsing trips over
        raise InputError(
            "damaged", f"{path.name}: the picture cannot be decoded; save it once more."
        ) from error
    return Picture(rgb=rgb, name=path.name)


def _check_size(path: Path, image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PICTURE_PIXELS:
        raise _too_large(path, f"Received {width} x {height}.")


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
