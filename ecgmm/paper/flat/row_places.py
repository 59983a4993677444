"""Where the rows of a flat page are: lines of ink that run along most of it, beat after beat."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ecgmm.grid import PIXELS_PER_MM

RASTER_PX_PER_MM = PIXELS_PER_MM
"""Resolution at which rows are looked for."""

INKED = 0.25
LINE_END_MM = 0.25
"""By how much the ink of a line begins before its first point: half its width, and its blur."""

LEAST_SPACING_MM = 8.0
SAME_END_MM = 1.5

_ON_BASELINE_MM = 1.0
_BLUR_MM = 0.5
_LEAST_ON_BASELINE = 0.15
_NEAR_MM = 5.0
_BRIDGE_MM = 6.0
_BEAT_MM = 15.0
_EDGE_MM = 1.0
_LONGEST_END_MM = 3.0
SHORTEST_ROW_MM = 25.0
_LEAST_OF_LONGEST = 0.6
_SMALL_GAP_MM = 0.7
_SPECK_MM = 1.5
_LETTER_MM = 5.0
_LEAST_IN_PIECES = 0.6
_LEAST_IN_BROKEN_PIECES = 0.25
_LEAST_COVERAGE = 0.45
_SHARE_OF_RULED_LINE = 0.98
_FLATTEST_MM = 0.7
_THICKEST_MM = 2.5
_SHORT_ROW_MM = 60.0
_THICKEST_SHORT_MM = 1.2
_MOST_RUNS = 1.5


@dataclass(frozen=True)
class RowPlace:
    """Where a row lies on the paper, its reference pulse included.

    Attributes:
        left_mm: its left end.
        right_mm: its right end.
        baseline_mm: height at which most of it runs.
        coverage: share of its columns that hold ink near the baseline.
    """

    left_mm: float
    right_mm: float
    baseline_mm: float
    coverage: float

    @property
    def length_mm(self) -> float:
        """From end to end."""
        return self.right_mm - self.left_mm


def find_row_places(ink: NDArray[np.float32]) -> tuple[RowPlace, ...]:
    """Find rows of ECG.

    A row has a baseline to which the trace returns all along, and it hangs together; a line of
    text falls into letters, and a frame or a rest of the grid is straight. The paper's edge is
    left out.

    Args:
        ink: `[height, width]` 4 px/mm, upright, from 0, paper or grid, to 1, ink.

    Returns:
        The rows from top to bottom; none where there are none, or where they share no stretch.
    """
    if ink.shape[0] <= 2 * _px(_EDGE_MM) or ink.shape[1] < _px(SHORTEST_ROW_MM):
        return ()
    mask = ink > INKED
    mask[: _px(_EDGE_MM)] = mask[-_px(_EDGE_MM) :] = False
    clear = {y: place for y in _baselines(mask) if (place := _place(mask, y)) is not None}
    if not clear:
        return ()
    longest_mm = max(place.length_mm for place in clear.values())
    long = [place for place in clear.values() if place.length_mm >= _LEAST_OF_LONGEST * longest_mm]
    left_mm = common_end([place.left_mm for place in long], inward=1)
    right_mm = common_end([place.right_mm for place in long], inward=-1)
    if right_mm - left_mm < SHORTEST_ROW_MM:
        return ()
    broken = [
        place
        for y in _baselines(mask)
        if y not in clear and (place := _broken_place(mask, y, left_mm, right_mm)) is not None
    ]
    return tuple(sorted((*long, *broken), key=lambda place: place.baseline_mm))


def common_end(ends_mm: list[float], inward: int) -> float:
    """Where most rows end; the innermost place, where several have as many.

    A stamp, or the paper's edge, may lengthen a row; hardly anything shortens one.

    Args:
        ends_mm: the left ends, or the right ends, of the rows.
        inward: 1 for left ends, -1 for right ends.
    """
    ends = np.array(ends_mm)
    are_near = np.abs(ends - ends[:, np.newaxis]) < SAME_END_MM
    most = max(range(len(ends)), key=lambda row: (are_near[row].sum(), inward * ends[row]))
    return float(np.median(ends[are_near[most]]))


def _baselines(mask: NDArray[np.bool_]) -> list[int]:
    """Heights that much ink is near to, the best first, none too near to a better one."""
    nib = np.ones((2 * _px(_ON_BASELINE_MM) + 1, 1), np.uint8)
    share = cv2.dilate(mask.astype(np.uint8), nib).mean(axis=1)
    density = ndimage.gaussian_filter1d(mask.mean(axis=1), _BLUR_MM * RASTER_PX_PER_MM)
    found: list[int] = []
    for y in np.argsort(-density, kind="stable"):
        if share[y] < _LEAST_ON_BASELINE:
            continue
        if all(abs(int(y) - other) >= _px(LEAST_SPACING_MM) for other in found):
            found.append(int(y))
    return found


def _place(mask: NDArray[np.bool_], baseline: int) -> RowPlace | None:
    """The row along a height, or None where what runs there is none."""
    band = _band(mask, baseline, _NEAR_MM)
    run = _longest_run(_pieces(band, _SPECK_MM))
    if run is None or run[1] - run[0] < _px(SHORTEST_ROW_MM):
        return None
    line = band[:, run[0] : run[1]]
    pieces = _pieces(line, _LETTER_MM)
    in_pieces = pieces.any(axis=0)
    if in_pieces.mean() < _LEAST_IN_PIECES or _is_no_trace(line, pieces[:, in_pieces]):
        return None
    left, right = _with_steep_ends(_band(mask, baseline, _BEAT_MM), run)
    return RowPlace(
        left_mm=left / RASTER_PX_PER_MM + LINE_END_MM,
        right_mm=right / RASTER_PX_PER_MM - LINE_END_MM,
        baseline_mm=(baseline + 0.5) / RASTER_PX_PER_MM,
        coverage=float(line.any(axis=0).mean()),
    )


def _broken_place(
    mask: NDArray[np.bool_], baseline: int, left_mm: float, right_mm: float
) -> RowPlace | None:
    """A row between the ends of the others, whose level stretches were lost on a grid line."""
    line = _band(mask, baseline, _NEAR_MM)[:, _px(left_mm) : _px(right_mm)]
    pieces = _pieces(line, _LETTER_MM)
    in_pieces = pieces.any(axis=0)
    coverage = float(line.any(axis=0).mean())
    if coverage < _LEAST_COVERAGE or in_pieces.mean() < _LEAST_IN_BROKEN_PIECES:
        return None
    if _is_no_trace(line, pieces[:, in_pieces]):
        return None
    return RowPlace(left_mm, right_mm, (baseline + 0.5) / RASTER_PX_PER_MM, coverage)


def _band(mask: NDArray[np.bool_], baseline: int, reach_mm: float) -> NDArray[np.uint8]:
    top, bottom = max(0, baseline - _px(reach_mm)), baseline + _px(reach_mm) + 1
    return mask[top:bottom].astype(np.uint8)


def _longest_run(pieces: NDArray[np.bool_]) -> tuple[int, int] | None:
    """First column of the longest stretch without a wide gap, and the column after its last."""
    columns = np.flatnonzero(pieces.any(axis=0))
    if not len(columns):
        return None
    runs = np.split(columns, np.flatnonzero(np.diff(columns) > _px(_BRIDGE_MM)) + 1)
    longest = max(runs, key=lambda run: int(run[-1] - run[0]))
    return int(longest[0]), int(longest[-1]) + 1


def _with_steep_ends(band: NDArray[np.uint8], run: tuple[int, int]) -> tuple[int, int]:
    """The stretch with the ink that goes on from its ends: a row may begin or end in a beat."""
    _, labels = cv2.connectedComponents(band, connectivity=8)
    most = _px(_LONGEST_END_MM)
    before, after = labels[:, max(0, run[0] - most) : run[0]], labels[:, run[1] : run[1] + most]
    goes_on = [
        np.isin(part, labels[:, end]) & (part > 0)
        for part, end in ((before, run[0]), (after, run[1] - 1))
    ]
    first, last = (int(part.any(axis=0).sum()) for part in goes_on)
    return run[0] - first, run[1] + last


def _pieces(line: NDArray[np.uint8], shortest_mm: float) -> NDArray[np.bool_]:
    """The ink in pieces that hang together over a width."""
    nib = np.ones((1, _px(_SMALL_GAP_MM)), np.uint8)
    closed = cv2.morphologyEx(line, cv2.MORPH_CLOSE, nib)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    is_long = stats[:, cv2.CC_STAT_WIDTH] >= _px(shortest_mm)
    is_long[0] = False
    return np.asarray(is_long[labels], np.bool_)


def _is_no_trace(line: NDArray[np.uint8], pieces: NDArray[np.bool_]) -> bool:
    """Whether what runs there is a ruled or straight line, letters, or thicker than any trace."""
    is_ruled = line.mean(axis=1).max() > _SHARE_OF_RULED_LINE
    top = pieces.argmax(axis=0)
    is_straight = np.quantile(top, 0.995) - np.quantile(top, 0.005) < _px(_FLATTEST_MM)
    starts = (line[1:] > line[:-1]).sum(axis=0) + line[0]
    are_letters = starts[line.any(axis=0)].mean() > _MOST_RUNS
    is_short = line.shape[1] < _px(_SHORT_ROW_MM)
    is_thick = np.median(pieces.sum(axis=0)) > _px(_THICKEST_SHORT_MM if is_short else _THICKEST_MM)
    return bool(is_ruled or is_straight or are_letters or is_thick)


def _px(length_mm: float) -> int:
    return round(length_mm * RASTER_PX_PER_MM)
