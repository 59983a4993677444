"""Straightening paper that lies slightly crooked in its picture, as on a scanner."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.find.even.grid_lines import find_comb_in_profiles
from ecgmm.paper.find.even.periods import band_profiles

LARGEST_LEAN = math.tan(math.radians(3.0))

_BANDS = 48
_LEAST_AGREEMENT = 0.7
_ROW_WIDTH_PX = 1000
_ROW_INK = 90
_ROW_SLOPES = 61


def measure_lean(darkness: NDArray[np.uint8]) -> tuple[float, float]:
    """How far a grid's lines lean.

    Args:
        darkness: `[height, width]`, 0 where the paper is blank.

    Returns:
        Pixels to the right for each pixel down of the upright lines, and pixels down for each
        pixel to the right of the level ones; (0, 0) where not both are seen, or one leans by
        more than 3 degrees.
    """
    upright, level = _lean(darkness), _lean(np.ascontiguousarray(darkness.T))
    if upright is None or level is None or max(abs(upright), abs(level)) > LARGEST_LEAN:
        return 0.0, 0.0
    return upright, level


def _lean(darkness: NDArray[np.uint8]) -> float | None:
    """The lean of the upright lines.

    From one band of the picture to the next, the pattern of lines moves by the same step.
    """
    bands = band_profiles(darkness, _BANDS)
    comb = find_comb_in_profiles(bands)
    if comb is None:
        return None
    wave = np.exp(-2j * np.pi * np.arange(bands.shape[1]) / comb.pitch_px)
    places = (bands - bands.mean(axis=1, keepdims=True)) @ wave
    steps = places[1:] * np.conj(places[:-1])
    if abs(steps.sum()) < _LEAST_AGREEMENT * np.abs(steps).sum():
        return None
    turn = np.angle(steps.sum())
    apart = len(places) // 2
    far = (places[apart:] * np.conj(places[:-apart])).sum()
    turn += np.angle(far * np.exp(-1j * turn * apart)) / apart
    shift_px = -turn / (2 * math.pi) * comb.pitch_px
    return float(shift_px * len(bands) / darkness.shape[0])


def measure_row_lean(darkness: NDArray[np.uint8]) -> tuple[float, float]:
    """How far a page without a grid is turned: the way in which its ink lies in level rows.

    Args:
        darkness: `[height, width]`, 0 where the paper is blank.

    Returns:
        The lean of upright and of level lines, as `measure_lean` gives it.
    """
    shrink = min(1.0, _ROW_WIDTH_PX / darkness.shape[1])
    small = cv2.resize(darkness, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    y, x = np.nonzero(small > _ROW_INK)
    if not len(x):
        return 0.0, 0.0
    coarse = np.linspace(-LARGEST_LEAN, LARGEST_LEAN, _ROW_SLOPES)
    best = max(coarse, key=lambda slope: _levelness(x, y, slope))
    step = coarse[1] - coarse[0]
    fine = best + np.linspace(-step, step, _ROW_SLOPES // 2)
    slope = float(max(fine, key=lambda slope: _levelness(x, y, slope)))
    return -slope, slope


def _levelness(x: NDArray[np.intp], y: NDArray[np.intp], slope: float) -> float:
    """How unevenly ink is spread over lines of a slope: most when rows lie along them."""
    heights = np.round(y - slope * x).astype(np.intp)
    counts = np.bincount(heights - heights.min()).astype(np.float64)
    return float(np.sum(counts**2))


def straighten(rgb: NDArray[np.uint8], lean: tuple[float, float]) -> NDArray[np.uint8]:
    """Put lines that lean upright and level.

    Corners that were outside the picture get its usual colour. A lean that moves nothing by a
    pixel is left alone.

    Args:
        rgb: `[height, width, 3]`.
        lean: of the upright and of the level lines, as `measure_lean` gives it.
    """
    if not _moves_a_pixel(lean, rgb.shape[:2]):
        return rgb
    return cv2.warpAffine(
        rgb,
        source_matrix(lean, rgb.shape[:2]),
        rgb.shape[1::-1],
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderValue=tuple(np.median(rgb[::4, ::4], axis=(0, 1)).tolist()),
    ).astype(np.uint8)


def source_matrix(lean: tuple[float, float], size_px: tuple[int, ...]) -> NDArray[np.float64]:
    """`[2, 3]` from points (x, y) of the straightened picture to those of the leaning one.

    Args:
        lean: by which it was straightened.
        size_px: height and width of the picture.
    """
    if not _moves_a_pixel(lean, size_px):
        return np.eye(2, 3)
    upright, level = math.atan(lean[0]), math.atan(lean[1])
    to_source = np.array(
        [[math.cos(level), math.sin(upright)], [math.sin(level), math.cos(upright)]]
    )
    middle = np.array([(size_px[1] - 1) / 2, (size_px[0] - 1) / 2])
    return np.column_stack([to_source, middle - to_source @ middle])


def _moves_a_pixel(lean: tuple[float, float], size_px: tuple[int, ...]) -> bool:
    return abs(lean[0]) * size_px[0] >= 1 or abs(lean[1]) * size_px[1] >= 1
