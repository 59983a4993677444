"""Photos of the world: textures, things with edges, foliage."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import STRIP_HEIGHT_PX

Picture = NDArray[np.uint8]

_COARSEST_PX = 128


def texture(width_px: int, rng: np.random.Generator) -> Picture:
    """Clouds, stone, cloth: noise on all scales."""
    return _to_grey(_fractal(width_px, rng.uniform(0.4, 1.1), (1.0, 1.0), rng), rng)


def fur(width_px: int, rng: np.random.Generator) -> Picture:
    """Hair, grass or wood: noise drawn out in one direction and bent."""
    stretch = rng.uniform(3, 14)
    along = (stretch, 1.0) if rng.random() < 0.5 else (1.0, stretch)
    field = _fractal(width_px, rng.uniform(0.6, 1.2), along, rng)
    return _to_grey(_bent(field, rng), rng)


def foliage(width_px: int, rng: np.random.Generator) -> Picture:
    """Leaves: pointed shapes of all greys over each other."""
    picture = np.full((STRIP_HEIGHT_PX, width_px), int(rng.integers(20, 120)), np.uint8)
    size = rng.uniform(12, 60)
    for _ in range(int(rng.integers(60, 180))):
        centre = int(rng.integers(width_px)), int(rng.integers(STRIP_HEIGHT_PX))
        axes = round(size * rng.uniform(0.6, 1.3)), round(size * rng.uniform(0.15, 0.45))
        grey = int(rng.integers(30, 240))
        cv2.ellipse(picture, centre, axes, rng.uniform(0, 360), 0, 360, grey, -1, cv2.LINE_AA)
    return picture


def things(width_px: int, rng: np.random.Generator) -> Picture:
    """Round and angular things before a background, a little out of focus."""
    picture = _to_grey(_fractal(width_px, 1.6, (1.0, 1.0), rng), rng)
    for _ in range(int(rng.integers(3, 16))):
        centre = rng.uniform(0, 1, 2) * (width_px, STRIP_HEIGHT_PX)
        grey = int(rng.integers(0, 256))
        if rng.random() < 0.5:
            axes = np.rint(rng.uniform(8, 120, 2)).astype(int).tolist()
            cv2.ellipse(picture, np.rint(centre).astype(int).tolist(), axes, 0, 0, 360, grey, -1)
        else:
            corners = centre + rng.normal(0, rng.uniform(20, 110), (int(rng.integers(3, 7)), 2))
            cv2.fillPoly(picture, [np.rint(corners).astype(np.int32)], grey, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 2.5)), np.uint8)


def _fractal(
    width_px: int, roughness: float, stretch: tuple[float, float], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Noise of all scales, those of half the size `2 ** -roughness` times as strong."""
    size = width_px, STRIP_HEIGHT_PX
    field = np.zeros(size[::-1], np.float32)
    scale_px, weight = float(_COARSEST_PX), 1.0
    while scale_px >= 1.5:
        shape = [max(2, round(s / scale_px / f)) for s, f in zip(size, stretch, strict=True)]
        coarse = rng.standard_normal(shape[::-1], np.float32)
        field += weight * cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)
        scale_px, weight = scale_px / 2, weight * 2**-roughness
    return field


def _bent(field: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    height, width = field.shape
    x = np.arange(width, dtype=np.float32)
    y = np.arange(height, dtype=np.float32)[:, np.newaxis]
    wave = 20 * np.sin(x / rng.uniform(60, 300) + rng.uniform(0, 6)) + rng.normal(0, 0.3) * x
    way_y = (y + wave.astype(np.float32)).astype(np.float32)
    way_x = np.broadcast_to(x, field.shape).astype(np.float32)
    bent = cv2.remap(field, way_x, way_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(bent, np.float32)


def _to_grey(field: NDArray[np.float32], rng: np.random.Generator) -> Picture:
    contrast, middle = rng.uniform(15, 60), rng.uniform(70, 190)
    scaled = middle + contrast * (field - field.mean()) / max(float(field.std()), 1e-6)
    return np.clip(scaled, 0, 255).astype(np.uint8)
