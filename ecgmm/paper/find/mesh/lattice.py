"""Numbering the crossings: which column and which row of the grid each one belongs to."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from ecgmm.paper.find.mesh.crossings import Crossings
from ecgmm.paper.find.mesh.pitch import LocalGrid

LARGEST_STEP_ERROR = 0.22
LARGEST_SEED_ERROR = 0.12
LEAST_SEED_SCORE = 0.6
TRUST_IN_TILES = 0.2
TRUST_IN_LAST_STEP = 0.4
COST_OF_FAINTNESS = 0.3
Place = tuple[int, int]
Steps = list[list[float]]

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
    column, row = (
        np.interp(xy_px[:, axis], centres, np.arange(len(centres)))
        for axis, centres in enumerate((grid.centre_x_px, grid.centre_y_px))
    )
    planes = grid.step_px.reshape(*grid.strength.shape, 4)
    values = [map_coordinates(planes[..., k], (row, column), order=1) for k in range(4)]
    return np.stack(values, axis=-1).reshape(-1, 2, 2).astype(np.float32)


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
) -> dict[Place, int]:
    """Crossing of each place reached from `seed`."""
    growth = _Growth(crossings, nearest, steps_px, pitch_px)
    placed: dict[Place, int] = {}
    used: set[int] = set()
    queue = [_Step(0.0, (0, 0), seed, growth.tile_steps[seed])]
    while queue:
        step = heapq.heappop(queue)
        if step.place in placed or step.crossing in used:
            continue
        placed[step.place] = step.crossing
        used.add(step.crossing)
        for onward in growth.from_here(step):
            if onward.place not in placed and onward.crossing not in used:
                heapq.heappush(queue, onward)
    return placed


class _Step(NamedTuple):
    """A crossing that may belong to a place; the cheapest steps come first."""

    cost: float
    place: Place
    crossing: int
    steps_px: Steps


class _Growth:
    """What a step needs to know, as plain lists: arrays are slow to read one by one."""

    def __init__(
        self,
        crossings: Crossings,
        nearest: NearestCrossing,
        steps_px: NDArray[np.float32],
        pitch_px: float,
    ) -> None:
        self.tile_steps: list[Steps] = steps_px.tolist()
        self._points: list[list[float]] = crossings.xy_px.tolist()
        self._scores: list[float] = crossings.score.tolist()
        self._nearest = nearest
        self._pitch_px = pitch_px

    def from_here(self, step: _Step) -> Iterator[_Step]:
        """The steps to those of the four neighbours that are about where they should be."""
        x, y = self._points[step.crossing]
        for right, down in NEIGHBOURS:
            axis, sign = (0, right) if right else (1, down)
            guess_x = x + sign * step.steps_px[axis][0]
            guess_y = y + sign * step.steps_px[axis][1]
            found = self._nearest.at(guess_x, guess_y)
            if found < 0:
                continue
            found_x, found_y = self._points[found]
            error = math.hypot(found_x - guess_x, found_y - guess_y) / self._pitch_px
            if error > LARGEST_STEP_ERROR:
                continue
            taken = [sign * (found_x - x), sign * (found_y - y)]
            yield _Step(
                cost=error + COST_OF_FAINTNESS * max(0.0, 1 - self._scores[found]),
                place=(step.place[0] + right, step.place[1] + down),
                crossing=found,
                steps_px=_learn(step.steps_px, self.tile_steps[found], axis, taken),
            )


def _learn(steps: Steps, tile: Steps, axis: int, taken: list[float]) -> Steps:
    """Steps expected after one was taken: those before, that one, and the tile's own."""
    trust = 1 - TRUST_IN_TILES
    learnt = []
    for k in range(2):
        share = TRUST_IN_LAST_STEP if k == axis else 0.0
        learnt.append(
            [
                trust * ((1 - share) * steps[k][i] + share * taken[i]) + TRUST_IN_TILES * tile[k][i]
                for i in range(2)
            ]
        )
    return learnt
