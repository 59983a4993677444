"""Numbering the crossings: which column and which row of the grid each one belongs to."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.reading.crossings import Crossings
from ecgmm.paper.reading.pitch import LocalGrid

LARGEST_STEP_ERROR = 0.22
LARGEST_SEED_ERROR = 0.12
LEAST_SEED_SCORE = 0.6
TRUST_IN_TILES = 0.2
TRUST_IN_LAST_STEP = 0.4
COST_OF_FAINTNESS = 0.3
NEIGHBOURS = ((1, 0), (-1, 0), (0, 1), (0, -1))


@dataclass(frozen=True)
class Lattice:
    """Crossings with their place in the grid.

    Attributes:
        place: `[nodes, 2]` integer (column, row), the smallest of each being 0.
        xy_px: `[nodes, 2]`.
    """

    place: NDArray[np.int64]
    xy_px: NDArray[np.float32]


class NearestCrossing:
    """Answers at once which crossing is nearest to a point."""

    def __init__(self, crossings: Crossings, shape: tuple[int, ...]) -> None:
        mask = np.full(shape, 255, np.uint8)
        pixel = np.round(crossings.xy_px).astype(np.int64)
        x, y = np.clip(pixel, 0, [shape[1] - 1, shape[0] - 1]).T
        mask[y, x] = 0
        _, labels = cv2.distanceTransformWithLabels(
            mask, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
        )
        of_label = np.full(labels.max() + 1, -1, np.int64)
        of_label[labels[y, x]] = np.arange(len(x))
        self._index = of_label[labels]

    def __call__(self, xy_px: NDArray[np.floating]) -> NDArray[np.int64]:
        """Index of the crossing nearest to each point `[..., 2]`; -1 outside the picture."""
        height, width = self._index.shape
        pixel = np.round(xy_px).astype(np.int64)
        x, y = pixel[..., 0], pixel[..., 1]
        inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
        found = self._index[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
        return np.where(inside, found, -1)

    def at(self, x_px: float, y_px: float) -> int:
        """The same for a single point, without the cost of arrays."""
        x, y = round(x_px), round(y_px)
        height, width = self._index.shape
        if 0 <= x < width and 0 <= y < height:
            return self._index.item(y, x)
        return -1


def grow_lattice(crossings: Crossings, nearest: NearestCrossing, grid: LocalGrid) -> Lattice | None:
    """Number crossings outward from the best one, the surest step always first.

    Args:
        crossings: all candidates.
        nearest: their lookup.
        grid: pitch and direction near each place.

    Returns:
        The lattice that holds the seed, or None where no crossing has four neighbours.
    """
    steps_px = _steps_at(grid, crossings.xy_px)
    seed = _seed(crossings, nearest, steps_px, grid.pitch_px)
    if seed is None:
        return None
    placed = _grow(seed, crossings, nearest, steps_px, grid.pitch_px)
    place = np.array(list(placed), np.int64)
    indices = np.array(list(placed.values()), np.int64)
    return Lattice(place - place.min(axis=0), crossings.xy_px[indices])


def _steps_at(grid: LocalGrid, xy_px: NDArray[np.float32]) -> NDArray[np.float32]:
    """Steps to the next column and row `[points, 2, 2]` at any points, between the tiles."""
    positions = []
    for axis, centres in enumerate((grid.centre_x_px, grid.centre_y_px)):
        numbers = np.arange(len(centres))
        positions.append(np.interp(xy_px[:, axis], centres, numbers).astype(np.float32)[None])
    planes = grid.step_px.reshape(*grid.strength.shape, 4)
    values = [
        cv2.remap(planes[..., k].copy(), positions[0], positions[1], cv2.INTER_LINEAR)[0]
        for k in range(4)
    ]
    return np.stack(values, axis=-1).reshape(-1, 2, 2)


def _seed(
    crossings: Crossings,
    nearest: NearestCrossing,
    steps_px: NDArray[np.float32],
    pitch_px: float,
) -> int | None:
    """The crossing whose four neighbours are most exactly where they should be."""
    worst = np.zeros(len(crossings.score))
    for right, down in NEIGHBOURS:
        expected = crossings.xy_px + right * steps_px[:, 0] + down * steps_px[:, 1]
        neighbour = nearest(expected)
        error = np.linalg.norm(crossings.xy_px[neighbour] - expected, axis=1) / pitch_px
        weak = (neighbour < 0) | (crossings.score[neighbour] < LEAST_SEED_SCORE)
        worst = np.maximum(worst, np.where(weak, np.inf, error))
    worst[crossings.score < LEAST_SEED_SCORE] = np.inf
    if not len(worst) or worst.min() > LARGEST_SEED_ERROR:
        return None
    return int(np.argmin(worst))


def _grow(
    seed: int,
    crossings: Crossings,
    nearest: NearestCrossing,
    steps_px: NDArray[np.float32],
    pitch_px: float,
) -> dict[tuple[int, int], int]:
    """Crossing of each place reached from `seed`."""
    xy_px, tile_steps = crossings.xy_px, steps_px
    placed: dict[tuple[int, int], int] = {}
    used: set[int] = set()
    start = (0.0, (0, 0), seed, tile_steps[seed].tolist())
    queue = [start]
    points, scores = xy_px.tolist(), crossings.score.tolist()
    tiles = tile_steps.tolist()
    while queue:
        _, place, index, steps = heapq.heappop(queue)
        if place in placed or index in used:
            continue
        placed[place] = index
        used.add(index)
        x, y = points[index]
        for right, down in NEIGHBOURS:
            target = (place[0] + right, place[1] + down)
            if target in placed:
                continue
            axis, sign = (0, right) if right else (1, down)
            guess_x, guess_y = x + sign * steps[axis][0], y + sign * steps[axis][1]
            other = nearest.at(guess_x, guess_y)
            if other < 0 or other in used:
                continue
            error = math.hypot(points[other][0] - guess_x, points[other][1] - guess_y) / pitch_px
            if error > LARGEST_STEP_ERROR:
                continue
            cost = error + COST_OF_FAINTNESS * max(0.0, 1 - scores[other])
            taken = (sign * (points[other][0] - x), sign * (points[other][1] - y))
            learnt = _learn(steps, tiles[other], axis, taken)
            heapq.heappush(queue, (cost, target, other, learnt))
    return placed


def _learn(
    steps: list[list[float]], tile: list[list[float]], axis: int, taken: tuple[float, float]
) -> list[list[float]]:
    """Steps expected after one was taken: those before, that one, and the tile's own."""
    learnt = []
    for k in range(2):
        fresh = taken if k == axis else steps[k]
        learnt.append(
            [
                (1 - TRUST_IN_TILES)
                * ((1 - TRUST_IN_LAST_STEP) * steps[k][i] + TRUST_IN_LAST_STEP * fresh[i])
                + TRUST_IN_TILES * tile[k][i]
                for i in range(2)
            ]
        )
    return learnt
