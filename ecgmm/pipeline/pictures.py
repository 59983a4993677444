"""Strips as pictures, printed and photographed a little differently every time."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MV, STRIP_HEIGHT_PX
from ecgmm.paper.raster import PIXELS_PER_SAMPLE, StripStyle, draw_grid, draw_ink
from ecgmm.pipeline.printing import marks
from ecgmm.pipeline.printing.config import CLEAN, PictureConfig
from ecgmm.pipeline.printing.families import PRINT_SHARES
from ecgmm.pipeline.printing.noise_tiles import cut_from, noise_tile
from ecgmm.pipeline.printing.row import Row, lay_out
from ecgmm.pipeline.printing.spoil import spoil
from ecgmm.pipeline.printing.style import median_mv, random_style
from ecgmm.pipeline.printing.warp import random_warp

__all__ = ["CLEAN", "PictureConfig", "PrintedStrip", "picture_of", "print_strip"]

_WARPED_SHARE = 0.7
_FADED = 0.65
_FADE_GRAIN_PX = 24.0
_CORNER_SHARE = 0.08


@dataclass(frozen=True)
class PrintedStrip:
    """A picture of a strip, and the trace that is seen on it.

    Attributes:
        picture: `[160, samples * 4 / 5]` grey picture on the time grid.
        trace_mv: `[samples]`, height of the ink above the middle of the strip in column
            `0.8 * sample`, at 10 mm/mV; NaN where nothing of the row is drawn. Ink beyond the
            strip's edges, 2 mV away, is cut off, its height is not. Where 0 mV was cannot be
            known from the picture.
    """

    picture: NDArray[np.uint8]
    trace_mv: NDArray[np.float32]

    @property
    def visible(self) -> NDArray[np.bool_]:
        """`[samples]`, where the row is drawn."""
        return np.isfinite(self.trace_mv)


def picture_of(
    signal_mv: NDArray[np.float32], config: PictureConfig, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """The picture alone; see `print_strip`."""
    return print_strip(signal_mv, config, rng).picture


def print_strip(
    signal_mv: NDArray[np.float32], config: PictureConfig, rng: np.random.Generator
) -> PrintedStrip:
    """Print a lead and take a picture of the strip.

    No beat is moved by more than 20 ms.

    Args:
        signal_mv: `[samples]`, millivolts at 125 Hz.
        config: how it is printed and spoiled.
        rng: source of chance.

    Returns:
        The picture and its truth, the same ones for the same chance.
    """
    row = lay_out(signal_mv, config, rng)
    style = random_style(row.signal_mv, config, rng)
    picture = _print(signal_mv, row, style, config, rng)
    height_px = style.baseline_px - row.signal_mv * np.float32(PIXELS_PER_MV)
    strength = config.strength("warp", _WARPED_SHARE, rng)
    if strength > 0:
        warp = random_warp(picture.shape, strength, rng)
        picture = warp(picture)
        height_px = warp.trace(np.arange(len(height_px)) * PIXELS_PER_SAMPLE, height_px)
    picture = spoil(picture, config, rng)
    if config.strength("blank", _CORNER_SHARE, rng):
        picture, height_px = _cut_corner(picture, height_px, rng)
    return PrintedStrip(picture, (STRIP_HEIGHT_PX / 2 - height_px) / np.float32(PIXELS_PER_MV))


def _print(
    signal_mv: NDArray[np.float32],
    row: Row,
    style: StripStyle,
    config: PictureConfig,
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """Paper, grid and everything in ink."""

    def strength(family: str) -> float:
        return config.strength(family, PRINT_SHARES[family], rng)

    width_px = round(len(signal_mv) * PIXELS_PER_SAMPLE)
    drawn_mv = row.signal_mv.copy()
    drawn_mv[list(row.borders)] = np.nan
    ink = draw_ink(drawn_mv, style, width_px)
    middle_px = style.baseline_px - median_mv(row.signal_mv) * PIXELS_PER_MV
    if strength("neighbours"):
        ink = marks.draw_neighbours(ink, signal_mv, style, rng)
    if row.pulse[1]:
        marks.draw_pulse(ink, row, middle_px, style, rng)
    if row.borders:
        marks.draw_borders(ink, row, middle_px, style, rng)
    if strength("writing"):
        marks.draw_writing(ink, style, rng)
    if strength("frame"):
        marks.draw_frame(ink, style, rng)
    picture = np.full((STRIP_HEIGHT_PX, width_px), style.paper, np.uint8)
    draw_grid(picture, style)
    picture = np.minimum(picture, _faded(ink, strength("ink_fade"), rng))
    written = strength("handwriting")
    return marks.handwrite(picture, written, rng) if written else picture


def _faded(ink: NDArray[np.uint8], strength: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Ink, pale here and there, that never leaves more than a third of its darkness."""
    if strength == 0:
        return ink
    patches = cut_from(noise_tile(_FADE_GRAIN_PX), ink.shape, rng)
    kept = 1 - np.float32(_FADED * strength) * np.clip(0.7 + 0.5 * patches, 0, 1)
    return 255 - np.asarray(cv2.multiply(255 - ink, kept, dtype=cv2.CV_8U), np.uint8)


def _cut_corner(
    picture: NDArray[np.uint8], height_px: NDArray[np.float32], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A corner beyond the photo's edge, filled with one grey as a reader of pages does."""
    height, width = picture.shape
    across, up = rng.uniform(0.1, 0.6) * width, rng.uniform(0.2, 0.7) * height
    at_left, at_top = rng.random() < 0.5, rng.random() < 0.5
    corner = (0 if at_left else width, 0 if at_top else height)
    points = (
        corner,
        (corner[0] + (across if at_left else -across), corner[1]),
        (corner[0], corner[1] + (up if at_top else -up)),
    )
    mask = np.zeros_like(picture)
    cv2.fillPoly(mask, [np.rint(points).astype(np.int32)], 1)
    picture = np.where(mask, np.uint8(np.median(picture)), picture)
    columns = np.rint(np.arange(len(height_px)) * PIXELS_PER_SAMPLE).clip(0, width - 1).astype(int)
    rows = np.nan_to_num(np.rint(height_px), nan=0).clip(0, height - 1).astype(int)
    return picture, np.where(mask[rows, columns] > 0, np.float32(np.nan), height_px)
