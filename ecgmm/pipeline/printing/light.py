"""Light on the paper: uneven, shadowed, thrown back by creases."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.pipeline.printing.noise_tiles import crumpled_tile, cut_from

_CELL_PX = 8
_DIMMEST = 0.45
_DARKEST_SHADE = 0.5
_DARKEST_SHADOW = 0.6
_PENUMBRA_PX = (6.0, 80.0)
_CRUMPLED = 0.13
_CREASE = 0.35
_CREASE_PX = (1.5, 5.0)
_PANEL_PX = (40.0, 160.0)
_MOST_CREASES = 4


def uneven_light(
    picture: NDArray[np.uint8], strength: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """A lamp to one side, and an exposure that makes grey of white paper."""
    along, down = _coarse_axes(picture)
    angle = rng.uniform(0, 2 * np.pi)
    slope = along * np.cos(angle) + down * np.sin(angle) * 0.3 + rng.uniform(-1, 1) * along**2
    slope = (slope - slope.min()) / np.ptp(slope)
    dim = 1 - _DIMMEST * strength * rng.random()
    return _lit(picture, dim * (1 - _DARKEST_SHADE * strength * slope))


def hand_shadow(
    picture: NDArray[np.uint8], strength: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """One or two shadows with soft edges that cross the strip."""
    along, down = _coarse_axes(picture)
    light = np.ones_like(along + down)
    for _ in range(int(rng.integers(1, 3))):
        slant, edge = rng.normal(0, 1.0), rng.uniform(-0.5, 0.5)
        penumbra = rng.uniform(*_PENUMBRA_PX) / picture.shape[1]
        side = rng.choice([-1, 1])
        distance = side * (along - edge + slant * down * picture.shape[0] / picture.shape[1])
        light *= 1 - strength * _DARKEST_SHADOW / (
            1 + np.exp(-np.clip(distance / penumbra, -30, 30))
        )
    return _lit(picture, light)


def wrinkles(
    picture: NDArray[np.uint8], strength: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Light and shade of paper that was crumpled."""
    shade = cut_from(crumpled_tile(), picture.shape, rng)[:, :: rng.choice([-1, 1])]
    light = np.clip(1 + np.float32(_CRUMPLED * strength) * shade, 0.4, 1.4)
    return np.asarray(cv2.multiply(picture, light, dtype=cv2.CV_8U), np.uint8)


def folds(
    picture: NDArray[np.uint8], strength: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Creases across the strip, one flank bright, the other dark, some with ink rubbed off."""
    height, width = picture.shape
    x = np.arange(width, dtype=np.float32)
    y = np.arange(height, dtype=np.float32)[:, np.newaxis]
    light = np.ones((height, width), np.float32)
    for _ in range(int(rng.integers(1, _MOST_CREASES + 1))):
        distance = x - rng.uniform(0, width) + np.float32(rng.normal(0, 0.7)) * (y - height / 2)
        edge, panel = rng.uniform(*_CREASE_PX), rng.uniform(*_PANEL_PX)
        side = strength * rng.uniform(-1, 1)
        light += _CREASE * side * np.tanh(distance / edge) * np.exp(-np.abs(distance) / panel)
        light += _CREASE * abs(side) * np.exp(-((distance / edge) ** 2))
    return np.asarray(cv2.multiply(picture, light, dtype=cv2.CV_8U), np.uint8)


def _coarse_axes(
    picture: NDArray[np.uint8],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """From -0.5 to 0.5 along the strip, `[1, columns]`, and down, `[rows, 1]`."""
    rows, columns = (max(2, side // _CELL_PX) for side in picture.shape)
    along = np.linspace(-0.5, 0.5, columns, dtype=np.float32)[np.newaxis]
    down = np.linspace(-0.5, 0.5, rows, dtype=np.float32)[:, np.newaxis]
    return along, down


def _lit(picture: NDArray[np.uint8], coarse_light: NDArray[np.float32]) -> NDArray[np.uint8]:
    size = picture.shape[1], picture.shape[0]
    light = cv2.resize(coarse_light.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(picture, light, dtype=cv2.CV_8U), np.uint8)
