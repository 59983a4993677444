"""What is left of a page's curvature after a reader has pulled it straight."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM

LARGEST_SHIFT_PX = 0.45 * PIXELS_PER_MM
"""No point moves further along the row: 18 ms."""

_LARGEST_RISE_MM = 1.2
_WAVES = 3
_WAVELENGTH_PX = (200.0, 1500.0)
_OWN_SHARE = 0.35


@dataclass(frozen=True)
class Warp:
    """Where each pixel of the warped strip comes from.

    Attributes:
        x: `[height, width]`, its column in the flat strip.
        y: `[height, width]`, its row.
    """

    x: NDArray[np.float32]
    y: NDArray[np.float32]

    def __call__(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The warped strip; beyond its edge, the edge."""
        warped = cv2.remap(
            picture, self.x, self.y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(warped, np.uint8)

    def trace(
        self, column: NDArray[np.floating], height_px: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Where a flat strip's trace lies in the warped one.

        Args:
            column: `[samples]`, columns at which the trace is known, ascending.
            height_px: `[samples]`, its row there, NaN where there is none.

        Returns:
            `[samples]`, its row in the warped strip at the same columns.
        """
        rows, columns = self.x.shape
        at_column = np.clip(np.rint(column), 0, columns - 1).astype(int)
        at_row = np.clip(np.nan_to_num(np.rint(height_px), nan=0), 0, rows - 1).astype(int)
        source = self.x[at_row, at_column] + (column - at_column)
        flat = np.interp(source, column, height_px)
        return np.asarray(flat - (self.y[at_row, at_column] - at_row), np.float32)


def random_warp(shape: tuple[int, ...], strength: float, rng: np.random.Generator) -> Warp:
    """A slow wave across the row, and one along it that differs at its upper and lower edge.

    Args:
        shape: height and width of the strip.
        strength: 1 for the worst: 18 ms along the row, 1.2 mm across.
        rng: source of chance.
    """
    height, width = shape
    down = np.linspace(-_OWN_SHARE, _OWN_SHARE, height, dtype=np.float32)[:, np.newaxis]
    shift = (1 - _OWN_SHARE) * _wave(width, rng) + down * _wave(width, rng)
    rise = _wave(width, rng)
    largest_rise_px = _LARGEST_RISE_MM * PIXELS_PER_MM
    x = np.arange(width, dtype=np.float32) + np.float32(strength * LARGEST_SHIFT_PX) * shift
    y = np.arange(height)[:, np.newaxis] + np.float32(strength * largest_rise_px) * rise
    return Warp(np.asarray(x, np.float32), y.astype(np.float32))


def _wave(width: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """`[width]`, smooth, within -1 and 1."""
    x = np.arange(width, dtype=np.float32)
    turns = (2 * np.pi / rng.uniform(*_WAVELENGTH_PX, _WAVES)).astype(np.float32)
    phase = rng.uniform(0, 2 * np.pi, (_WAVES, 1)).astype(np.float32)
    share = rng.dirichlet(np.ones(_WAVES)).astype(np.float32)
    return np.asarray(share @ np.sin(np.outer(turns, x) + phase), np.float32)
