"""The shape of a sheet that does not lie flat, and how a lamp shades it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.camera.warp import NODE_MM

_AMBIENT_SHARE = 0.45
_LAMP_HEIGHT_DEG = (25.0, 60.0)
_DARKEST = 0.35
_BRIGHTEST_PERCENTILE = 95


def flat_nodes_mm(sheet_mm: tuple[float, float]) -> NDArray[np.float64]:
    """`[rows, columns, 3]`, nodes of a flat sheet from its edge to its edge, its middle at 0."""
    x, y = (
        np.linspace(-side / 2, side / 2, max(2, round(side / NODE_MM) + 1)) for side in sheet_mm
    )
    across, down = np.meshgrid(x, y)
    return np.stack([across, down, np.zeros_like(across)], axis=-1)


def shade(nodes_mm: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float32]:
    """Light on each node from one lamp and from everywhere; 1 on a flat sheet.

    The camera exposes for the bright parts, as telephones do.

    Args:
        nodes_mm: `[rows, columns, 3]`, the bent sheet.
        rng: decides where the lamp stands.
    """
    azimuth, height = rng.uniform(0, 2 * np.pi), np.deg2rad(rng.uniform(*_LAMP_HEIGHT_DEG))
    lamp = np.array(
        [np.cos(azimuth) * np.cos(height), np.sin(azimuth) * np.cos(height), np.sin(height)]
    )
    normal = np.cross(np.gradient(nodes_mm, axis=1), np.gradient(nodes_mm, axis=0))
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    direct = np.maximum(normal @ lamp, 0) / lamp[2]
    light = _AMBIENT_SHARE + (1 - _AMBIENT_SHARE) * direct
    exposure = max(1.0, float(np.percentile(light, _BRIGHTEST_PERCENTILE)))
    return (np.maximum(light, _DARKEST) / exposure).astype(np.float32)
