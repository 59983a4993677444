"""Squares of noise made once: fresh noise for each strip would cost more than the strip."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

TILE_SIDE_PX = 1024

_CREASES = 110
_CREASE_LENGTH_PX = (60.0, 250.0)
_CREASE_FLANK_PX = (15.0, 80.0)
_CREASE_EDGE_PX = 2.0


@cache
def noise_tile(grain_px: float = 0.0) -> NDArray[np.float32]:
    """`[1024, 1024]`, normal noise of variance 1, its grains about that wide.

    Args:
        grain_px: standard deviation of the blur that correlates it; 0 for white noise.
    """
    side = TILE_SIDE_PX
    tile = np.random.default_rng(0).standard_normal((side, side), np.float32)
    if grain_px > 0:
        blurred = cv2.GaussianBlur(tile, (0, 0), grain_px, borderType=cv2.BORDER_REFLECT)
        tile = np.asarray(blurred / np.std(blurred), np.float32)
    return tile


@cache
def crumpled_tile() -> NDArray[np.float32]:
    """`[1024, 1024]`, how light falls on crumpled paper: variance 1, lit from the left.

    Straight creases of all lengths and directions, as in `ecgmm.paper.camera.wrinkles`.
    """
    rng = np.random.default_rng(1)
    x, y = np.meshgrid(np.arange(0, TILE_SIDE_PX, 2.0), np.arange(0, TILE_SIDE_PX, 2.0))
    height = np.zeros(x.shape, np.float32)
    for _ in range(_CREASES):
        place, angle = rng.uniform(0, TILE_SIDE_PX, 2), rng.uniform(0, np.pi)
        right, down = _nearest_way(x - place[0]), y - place[1]
        along = right * np.cos(angle) + down * np.sin(angle)
        across = down * np.cos(angle) - right * np.sin(angle)
        flank, length = rng.uniform(*_CREASE_FLANK_PX), rng.uniform(*_CREASE_LENGTH_PX)
        distance = np.sqrt(across**2 + _CREASE_EDGE_PX**2)
        ridge = flank * np.exp(-distance / flank - (along / length) ** 2)
        height += rng.choice([-1, 1]) * ridge.astype(np.float32)
    light = np.gradient(height, axis=1)
    light = cv2.resize(light, (TILE_SIDE_PX, TILE_SIDE_PX), interpolation=cv2.INTER_LINEAR)
    return np.asarray(light / light.std(), np.float32)


def _nearest_way(distance_px: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances on a tile whose right edge meets its left one."""
    return (distance_px + TILE_SIDE_PX / 2) % TILE_SIDE_PX - TILE_SIDE_PX / 2


def cut_from(
    tile: NDArray[np.float32], shape: tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.float32]:
    """A piece `[height, width]` of a tile from a random place; the tile repeats sideways."""
    height, width = shape
    top, left = int(rng.integers(TILE_SIDE_PX - height + 1)), int(rng.integers(TILE_SIDE_PX))
    rows = tile[top : top + height]
    pieces, column = [], left
    while width > 0:
        piece = rows[:, column : column + width]
        pieces.append(piece)
        width, column = width - piece.shape[1], 0
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces, axis=1)
