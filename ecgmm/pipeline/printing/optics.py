"""What lens, sensor and file make of a strip."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM
from ecgmm.paper.camera.moire import Moire
from ecgmm.paper.camera.motion_blur import MotionBlur
from ecgmm.pipeline.printing.noise_tiles import cut_from, noise_tile

_BLUR_PX = 1.9
_LEAST_BLUR_PX = 0.25
_SHRINK = 1.6
_NOISE_LEVELS = 16.0
_GRAINS_PX = (0.0, 0.0, 0.7, 1.2)
_GRAIN_LEVELS = 14.0
_PAPER_GRAIN_PX = 1.0
_QUALITY = (95, 18)
_MOIRE_CONTRAST = 0.12
_MOTION_MM = 1.0


def thermal_grain(
    picture: NDArray[np.uint8], strength: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Paper that is not of one grey."""
    return _noisy(picture, _PAPER_GRAIN_PX, strength * _GRAIN_LEVELS, rng)


def defocus(
    picture: NDArray[np.uint8], strength: float, _rng: np.random.Generator
) -> NDArray[np.uint8]:
    """A lens out of focus."""
    sigma = max(_LEAST_BLUR_PX, _BLUR_PX * strength)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8)


def motion_blur(
    picture: NDArray[np.uint8], strength: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """A hand that moved."""
    return MotionBlur(path_mm=_MOTION_MM * strength).expose(picture, PIXELS_PER_MM, rng)


def low_resolution(
    picture: NDArray[np.uint8], strength: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """A picture that was too small and was enlarged."""
    height, width = picture.shape
    shrink = 1 + _SHRINK * strength
    small = cv2.resize(
        picture, (round(width / shrink), round(height / shrink)), interpolation=cv2.INTER_AREA
    )
    enlarge = (cv2.INTER_LINEAR, cv2.INTER_CUBIC)[int(rng.integers(2))]
    return np.asarray(cv2.resize(small, (width, height), interpolation=enlarge), np.uint8)


def moire(
    picture: NDArray[np.uint8], strength: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """A screen photographed."""
    return Moire(contrast=_MOIRE_CONTRAST * strength).expose(picture, PIXELS_PER_MM, rng)


def sensor_noise(
    picture: NDArray[np.uint8], strength: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Noise of the sensor, fine or, where the camera smoothed it, coarse."""
    grain_px = _GRAINS_PX[int(rng.integers(len(_GRAINS_PX)))]
    return _noisy(picture, grain_px, strength * _NOISE_LEVELS, rng)


def jpeg(
    picture: NDArray[np.uint8], strength: float, _rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Compression."""
    best, worst = _QUALITY
    quality = round(best + (worst - best) * strength)
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8)


def _noisy(
    picture: NDArray[np.uint8], grain_px: float, levels: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    noise = cut_from(noise_tile(grain_px), picture.shape, rng)
    return np.asarray(cv2.addWeighted(picture, 1, noise, levels, 0, dtype=cv2.CV_8U), np.uint8)
