"""Pages for training: pixels, painted by OpenCV twenty times faster than matplotlib can."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.fonts import pillow_font
from ecgmm.paper.page import SMALL_BOX_MM, Label, Page, to_px
from ecgmm.paper.style import GRID_RGB, RGB, PageStyle

_SUBPIXEL_BITS = 4
_OPAQUE = 255

_PEN_WIDTHS_PX = (1.4, 3.5)
_PEN_STEP_PX = 2.0


def paint(page: Page, px_per_mm: float) -> NDArray[np.uint8]:
    """Paint a page.

    Args:
        page: what to paint.
        px_per_mm: resolution; 12 gives about 9 megapixels of A4.

    Returns:
        `[height, width, 3]` RGB. `page.to_px` says where each sample is.
    """
    width_px, height_px = page.size_px(px_per_mm)
    picture = _grid_on_paper(page, px_per_mm, width_px, height_px)
    ink = _ink_density(page, px_per_mm, width_px, height_px)
    rows, columns = np.nonzero(ink)
    share = ink[rows, columns, np.newaxis].astype(np.float32) / _OPAQUE
    paper = picture[rows, columns]
    picture[rows, columns] = np.rint(
        paper + share * (np.array(page.style.ink_rgb, np.float32) - paper)
    )
    return picture


def _grid_on_paper(
    page: Page, px_per_mm: float, width_px: int, height_px: int
) -> NDArray[np.uint8]:
    style = page.style
    rgb = GRID_RGB[style.grid]
    if rgb is None:
        return np.full((height_px, width_px, 3), style.paper_rgb, np.uint8)
    density = np.zeros((height_px, width_px), np.uint8)
    for pitch_mm, weight in page.grid_pitches_mm:
        _add_lines(density, page, pitch_mm, weight, px_per_mm)
    if page.has_dots:
        _add_dots(density, page, px_per_mm)
    colours = _mixtures(style.paper_rgb, rgb)
    return np.asarray(cv2.LUT(cv2.merge([density] * 3), colours), np.uint8)


def _add_lines(
    density: NDArray[np.uint8], page: Page, pitch_mm: float, weight: float, px_per_mm: float
) -> None:
    """Add the lines of one pitch to the grid's density; where lines cross, the denser counts."""
    grid, style = page.grid, page.style
    width_px = style.grid_width_mm * weight * px_per_mm
    columns_px, rows_px = (
        to_px(lines, px_per_mm) for lines in (grid.columns_mm(pitch_mm), grid.rows_mm(pitch_mm))
    )
    strength = style.grid_strength * weight * _OPAQUE
    height, width = density.shape
    columns = np.rint(strength * _coverage(columns_px, width_px, width)).astype(np.uint8)
    rows = np.rint(strength * _coverage(rows_px, width_px, height)).astype(np.uint8)
    inside = density[_within(rows_px, width_px), _within(columns_px, width_px)]
    np.maximum(inside, columns[_within(columns_px, width_px)], out=inside)
    np.maximum(inside, rows[_within(rows_px, width_px), np.newaxis], out=inside)


def _add_dots(density: NDArray[np.uint8], page: Page, px_per_mm: float) -> None:
    """Add a dot where 1 mm lines would cross, as wide as the 5 mm lines."""
    grid, style = page.grid, page.style
    width_px = style.grid_width_mm * px_per_mm
    columns_px = to_px(grid.columns_mm(SMALL_BOX_MM), px_per_mm)
    rows_px = to_px(grid.rows_mm(SMALL_BOX_MM), px_per_mm)
    height, width = density.shape
    across, down = _coverage(columns_px, width_px, width), _coverage(rows_px, width_px, height)
    dots = np.rint(style.grid_strength * _OPAQUE * np.outer(down, across)).astype(np.uint8)
    np.maximum(density, dots, out=density)


def _within(lines_px: NDArray[np.float64], width_px: float) -> slice:
    """The pixels from the first line to the last."""
    first, last = lines_px[0] - width_px / 2, lines_px[-1] + width_px / 2
    return slice(max(0, math.floor(first + 0.5)), math.ceil(last + 0.5))


def _coverage(
    centres_px: NDArray[np.float64], width_px: float, length_px: int
) -> NDArray[np.float64]:
    """How much of each pixel of a row lies under lines across it, 0 to 1."""
    covered = np.zeros(length_px)
    first = np.floor(centres_px - width_px / 2 + 0.5).astype(np.int64)
    for pixel in (first + i for i in range(math.ceil(width_px) + 1)):
        low = np.maximum(pixel - 0.5, centres_px - width_px / 2)
        high = np.minimum(pixel + 0.5, centres_px + width_px / 2)
        known = (pixel >= 0) & (pixel < length_px) & (high > low)
        covered[pixel[known]] += (high - low)[known]
    return np.minimum(covered, 1.0)


def _mixtures(paper_rgb: RGB, ink_rgb: RGB) -> NDArray[np.uint8]:
    """`[256, 1, 3]`, from bare paper to full ink."""
    share = np.linspace(0.0, 1.0, 256)[:, np.newaxis, np.newaxis]
    return np.rint((1 - share) * paper_rgb + share * np.array(ink_rgb)).astype(np.uint8)


def _ink_density(page: Page, px_per_mm: float, width_px: int, height_px: int) -> NDArray[np.uint8]:
    """Traces, pulses, bars and text, 0 to 255."""
    ink = np.zeros((height_px, width_px), np.uint8)
    for lines_mm, width_mm in page.strokes_mm:
        _draw_lines(ink, lines_mm, width_mm * px_per_mm, px_per_mm)
    for label in page.labels:
        _write(ink, label, page.style, px_per_mm)
    return ink


def _draw_lines(
    ink: NDArray[np.uint8],
    lines_mm: list[NDArray[np.float64]],
    width_px: float,
    px_per_mm: float,
) -> None:
    """Draw polylines of any width: OpenCV's next thicker ones, faint, under its next thinner."""
    lines = [
        np.rint(to_px(line, px_per_mm) * 2**_SUBPIXEL_BITS).astype(np.int32) for line in lines_mm
    ]
    thinner = max(0, math.floor((width_px - _PEN_WIDTHS_PX[1]) / _PEN_STEP_PX) + 1)
    low, high = _pen_width_px(thinner), _pen_width_px(thinner + 1)
    densities = {thinner + 1: (width_px - low) / (high - low), thinner: width_px / low}
    for pen, density in densities.items():
        if density > 0:
            cv2.polylines(
                ink,
                lines,
                isClosed=False,
                color=round(_OPAQUE * min(1.0, density)),
                thickness=_pen_thickness(pen),
                lineType=cv2.LINE_AA,
                shift=_SUBPIXEL_BITS,
            )


def _pen_thickness(pen: int) -> int:
    """OpenCV's `thickness` of its n-th distinct pen: 1, 2, 3, 5, 7 ..."""
    return pen + 1 if pen < 2 else 2 * pen - 1


def _pen_width_px(pen: int) -> float:
    """How wide that pen's antialiased line is: measured, its ink summed across the line."""
    return _PEN_WIDTHS_PX[0] if pen == 0 else _PEN_WIDTHS_PX[1] + (pen - 1) * _PEN_STEP_PX


def _write(ink: NDArray[np.uint8], label: Label, style: PageStyle, px_per_mm: float) -> None:
    """Set a line of text with its left end and its foot where the label says."""
    from PIL import Image, ImageDraw

    font = pillow_font(style.font, label.size_mm * px_per_mm)
    x_px, y_px = label.x_mm * px_per_mm, label.y_mm * px_per_mm
    left, top, right, bottom = font.getbbox(label.text, anchor="ls")
    corner_x, corner_y = math.floor(x_px + left) - 1, math.floor(y_px + top) - 1
    tile = Image.new("L", (math.ceil(right - left) + 3, math.ceil(bottom - top) + 3))
    ImageDraw.Draw(tile).text(
        (x_px - corner_x, y_px - corner_y), label.text, fill=_OPAQUE, font=font, anchor="ls"
    )
    lay_over(ink, np.asarray(tile), corner_x, corner_y)


def lay_over(ink: NDArray[np.uint8], tile: NDArray[np.uint8], x: int, y: int) -> None:
    """Add a tile's ink to a picture, as far as it lies inside.

    Args:
        ink: `[height, width]`, which is changed.
        tile: `[height, width]`.
        x: column of the picture at which the tile begins.
        y: likewise the row.
    """
    height, width = ink.shape
    top, left = max(0, y), max(0, x)
    bottom, right = min(height, y + tile.shape[0]), min(width, x + tile.shape[1])
    if top < bottom and left < right:
        place = ink[top:bottom, left:right]
        np.maximum(place, tile[top - y : bottom - y, left - x : right - x], out=place)
