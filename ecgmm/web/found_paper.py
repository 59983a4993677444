"""The paper as it was found in a picture, for an overlay: its grid, its edge, its rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.strips import PaperStrip, PaperStrips, RefusedRow

POINT_EVERY_S = 0.2
"""A large box: a line through such points follows a bent sheet."""
NOT_ECG = "This row does not look like an ECG and was not read."

Node = list[int] | None


def found_paper(found: PaperStrips, factor: float, not_ecg: Collection[int]) -> dict[str, Any]:
    """Where everything lies in a picture that is shown enlarged by `factor`.

    Args:
        found: what was found in it.
        factor: pixels of the shown picture for one of the picture.
        not_ecg: numbers, from 0, of strips that do not look like an ECG.

    Returns:
        `strips` and `refused` (rows that became no strip), each with its `points`; `grid`, the
        crossings of the 5 mm lines, row by row, None where no paper was seen; and `edge`,
        outlines of the paper. Both are None where no grid was found.
    """
    grid_px = None if found.grid_px is None else found.grid_px * factor
    return {
        "strips": [
            {**_strip(strip, factor), "refusal": NOT_ECG if number in not_ecg else ""}
            for number, strip in enumerate(found.strips)
        ],
        "refused": [_refused(row, factor) for row in found.refused],
        "grid": None if grid_px is None else [[_node(xy) for xy in row] for row in grid_px],
        "edge": None if grid_px is None else list(_outlines(grid_px)),
    }


def _strip(strip: PaperStrip, factor: float) -> dict[str, Any]:
    points = None
    if strip.baseline_px is not None:
        seen = int(strip.duration_s / POINT_EVERY_S + 1e-6) + 1
        points = _points(strip.baseline_px[:seen], factor)
    return {
        "lead": strip.lead_name,
        "start_s": strip.start_s,
        "duration_s": strip.duration_s,
        "changes_s": [round(time_s, 3) for time_s in strip.changes_s],
        "confidence": round(strip.confidence, 3),
        "px_per_mm": _scale(strip.px_per_mm, factor),
        "points": points,
    }


def _refused(row: RefusedRow, factor: float) -> dict[str, Any]:
    return {
        "refusal": row.reason,
        "px_per_mm": _scale(row.px_per_mm, factor),
        "points": _points(row.baseline_px, factor),
    }


def _points(baseline_px: NDArray[np.floating], factor: float) -> list[list[float]]:
    return np.round(baseline_px * factor, 1).tolist()


def _scale(px_per_mm: tuple[float, float] | None, factor: float) -> list[float] | None:
    return px_per_mm and [factor * scale for scale in px_per_mm]


def _node(xy_px: NDArray[np.floating]) -> Node:
    return [round(xy_px[0]), round(xy_px[1])] if np.isfinite(xy_px).all() else None


def _outlines(grid_px: NDArray[np.floating]) -> Iterator[list[Node]]:
    """Around each part of the grid that hangs together."""
    seen = np.isfinite(grid_px[..., 0]).astype(np.uint8)
    for outline in cv2.findContours(seen, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]:
        if len(outline) > 2:
            yield [_node(grid_px[row, column]) for column, row in outline[:, 0]]
