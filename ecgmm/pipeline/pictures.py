"""Strips as pictures, printed and photographed a little differently every time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM, PIXELS_PER_MV, STRIP_HEIGHT_PX
from ecgmm.paper.raster import StripStyle, draw_strip

NOISE_TILE_SIDE_PX = 1024


@dataclass(frozen=True)
class PictureConfig:
    """How strips are printed and how the picture of them is spoiled.

    Attributes:
        gridless: share of strips on blank paper.
        gain_sigma: spread of the logarithm of an error of the vertical scale.
        shift_mm: largest error of the row's height on the strip, either way.
        tilt_mm: largest height that the row gains or loses over the strip.
        stretch: largest relative error of the horizontal scale.
        blur_px: largest standard deviation of the blur.
        noise_levels: largest standard deviation of the sensor noise, in grey levels.
        shade: largest relative darkening towards one side.
        jpeg: share of pictures that went through JPEG.
        jpeg_quality: range of its quality.
        writing: share of strips with something printed on them.
    """

    gridless: float = 0.12
    gain_sigma: float = 0.06
    shift_mm: float = 6.0
    tilt_mm: float = 2.0
    stretch: float = 0.01
    blur_px: float = 1.2
    noise_levels: float = 8.0
    shade: float = 0.3
    jpeg: float = 0.4
    jpeg_quality: tuple[int, int] = (40, 95)
    writing: float = 0.3


CLEAN = PictureConfig(
    gridless=0.0,
    gain_sigma=0.0,
    shift_mm=0.0,
    tilt_mm=0.0,
    stretch=0.0,
    blur_px=0.0,
    noise_levels=0.0,
    shade=0.0,
    jpeg=0.0,
    writing=0.0,
)


def picture_of(
    signal_mv: NDArray[np.float32], config: PictureConfig, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Print a lead and take a picture of the strip.

    Args:
        signal_mv: `[samples]`, millivolts at 125 Hz.
        config: how it is printed and spoiled.
        rng: source of chance.

    Returns:
        `[160, samples * 4 / 5]` grey picture on the time grid.
    """
    picture = draw_strip(signal_mv, random_style(signal_mv, config, rng))
    if rng.random() < config.writing:
        write_on(picture, rng)
    picture = warp(picture, config, rng)
    sigma = rng.uniform(0, config.blur_px)
    if sigma > 0.3:
        picture = cv2.GaussianBlur(picture, (0, 0), sigma).astype(np.uint8)
    return expose(picture, config, rng)


def random_style(
    signal_mv: NDArray[np.float32], config: PictureConfig, rng: np.random.Generator
) -> StripStyle:
    """Paper, grid, ink and placement as some machine would print them."""
    paper = int(rng.integers(205, 256))
    minor, major = paper - int(rng.integers(5, 60)), paper - int(rng.integers(20, 110))
    gridless = rng.random() < config.gridless
    only_major = rng.random() < 0.25
    shift_mm = rng.uniform(-1, 1) * config.shift_mm
    return StripStyle(
        paper=paper,
        minor_grid=None if gridless or only_major else minor,
        major_grid=None if gridless else major,
        grid_offset_px=(int(rng.integers(20)), int(rng.integers(20))),
        major_width_px=int(rng.integers(1, 3)),
        ink=int(rng.integers(0, 100)),
        ink_width_px=int(rng.integers(1, 4)),
        baseline_px=centred_baseline_px(signal_mv) + shift_mm * PIXELS_PER_MM,
        gain=float(np.exp(rng.normal(0, config.gain_sigma))),
    )


def centred_baseline_px(signal_mv: NDArray[np.float32]) -> float:
    """Height of 0 mV that puts the middle of the trace's range into the middle of the strip."""
    low, high = np.nanpercentile(signal_mv, [0.5, 99.5])
    return STRIP_HEIGHT_PX / 2 + float(low + high) / 2 * PIXELS_PER_MV


def write_on(picture: NDArray[np.uint8], rng: np.random.Generator) -> None:
    """Print a lead name or a figure somewhere near the edge, as machines do."""
    text = str(rng.choice(["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V5", "25 mm/s", "HR 72"]))
    place = (int(rng.integers(picture.shape[1] - 60)), int(rng.choice([14, 30, 150])))
    grey = int(rng.integers(0, 120))
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, grey, 1, cv2.LINE_AA)


def warp(
    picture: NDArray[np.uint8], config: PictureConfig, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Errors that are left after a page was straightened: a tilt, a stretch, a shift."""
    if config.tilt_mm == 0 and config.stretch == 0:
        return picture
    height, width = picture.shape
    rise = rng.uniform(-1, 1) * config.tilt_mm * PIXELS_PER_MM / width
    stretch = 1 + rng.uniform(-1, 1) * config.stretch
    matrix = np.array(
        [[stretch, 0, (1 - stretch) * width / 2], [rise, 1, -rise * width / 2]], np.float32
    )
    return cv2.warpAffine(
        picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.uint8)


def expose(
    picture: NDArray[np.uint8], config: PictureConfig, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Uneven light, sensor noise and compression."""
    height, width = picture.shape
    light = 1 - rng.uniform(0, config.shade) * np.linspace(0, 1, width, dtype=np.float32)
    if rng.random() < 0.5:
        light = light[::-1]
    lit = picture * light
    if config.noise_levels > 0:
        row = int(rng.integers(NOISE_TILE_SIDE_PX - height))
        column = int(rng.integers(NOISE_TILE_SIDE_PX))
        noise = np.take(
            _noise_tile()[row : row + height], column + np.arange(width), 1, mode="wrap"
        )
        lit += rng.uniform(0, config.noise_levels) * noise
    picture = np.clip(lit, 0, 255).astype(np.uint8)
    if rng.random() < config.jpeg:
        quality = int(rng.integers(*config.jpeg_quality))
        _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        picture = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8)
    return picture


@cache
def _noise_tile() -> NDArray[np.float32]:
    """One square of white noise; drawing fresh noise for each strip costs more than the strip."""
    side = NOISE_TILE_SIDE_PX
    return np.random.default_rng(0).standard_normal((side, side), np.float32)
