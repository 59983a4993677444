"""Paper without a grid: its rows are its ruler."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.flat.paper import Paper, cut_paper, whole_picture
from ecgmm.paper.flat.row_places import SAME_END_MM
from ecgmm.paper.flat.rows import ROW_MM, PageRows, find_rows
from ecgmm.paper.flat.trace import NoTraceError

_USUAL_WIDTH_MM = 285.0
_PASSES = 4
_SCALE_TOLERANCE = 0.002
_LEAST_OF_WIDTH = 0.7
_LEAST_AGREEING = 0.5
_NARROWEST_STRIP = 3.0
"""Width over height of a picture that holds a single row and nothing else."""


def lay_out_blank_paper(light: NDArray[np.uint8], lean: tuple[float, float]) -> Paper:
    """Find the scale of a page at which its rows are 250 mm long, as on nearly all layouts.

    Args:
        light: the straightened picture, evenly lit.
        lean: by which it was straightened.

    Raises:
        NoTraceError: when it has no rows, or not those of a layout.
    """
    px_per_mm = light.shape[1] / _USUAL_WIDTH_MM
    for _ in range(_PASSES):
        paper = cut_paper(light, lean, whole_picture(light, px_per_mm))
        rows = find_rows(paper.ink())
        if rows is None:
            raise NoTraceError(
                "No grid of ECG paper was found, nor rows of ECG that tell its scale."
            )
        _refuse_unknown_layout(paper, rows)
        ratio = (rows.end_mm - rows.start_mm) / ROW_MM
        if abs(ratio - 1) < _SCALE_TOLERANCE:
            break
        px_per_mm *= ratio
    return paper


def _refuse_unknown_layout(paper: Paper, rows: PageRows) -> None:
    """Refuse rows that do not tell how long they are."""
    width_mm, height_mm = paper.size_mm
    if rows.end_mm - rows.start_mm < _LEAST_OF_WIDTH * width_mm:
        raise NoTraceError("No grid of ECG paper: cut the picture to 10 s, without margins.")
    if len(rows.places) == 1 and width_mm < _NARROWEST_STRIP * height_mm:
        raise NoTraceError("No grid of ECG paper, and a single row: cut the picture to that row.")
    for ends_mm, common_mm in (
        ([row.left_mm for row in rows.places], rows.left_mm),
        ([row.right_mm for row in rows.places], rows.end_mm),
    ):
        agree = np.abs(np.array(ends_mm) - common_mm) < SAME_END_MM
        if agree.mean() < _LEAST_AGREEING:
            raise NoTraceError("No grid of ECG paper, and rows of unequal length: no known layout.")
