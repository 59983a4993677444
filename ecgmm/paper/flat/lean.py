"""Straightening paper that lies slightly crooked in its picture, as on a scanner."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.flat.grid_lines import find_comb_in_profiles
from ecgmm.paper.flat.periods import band_profiles

LARGEST_LEAN = math.tan(math.radians(3.0))

_BANDS = 48
_LEAST_AGREEMENT = 0.7


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


def straighten(rgb: NDArray[np.uint8], lean: tuple[float, float]) -> NDArray[np.uint8]:
    """Put lines that lean upright and level.

    Corners that were outside the picture get its usual colour. A lean that moves nothing by a
    pixel is left alone.

    Args:
        rgb: `[height, width, 3]`.
        lean: of the upright and of the level lines, as `measure_lean` gives it.
    """
    height, width = rgb.shape[:2]
    if abs(lean[0]) * height < 1 and abs(lean[1]) * width < 1:
        return rgb
    upright, level = math.atan(lean[0]), math.atan(lean[1])
    to_source = np.array(
        [[math.cos(level), math.sin(upright)], [math.sin(level), math.cos(upright)]]
    )
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    shift = middle - to_source @ middle
    return cv2.warpAffine(
        rgb,
        np.column_stack([to_source, shift]),
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderValue=tuple(np.median(rgb[::4, ::4], axis=(0, 1)).tolist()),
    ).astype(np.uint8)
