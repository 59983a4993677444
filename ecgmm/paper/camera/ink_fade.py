"""Thermal paper that lay in the sun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ecgmm.paper.camera.fault import Pixels, SheetFault
from ecgmm.paper.camera.field import bands, node_count, spread
from ecgmm.paper.camera.noise import smooth_noise
from ecgmm.paper.camera.surface import paper_colour

_PATCH_MM = 90.0
_NODE_MM = 4.0
_EVEN_SHARE = 0.65


@dataclass(frozen=True)
class InkFade(SheetFault):
    """Print that has come closer to the paper's colour, in some places more than in others.

    Attributes:
        lost: share of the contrast that is lost where it faded most.
    """

    family: ClassVar[str] = "ink_fade"
    worst: ClassVar[dict[str, float]] = {"lost": 0.7}

    lost: float = 0.0

    def mark(self, pixels: Pixels, px_per_mm: float, rng: np.random.Generator) -> Pixels:
        """See `SheetFault`."""
        height, width = pixels.shape[:2]
        cell_px = max(1, round(_NODE_MM * px_per_mm))
        rows, columns = node_count(height, cell_px), node_count(width, cell_px)
        patches = smooth_noise(rows, columns, _PATCH_MM / _NODE_MM, rng)
        kept = 1 - self.lost * (_EVEN_SHARE + (1 - _EVEN_SHARE) * np.clip(patches, -1, 1))
        paper = paper_colour(pixels)
        faded = np.empty_like(pixels)
        for band in bands(height, cell_px):
            share = spread(kept.astype(np.float32), cell_px, band, width)
            share = share[..., np.newaxis] if pixels.ndim == 3 else share
            faded[band] = np.rint(paper + share * (pixels[band] - paper))
        return faded
