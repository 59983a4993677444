"""Where the grid's lines cross, to a fraction of a pixel."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.find.mesh.pitch import LocalGrid

BANK_STEP_DEG = 5.0
LINE_SIGMA_PX = 1.1
REACH_IN_PITCHES = 0.25
WEAKEST = 0.2


@dataclass(frozen=True)
class Crossings:
    """Candidate crossings of grid lines.

    Attributes:
        xy_px: `[crossings, 2]`.
        score: `[crossings]`, 1 for a typical crossing of this page.
    """

    xy_px: NDArray[np.float32]
    score: NDArray[np.float32]


def find_crossings(darkness: NDArray[np.float32], grid: LocalGrid) -> Crossings:
    """Find points where dark lines of both families meet.

    Args:
        darkness: `[height, width]`, see `ink.line_darkness`.
        grid: the local pitch and direction of the same picture.

    Returns:
        The points, strong ones and some false ones: letters and corners of the trace.
    """
    limited = np.minimum(darkness, 0.5)
    ridges = [_ridges(limited, grid, family) for family in range(2)]
    crossing = np.sqrt(ridges[0] * ridges[1])
    radius = max(1, round(0.2 * grid.pitch_px))
    nib = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
    peak = (crossing >= cv2.dilate(crossing, nib)) & (crossing > 0)
    peak[[0, -1], :] = peak[:, [0, -1]] = False
    y, x = np.nonzero(peak)
    score = crossing[y, x]
    if not len(score):
        return Crossings(np.empty((0, 2), np.float32), score)
    score = score / _typical_score(score, grid, darkness.shape)
    keep = score > WEAKEST
    return Crossings(subpixel_peaks(crossing, x[keep], y[keep]), score[keep])


def _ridges(darkness: NDArray[np.float32], grid: LocalGrid, family: int) -> NDArray[np.float32]:
    """How strongly a dark line of one family runs through each point; never negative."""
    along = grid.step_px[..., 1 - family, :]
    angle = np.rad2deg(np.arctan2(along[..., 1], along[..., 0]))
    reach_px = REACH_IN_PITCHES * grid.pitch_px
    known = angle[grid.strength > np.median(grid.strength) / 2]
    low, high = np.percentile(known, [1, 99])
    bank = np.linspace(low, high, max(2, 1 + int(np.ceil((high - low) / BANK_STEP_DEG))))
    spacing = max(bank[1] - bank[0], 1e-3)
    position = cv2.resize(
        np.clip((angle - low) / spacing, 0, len(bank) - 1).astype(np.float32),
        darkness.shape[::-1],
        interpolation=cv2.INTER_LINEAR,
    )
    response = np.zeros_like(darkness)
    for index, degrees in enumerate(bank):
        weight = np.maximum(1 - np.abs(position - index), 0)
        response += weight * cv2.filter2D(darkness, -1, _line_kernel(degrees, reach_px))
    return np.maximum(response, 0)


def _line_kernel(angle_deg: float, reach_px: float) -> NDArray[np.float32]:
    """Second derivative across a line of the given direction, averaged along it."""
    half = int(np.ceil(2.2 * reach_px))
    y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32)
    cosine, sine = np.cos(np.deg2rad(angle_deg)), np.sin(np.deg2rad(angle_deg))
    along, across = x * cosine + y * sine, y * cosine - x * sine
    ridge = (1 - (across / LINE_SIGMA_PX) ** 2) * np.exp(-0.5 * (across / LINE_SIGMA_PX) ** 2)
    kernel = ridge * np.exp(-0.5 * (along / reach_px) ** 2)
    kernel -= kernel.mean()
    return (kernel / np.abs(kernel).sum()).astype(np.float32)


def _typical_score(
    score: NDArray[np.float32], grid: LocalGrid, shape: tuple[int, ...]
) -> np.float32:
    """Median score of as many of the best points as a grid on half the picture would have."""
    expected = max(4, round(0.5 * shape[0] * shape[1] / grid.pitch_px**2))
    return np.median(np.sort(score)[-expected:])


def subpixel_peaks(
    surface: NDArray[np.float32], x: NDArray[np.int64], y: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Vertex of the parabola through each peak and its neighbours, in x and in y.

    Args:
        surface: `[height, width]`.
        x: `[peaks]` columns, none on the edge.
        y: `[peaks]` rows, none on the edge.

    Returns:
        `[peaks, 2]` (x, y), at most half a pixel away.
    """
    shifts = []
    for step_y, step_x in ((0, 1), (1, 0)):
        before, after = surface[y - step_y, x - step_x], surface[y + step_y, x + step_x]
        curvature = 2 * surface[y, x] - before - after
        shifts.append((after - before) / (2 * np.maximum(curvature, 1e-6)))
    shift = np.clip(np.stack(shifts, axis=-1), -0.5, 0.5)
    return (np.stack([x, y], axis=-1) + shift).astype(np.float32)
