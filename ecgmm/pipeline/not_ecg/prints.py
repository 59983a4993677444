"""Printed matter: text, tables, charts, bar codes and empty paper."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import STRIP_HEIGHT_PX
from ecgmm.paper.camera.handwriting import Handwriting
from ecgmm.paper.raster import StripStyle
from ecgmm.pipeline.not_ecg.paper import blank_style, random_font, random_words, sheet, write
from ecgmm.pipeline.printing.marks import draw_writing

Picture = NDArray[np.uint8]

_MARGIN_PX = 14


def blank_grid(width_px: int, rng: np.random.Generator) -> Picture:
    """ECG paper on which no trace was printed, at times with its header."""
    return _blank(blank_style(rng), width_px, rng)


def blank_paper(width_px: int, rng: np.random.Generator) -> Picture:
    """Paper with nothing on it, or a few words."""
    return _blank(blank_style(rng, gridless=1.0), width_px, rng)


def text(width_px: int, rng: np.random.Generator) -> Picture:
    """Lines of a page of text."""
    return _page_of_text(1.0, width_px, rng)


def text_on_grid(width_px: int, rng: np.random.Generator) -> Picture:
    """Text on millimetre paper."""
    return _page_of_text(0.0, width_px, rng)


def table(width_px: int, rng: np.random.Generator) -> Picture:
    """A ruled table of words and figures."""
    style = blank_style(rng, gridless=1.0)
    picture = sheet(style, width_px)
    row_px, column_px = int(rng.integers(16, 50)), int(rng.integers(50, 220))
    top, left = int(rng.integers(row_px)), int(rng.integers(column_px))
    picture[top::row_px], picture[:, left::column_px] = style.ink, style.ink
    size, font = row_px / 45, random_font(rng)
    for y in range(top, STRIP_HEIGHT_PX + row_px, row_px):
        for x in range(left - column_px, width_px, column_px):
            cell = f"{rng.normal(0, 100):.2f}" if rng.random() < 0.6 else random_words(1, rng)
            write(picture, cell, (x + 4, y - row_px // 4), style.ink, size, font)
    return picture


def line_chart(width_px: int, rng: np.random.Generator) -> Picture:
    """A spreadsheet's line chart: few points, straight lines, an axis."""
    picture, ink = _axes(width_px, rng)
    for _ in range(int(rng.integers(1, 4))):
        x = np.linspace(_MARGIN_PX, width_px - _MARGIN_PX, int(rng.integers(5, 60)))
        y = _within(np.cumsum(rng.normal(size=len(x))), rng)
        points = np.rint(np.column_stack([x, y])).astype(np.int32)
        cv2.polylines(picture, [points], False, ink, int(rng.integers(1, 4)), cv2.LINE_AA)
        if rng.random() < 0.4:
            for point in points:
                cv2.circle(picture, point.tolist(), 3, ink, -1, cv2.LINE_AA)
    return picture


def bar_chart(width_px: int, rng: np.random.Generator) -> Picture:
    """A spreadsheet's bar chart."""
    picture, ink = _axes(width_px, rng)
    count = int(rng.integers(4, 60))
    pitch = (width_px - 2 * _MARGIN_PX) / count
    foot = STRIP_HEIGHT_PX - _MARGIN_PX
    wide = pitch * rng.uniform(0.3, 0.95)
    greys = ink + rng.integers(0, max(1, 200 - ink), size=3)
    for number, top in enumerate(_within(rng.normal(size=count), rng)):
        left = _MARGIN_PX + number * pitch
        corners = (round(left), round(top)), (round(left + wide), foot)
        cv2.rectangle(picture, *corners, int(greys[number % 3]), -1)
    return picture


def scatter_chart(width_px: int, rng: np.random.Generator) -> Picture:
    """A cloud of points in a frame."""
    picture, ink = _axes(width_px, rng)
    x = rng.uniform(_MARGIN_PX, width_px - _MARGIN_PX, int(rng.integers(20, 250)))
    y = _within(rng.normal(size=len(x)) + rng.normal() * x / width_px * 3, rng)
    radius = int(rng.integers(1, 5))
    for point in np.rint(np.column_stack([x, y])).astype(int).tolist():
        cv2.circle(picture, point, radius, ink, -1, cv2.LINE_AA)
    return picture


def barcode(width_px: int, rng: np.random.Generator) -> Picture:
    """Bars of many widths, with a number below."""
    style = blank_style(rng, gridless=1.0)
    picture = sheet(style, width_px)
    unit = int(rng.integers(2, 7))
    bars = np.repeat(rng.integers(0, 2, width_px // unit + 1), unit)[:width_px].astype(bool)
    bottom = int(rng.integers(90, STRIP_HEIGHT_PX + 1))
    picture[int(rng.integers(0, 30)) : bottom, bars] = style.ink
    number = str(rng.integers(10**9, 10**10))
    write(picture, number, (width_px // 3, STRIP_HEIGHT_PX - 4), style.ink, 1.0, random_font(rng))
    return picture


def handwritten(width_px: int, rng: np.random.Generator) -> Picture:
    """A page of notes on plain, ruled or millimetre paper."""
    picture = sheet(blank_style(rng, gridless=0.6), width_px)
    if rng.random() < 0.4:
        picture[int(rng.integers(30)) :: int(rng.integers(24, 40))] = int(rng.integers(100, 190))
    return Handwriting(words=int(rng.integers(6, 14))).mark(picture, rng.uniform(3, 8), rng)


def scribbles(width_px: int, rng: np.random.Generator) -> Picture:
    """Loops and strokes of a pen that was only tried."""
    style = blank_style(rng, gridless=0.6)
    picture = sheet(style, width_px)
    for _ in range(int(rng.integers(1, 6))):
        turns = rng.normal(0, rng.uniform(0.1, 0.7), int(rng.integers(60, 300)))
        heading = np.cumsum(turns) + rng.uniform(0, 6)
        stride = rng.uniform(3, 12)
        way = np.cumsum(np.column_stack([np.cos(heading), np.sin(heading)]) * stride, axis=0)
        start = rng.uniform(0, 1, 2) * (width_px, STRIP_HEIGHT_PX)
        points = np.rint(way + start).astype(np.int32)
        cv2.polylines(picture, [points], False, style.ink, int(rng.integers(1, 5)), cv2.LINE_AA)
    return picture


def _blank(style: StripStyle, width_px: int, rng: np.random.Generator) -> Picture:
    ink = np.full((STRIP_HEIGHT_PX, width_px), 255, np.uint8)
    if rng.random() < 0.5:
        draw_writing(ink, style, rng)
    return np.minimum(sheet(style, width_px), ink)


def _page_of_text(gridless: float, width_px: int, rng: np.random.Generator) -> Picture:
    style = blank_style(rng, gridless)
    picture = sheet(style, width_px)
    size, font = rng.uniform(0.35, 1.4), random_font(rng)
    line_px = round(size * rng.uniform(26, 40))
    words = max(2, round(width_px / (75 * size)))
    left = int(rng.integers(-30, 60))
    for foot in range(int(rng.integers(line_px)), STRIP_HEIGHT_PX + line_px, line_px):
        line = random_words(words if rng.random() < 0.85 else words // 2, rng)
        write(picture, line, (left, foot), style.ink, size, font)
    return picture


def _axes(width_px: int, rng: np.random.Generator) -> tuple[Picture, int]:
    """Paper with level lines, an axis and its figures; and the ink."""
    style = blank_style(rng, gridless=0.85)
    picture = sheet(style, width_px)
    pitch = int(rng.integers(18, 50))
    if rng.random() < 0.7:
        picture[STRIP_HEIGHT_PX - _MARGIN_PX :: -pitch] = (style.paper + style.ink) // 2
    picture[STRIP_HEIGHT_PX - _MARGIN_PX] = style.ink
    picture[:, _MARGIN_PX] = style.ink
    for number, x in enumerate(range(_MARGIN_PX, width_px, int(rng.integers(60, 160)))):
        write(picture, str(2000 + number), (x, STRIP_HEIGHT_PX - 2), style.ink, 0.35, 0)
    return picture, style.ink


def _within(values: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Heights in the picture: the values over a random part of the frame."""
    top, bottom = rng.uniform(5, 60), STRIP_HEIGHT_PX - _MARGIN_PX - rng.uniform(0, 40)
    share = (values - values.min()) / max(float(np.ptp(values)), 1e-6)
    return bottom - share * (bottom - top)
