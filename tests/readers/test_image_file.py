"""Pictures are decoded within bounds, upright, on white."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from refusal import code_of

from ecgmm.readers import limits
from ecgmm.readers.image_file import read_image


def two_colours() -> Image.Image:
    """40 wide, 20 tall; left half red, right half blue."""
    pixels = np.zeros((20, 40, 3), np.uint8)
    pixels[:, :20, 0] = pixels[:, 20:, 2] = 255
    return Image.fromarray(pixels)


def png_that_claims(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    data = b"IDAT" + zlib.compress(b"\0" * 100)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk
        + struct.pack(">I", len(data) - 4)
        + data
        + struct.pack(">I", zlib.crc32(data))
    )


@pytest.mark.parametrize("suffix", ["png", "jpg", "dat"])
def test_a_picture_is_known_by_its_content(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"strip.{suffix}"
    two_colours().save(path, format="PNG" if suffix == "dat" else None)
    picture = read_image(path)
    assert picture.rgb.shape == (20, 40, 3)
    assert picture.name == path.name
    np.testing.assert_allclose(picture.rgb[10, 5], [255, 0, 0], atol=3)
    np.testing.assert_allclose(picture.rgb[10, 35], [0, 0, 255], atol=3)


def test_exif_rotation_is_applied(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    two_colours().save(tmp_path / "turned.jpg", exif=exif)
    rgb = read_image(tmp_path / "turned.jpg").rgb
    assert rgb.shape == (40, 20, 3)
    assert rgb[5, 10, 0] > 200
    assert rgb[35, 10, 2] > 200


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    pixels = np.zeros((10, 10, 4), np.uint8)
    pixels[:5, :, 3] = 255
    Image.fromarray(pixels).save(tmp_path / "clear.png")
    rgb = read_image(tmp_path / "clear.png").rgb
    assert (rgb[:5] == 0).all()
    assert (rgb[5:] == 255).all()


def test_sixteen_bit_grey_keeps_its_levels(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "deep.png"), np.full((8, 8), 128 * 257, np.uint16))
    assert (read_image(tmp_path / "deep.png").rgb == 128).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK"])
def test_other_colour_modes(tmp_path: Path, mode: str) -> None:
    path = tmp_path / ("strip.jpg" if mode == "CMYK" else "strip.png")
    Image.new("RGB", (30, 30), "white").convert(mode).save(path)
    assert (read_image(path).rgb >= 254).all()


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (2**31 - 1, 2**31 - 1)])
def test_a_decompression_bomb_is_refused_by_its_header(
    tmp_path: Path, width: int, height: int
) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_that_claims(width, height))
    assert code_of(path) == "too_large"


def test_too_many_bytes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.MAX_BYTES, "image", 50)
    two_colours().save(tmp_path / "big.png")
    assert code_of(tmp_path / "big.png") == "too_large"


@pytest.mark.parametrize("format_", ["PNG", "JPEG"])
def test_a_truncated_picture_is_damaged(tmp_path: Path, format_: str) -> None:
    path = tmp_path / "cut"
    noise = np.random.default_rng(0).integers(0, 255, (60, 60, 3)).astype(np.uint8)
    Image.fromarray(noise).save(path, format=format_)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert code_of(path) == "damaged"
