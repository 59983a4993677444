"""From the sheet to the photo and back: a mesh of nodes on the sheet, and where each is seen."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

NODE_MM = 2.0
_NEWTON_STEPS = 8
_SMALL_MISS_PX = 1e-2
_FAR_SHARE = 0.6
_SMALLEST_DETERMINANT = 1e-3


@dataclass(frozen=True)
class Mesh:
    """Where the nodes of a sheet are seen in a photo; in between, bilinear.

    Attributes:
        seen_px: `[rows, columns, 2]`, positions of the nodes in the photo.
        sheet_px: width and height of the picture of the sheet.
    """

    seen_px: NDArray[np.float64]
    sheet_px: tuple[int, int]

    @property
    def _nodes_per_px(self) -> NDArray[np.float64]:
        rows, columns = self.seen_px.shape[:2]
        return np.array([columns - 1, rows - 1]) / np.array(self.sheet_px)

    def to_photo(self, points_px: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where points of the sheet are seen.

        Args:
            points_px: `[..., 2]`, positions in the picture of the sheet; NaN stays NaN.
        """
        at = (np.asarray(points_px, np.float64) + 0.5) * self._nodes_per_px
        known = np.isfinite(at).all(axis=-1)
        seen = np.full(at.shape, np.nan)
        seen[known] = _bilinear(self.seen_px, at[known])[0]
        return seen

    def to_sheet(self, points_px: NDArray[np.float64]) -> NDArray[np.float64]:
        """Which points of the sheet are seen somewhere: Newton's method on the bilinear mesh.

        Args:
            points_px: `[points, 2]`, positions in the photo.

        Returns:
            `[points, 2]`, positions in the picture of the sheet; outside of it for points that
            see the table.
        """
        last = np.array(self.seen_px.shape[1::-1]) - 1.0
        at = self._flat_guess(points_px)
        moving = np.arange(len(at))
        for _ in range(_NEWTON_STEPS):
            here = np.clip(at[moving], -_FAR_SHARE * last, (1 + _FAR_SHARE) * last)
            seen, along_x, along_y = _bilinear(self.seen_px, here)
            miss = points_px[moving] - seen
            determinant = _cross(along_x, along_y)
            safe = np.where(np.abs(determinant) < _SMALLEST_DETERMINANT, np.inf, determinant)
            step = np.stack([_cross(miss, along_y), _cross(along_x, miss)], axis=-1)
            at[moving] = here + step / safe[:, np.newaxis]
            moving = moving[np.abs(miss).max(axis=-1) > _SMALL_MISS_PX]
        return at / self._nodes_per_px - 0.5

    def _flat_guess(self, points_px: NDArray[np.float64]) -> NDArray[np.float64]:
        """Node coordinates of points if the sheet were flat between its corners."""
        rows, columns = self.seen_px.shape[:2]
        corners = [(0, 0), (columns - 1, 0), (columns - 1, rows - 1), (0, rows - 1)]
        seen = np.array([self.seen_px[y, x] for x, y in corners], np.float32)
        matrix = cv2.getPerspectiveTransform(seen, np.array(corners, np.float32))
        return cv2.perspectiveTransform(points_px[np.newaxis], matrix)[0]


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]


def _bilinear(
    nodes: NDArray[np.float64], at: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """A field of nodes at `[points, 2]` (x, y), and its slopes along both; linear outside."""
    rows, columns = nodes.shape[:2]
    x = np.clip(np.floor(at[:, 0]).astype(np.int64), 0, columns - 2)
    y = np.clip(np.floor(at[:, 1]).astype(np.int64), 0, rows - 2)
    share_x, share_y = (at[:, 0] - x)[:, np.newaxis], (at[:, 1] - y)[:, np.newaxis]
    top_left, top_right = nodes[y, x], nodes[y, x + 1]
    low_left, low_right = nodes[y + 1, x], nodes[y + 1, x + 1]
    top, low = top_right - top_left, low_right - low_left
    left = top_left + share_y * (low_left - top_left)
    along_x = top + share_y * (low - top)
    along_y = (low_left - top_left) + share_x * (low - top)
    return left + share_x * along_x, along_x, along_y
