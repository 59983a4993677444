"""Random fields of which the faults are made."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

TILE_SIDE_PX = 1024
_GRAIN_PX = 0.6
_CHROMA_SHARE = 0.6


def smooth_noise(
    rows: int, columns: int, wavelength: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """A field that goes up and down gently.

    Args:
        rows: height of the field.
        columns: width of the field.
        wavelength: rough distance from crest to crest, in cells of the field.
        rng: source of chance.

    Returns:
        `[rows, columns]`, about -1 to 1.
    """
    spacing = max(wavelength / 2, 1.0)
    knots = rng.uniform(-1, 1, (int(rows / spacing) + 4, int(columns / spacing) + 4))
    x = np.arange(columns, dtype=np.float32) / np.float32(spacing) + 1
    y = np.arange(rows, dtype=np.float32) / np.float32(spacing) + 1
    map_x, map_y = np.meshgrid(x, y)
    field = cv2.remap(knots.astype(np.float32), map_x, map_y, cv2.INTER_CUBIC)
    return np.asarray(field, np.float32)


def white_noise(rows: int, columns: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """`[rows, columns]` of a cached tile of white noise, repeated; drawing it anew is slow."""
    return _window(_white_tile(), rows, columns, rng)


def grain(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    """Noise as a camera's software leaves it, standard deviation 1.

    Neighbouring pixels share a little of it, and so do the colours of one pixel.

    Args:
        shape: `[rows, columns]` or `[rows, columns, 3]`.
        rng: source of chance.
    """
    tile = _grain_tile() if len(shape) == 3 else _grey_grain_tile()
    return _window(tile, shape[0], shape[1], rng)


def _window(
    tile: NDArray[np.float32], rows: int, columns: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """A piece of the tile from anywhere, or as many tiles as it takes."""
    top = int(rng.integers(max(1, TILE_SIDE_PX - rows + 1)))
    left = int(rng.integers(max(1, TILE_SIDE_PX - columns + 1)))
    band = tile[top : top + rows, left:]
    down, across = -(-rows // len(band)), -(-columns // band.shape[1])
    if down > 1 or across > 1:
        band = np.tile(band, (down, across, 1)[: tile.ndim])
    return band[:rows, :columns]


@cache
def _white_tile() -> NDArray[np.float32]:
    side = TILE_SIDE_PX
    return np.random.default_rng(0).standard_normal((side, side), np.float32)


@cache
def _grain_tile() -> NDArray[np.float32]:
    side = TILE_SIDE_PX
    white = np.random.default_rng(1).standard_normal((side, side, 4), np.float32)
    mixed = white[..., :1] + _CHROMA_SHARE * white[..., 1:]
    blurred = cv2.GaussianBlur(mixed, (0, 0), _GRAIN_PX)
    return np.asarray(blurred / blurred.std(), np.float32)


@cache
def _grey_grain_tile() -> NDArray[np.float32]:
    return np.ascontiguousarray(_grain_tile()[..., 0])
