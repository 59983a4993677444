"""PDF, TIFF of several pages and the pictures of phones: one page is read, upright and bounded."""

import io
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from refusal import code_of

from ecgmm.errors import InputWarning
from ecgmm.paper.picture import Picture
from ecgmm.readers import pdf_file
from ecgmm.readers.page_choice import GRID_SHARE, grid_share
from ecgmm.readers.route import identify, read_input


def ecg_page(height: int = 400, width: int = 600) -> Image.Image:
    """Pink paper with a line every 10 pixels, and a trace."""
    pixels = np.full((height, width, 3), (255, 240, 240), np.uint8)
    pixels[::10] = pixels[:, ::10] = (240, 150, 150)
    columns = np.arange(width)
    pixels[(height / 2 + 40 * np.sin(columns / 25)).astype(int), columns] = 0
    return Image.fromarray(pixels)


def text_page(height: int = 400, width: int = 600) -> Image.Image:
    """Rows of something like words."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    rng = np.random.default_rng(0)
    for row in range(20, height - 20, 18):
        for column in range(20, width - 40, 14):
            length = int(rng.integers(2, 12))
            pixels[row : row + 9, column : column + length] = rng.integers(0, 120)
    return Image.fromarray(pixels)


def two_colours() -> Image.Image:
    """40 wide, 20 tall; left half red, right half blue."""
    pixels = np.zeros((20, 40, 3), np.uint8)
    pixels[:, :20, 0] = pixels[:, 20:, 2] = 255
    return Image.fromarray(pixels)


def pdf_bytes(*pages: Image.Image) -> bytes:
    stream = io.BytesIO()
    pages[0].save(stream, format="PDF", save_all=True, append_images=pages[1:], resolution=100)
    return stream.getvalue()


@pytest.mark.parametrize("format_", ["WEBP", "TIFF", "BMP", "HEIF"])
def test_pictures_of_phones_and_scanners(tmp_path: Path, format_: str) -> None:
    pillow_heif.register_heif_opener()
    path = tmp_path / "page.dat"
    two_colours().save(path, format=format_)
    assert identify(path) == "image"
    picture = read_input(path)
    assert isinstance(picture, Picture)
    assert picture.rgb.shape == (20, 40, 3)
    np.testing.assert_allclose(picture.rgb[10, 5], [255, 0, 0], atol=30)
    np.testing.assert_allclose(picture.rgb[10, 35], [0, 0, 255], atol=30)


@pytest.mark.parametrize("format_", ["WEBP", "TIFF"])
def test_exif_rotation_is_applied(tmp_path: Path, format_: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    two_colours().save(tmp_path / "turned", format=format_, exif=exif)
    picture = read_input(tmp_path / "turned")
    assert isinstance(picture, Picture)
    assert picture.rgb.shape == (40, 20, 3)
    assert picture.rgb[5, 10, 0] > 200
    assert picture.rgb[35, 10, 2] > 200


@pytest.mark.parametrize("format_", ["WEBP", "TIFF", "BMP", "HEIF"])
def test_a_picture_that_is_cut_off_is_damaged(tmp_path: Path, format_: str) -> None:
    pillow_heif.register_heif_opener()
    noise = np.random.default_rng(0).integers(0, 255, (60, 60, 3)).astype(np.uint8)
    path = tmp_path / "cut"
    Image.fromarray(noise).save(path, format=format_)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert code_of(path) == "damaged"


def test_a_grid_is_told_from_text() -> None:
    assert grid_share(np.asarray(ecg_page())) > GRID_SHARE
    assert grid_share(np.asarray(text_page())) < GRID_SHARE
    assert grid_share(np.full((300, 300, 3), 255, np.uint8)) == 0.0
    assert grid_share(np.zeros((1, 1, 3), np.uint8)) == 0.0


def test_of_several_pages_the_first_on_ecg_paper_is_read(tmp_path: Path) -> None:
    pages = [text_page(), ecg_page(), ecg_page()]
    pages[0].save(tmp_path / "scan.tif", save_all=True, append_images=pages[1:])
    with pytest.warns(InputWarning, match="page 2 is read"):
        picture = read_input(tmp_path / "scan.tif")
    assert isinstance(picture, Picture)
    np.testing.assert_array_equal(picture.rgb, np.asarray(pages[1]))


def test_without_a_grid_the_first_page_is_read(tmp_path: Path) -> None:
    text_page().save(tmp_path / "scan.tif", save_all=True, append_images=[two_colours()])
    with pytest.warns(InputWarning, match="first one is read"):
        picture = read_input(tmp_path / "scan.tif")
    assert isinstance(picture, Picture)
    np.testing.assert_array_equal(picture.rgb, np.asarray(text_page()))


def test_the_ecg_in_a_pdf_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "report.dat"
    path.write_bytes(pdf_bytes(text_page(), ecg_page()))
    assert identify(path) == "pdf"
    with pytest.warns(InputWarning, match="page 2 is read"):
        picture = read_input(path)
    assert isinstance(picture, Picture)
    assert picture.rgb.shape == (800, 1200, 3)
    assert grid_share(picture.rgb) > GRID_SHARE


@pytest.mark.parametrize("content", [b"%PDF-1.7 ...", pdf_bytes(two_colours())[:300]])
def test_a_pdf_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.pdf").write_bytes(content)
    assert code_of(tmp_path / "bad.pdf") == "damaged"


def many_pages(count: int) -> bytes:
    """A PDF whose page tree names one page `count` times."""
    kids = " ".join(["3 0 R"] * count)
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        + f"2 0 obj<</Type/Pages/Count {count}/Kids[{kids}]>>endobj\n".encode()
        + b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99999 99999]>>endobj\n"
        + b"trailer<</Root 1 0 R>>\n%%EOF"
    )


def test_endless_pages_cost_no_more_than_a_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_file, "MAX_PAGES", 2)
    (tmp_path / "book.pdf").write_bytes(many_pages(100_000))
    with pytest.warns(InputWarning, match="first one is read"):
        picture = read_input(tmp_path / "book.pdf")
    assert isinstance(picture, Picture)
    assert picture.rgb.shape[0] * picture.rgb.shape[1] <= 20_100_000


def test_a_pdf_that_takes_for_ever_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_file, "TIME_LIMIT_S", 0.01)
    (tmp_path / "slow.pdf").write_bytes(pdf_bytes(two_colours()))
    assert code_of(tmp_path / "slow.pdf") == "too_large"


def test_a_pdf_imports_nothing_from_where_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for module in ("struct.py", "ecgmm.py", "pypdfium2.py"):
        (tmp_path / module).write_text("open('sprung', 'w')")
    (tmp_path / "a.pdf").write_bytes(pdf_bytes(ecg_page()))
    assert isinstance(read_input(Path("a.pdf")), Picture)
    assert not (tmp_path / "sprung").exists()


def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pypdfium2", None)
    path = tmp_path / "report.pdf"
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(Exception, match=r"pip install \"ecgmm\[formats\]\"") as caught:
        read_input(path)
    assert caught.value.code == "missing_library"
