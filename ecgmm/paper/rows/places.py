"""Where the rows of a page are: ways along the ink, from end to end, beat after beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM, pixels
from ecgmm.paper.rows.frames import without_frames
from ecgmm.paper.rows.levels import LEAST_SPACING_MM, band_along, find_levels

INKED = 0.25
LINE_END_MM = 0.25
"""By how much the ink of a line begins before its first point: half its width, and its blur."""

SAME_END_MM = 1.5
SHORTEST_ROW_MM = 25.0

_LARGEST_CLIMB = 0.22
_LARGEST_CLIMB_OF_WHOLE = 0.35
"""Flutter waves have no level either, but hang together from end to end, as writing does not."""

_NEAR_MM = 5.0
_BEAT_MM = 15.0
_BRIDGE_MM = 6.0
_EDGE_MM = 1.0
_AT_EDGE_MM = 0.5
_LONGEST_END_MM = 3.0
_LEAST_OF_LONGEST = 0.6
_SMALL_GAP_MM = 0.7
_SPECK_MM = 1.5
_LETTER_MM = 5.0
_LEAST_IN_PIECES = 0.6
_LEAST_IN_BROKEN_PIECES = 0.25
_LEAST_COVERAGE = 0.6
_LEAST_OF_A_QUARTER = 0.4
_NEAR_END_MM = 4.0
_FEWEST_AROUND = 2
_FLATTEST_MM = 0.7
_SHARE_OF_RULED_LINE = 0.98
_THICKEST_MM = 1.8
_SHORT_ROW_MM = 60.0
_THICKEST_SHORT_MM = 1.2
_MOST_RUNS = 1.5


@dataclass(frozen=True)
class RowPlace:
    """Where a row lies on the sheet, its reference pulse included.

    Attributes:
        left_mm: its left end.
        right_mm: its right end.
        level_mm: `[columns]` at 4 px/mm of the whole sheet: the height at which it runs.
        coverage: share of its columns that hold ink near its level.
    """

    left_mm: float
    right_mm: float
    level_mm: NDArray[np.float64]
    coverage: float

    @property
    def length_mm(self) -> float:
        """From end to end."""
        return self.right_mm - self.left_mm

    @property
    def baseline_mm(self) -> float:
        """The height at which most of it runs."""
        left, right = pixels(self.left_mm), pixels(self.right_mm)
        return float(np.median(self.level_mm[left : right + 1]))


def find_row_places(ink: NDArray[np.float32], seen: NDArray[np.bool_]) -> tuple[RowPlace, ...]:
    """Find rows of ECG.

    A row has a level to which the trace returns all along, which may wander and leap where the
    lead changes, and it hangs together; a line of text falls into letters. The sheet's edge is
    left out.

    Args:
        ink: `[height, width]` 4 px/mm, upright, from 0, paper or grid, to 1, ink.
        seen: `[height, width]`, where the picture shows paper.

    Returns:
        The rows from top to bottom; none where there are none, or where they share no stretch.
    """
    if ink.shape[0] <= 2 * pixels(_EDGE_MM) or ink.shape[1] < pixels(SHORTEST_ROW_MM):
        return ()
    mask = _without_specks(without_frames((ink > INKED).astype(np.uint8)))
    mask[: pixels(_EDGE_MM)] = mask[-pixels(_EDGE_MM) :] = 0
    ways = find_levels(mask)
    places = [_place(mask, way) for way in ways]
    clear = [place for place in places if place is not None]
    if not clear:
        return ()
    longest_mm = max(place.length_mm for place in clear)
    long = [place for place in clear if place.length_mm >= _LEAST_OF_LONGEST * longest_mm]
    left_mm = common_end([place.left_mm for place in long], inward=1)
    right_mm = common_end([place.right_mm for place in long], inward=-1)
    if right_mm - left_mm < SHORTEST_ROW_MM:
        return ()
    rows = [
        row
        for way, place in zip(ways, places, strict=True)
        if (row := _with_the_others(mask, seen, way, place, left_mm, right_mm)) is not None
        and _climb(way, left_mm, right_mm)
        < (_LARGEST_CLIMB_OF_WHOLE if row is place else _LARGEST_CLIMB)
    ]
    if len(rows) == 1:
        rows = [_without_letters(mask, rows[0])]
    rows += _flat_places(mask, ways, rows)
    return tuple(sorted(rows, key=lambda place: place.baseline_mm))


def _climb(level_mm: NDArray[np.float64], left_mm: float, right_mm: float) -> float:
    """Millimetres up and down a level goes for each along: writing has none to keep to."""
    climbed_mm = np.abs(np.diff(level_mm[pixels(left_mm) : pixels(right_mm)])).sum()
    return float(climbed_mm / (right_mm - left_mm))


def _without_specks(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The ink without dots that nothing joins to more: rests of the grid, grain of the paper."""
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    return np.asarray(mask * (sides >= pixels(_SPECK_MM))[labels], np.uint8)


def _with_the_others(
    mask: NDArray[np.uint8],
    seen: NDArray[np.bool_],
    level_mm: NDArray[np.float64],
    place: RowPlace | None,
    left_mm: float,
    right_mm: float,
) -> RowPlace | None:
    """A row that begins or ends with most others, whole; None where it is not one of them.

    Beats that leave a row for long, and level stretches lost on a line of the grid, cut a row
    short: it goes on to where the others end, as long as there is a trace.
    """
    ends = (left_mm, right_mm) if place is None else (place.left_mm, place.right_mm)
    shares = abs(ends[0] - left_mm) < _NEAR_END_MM, abs(ends[1] - right_mm) < _NEAR_END_MM
    if place is not None and all(shares):
        return place
    whole = _broken_place(mask, seen, level_mm, left_mm, right_mm)
    if whole is not None or place is None:
        return whole
    is_long = place.length_mm >= _LEAST_OF_LONGEST * (right_mm - left_mm)
    return place if is_long and any(shares) else None


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


def _place(mask: NDArray[np.uint8], level_mm: NDArray[np.float64]) -> RowPlace | None:
    """The row along a way, or None where what runs there is none."""
    band = band_along(mask, level_mm, _NEAR_MM, _NEAR_MM)
    run = _longest_run(_pieces(band, _SPECK_MM))
    if run is None or run[1] - run[0] < pixels(SHORTEST_ROW_MM):
        return None
    line = band[:, run[0] : run[1]]
    pieces = _pieces(line, _LETTER_MM)
    in_pieces = pieces.any(axis=0)
    if in_pieces.mean() < _LEAST_IN_PIECES or _is_no_trace(line, pieces[:, in_pieces]):
        return None
    left, right = _with_steep_ends(band_along(mask, level_mm, _BEAT_MM, _BEAT_MM), run)
    return RowPlace(
        left_mm=left / PIXELS_PER_MM + LINE_END_MM if left > pixels(_AT_EDGE_MM) else 0.0,
        right_mm=right / PIXELS_PER_MM - LINE_END_MM,
        level_mm=level_mm,
        coverage=float(line.any(axis=0).mean()),
    )


def _broken_place(
    mask: NDArray[np.uint8],
    seen: NDArray[np.bool_],
    level_mm: NDArray[np.float64],
    left_mm: float,
    right_mm: float,
) -> RowPlace | None:
    """A row between the ends of the others that does not hang together, where paper is seen."""
    span = slice(pixels(left_mm), pixels(right_mm))
    on_paper = band_along(seen.astype(np.uint8), level_mm, _NEAR_MM, _NEAR_MM)[:, span]
    columns = np.flatnonzero(on_paper.mean(axis=0) > 0.5)
    if len(columns) < pixels(SHORTEST_ROW_MM):
        return None
    line = band_along(mask, level_mm, _NEAR_MM, _NEAR_MM)[:, span][:, columns]
    pieces = _pieces(line, _LETTER_MM)
    in_pieces = pieces.any(axis=0)
    quarters = [part.any(axis=0).mean() for part in np.array_split(line, 4, axis=1)]
    if np.mean(quarters) < _LEAST_COVERAGE or min(quarters) < _LEAST_OF_A_QUARTER:
        return None
    if in_pieces.mean() < _LEAST_IN_BROKEN_PIECES or _is_no_trace(line, pieces[:, in_pieces]):
        return None
    return RowPlace(left_mm, right_mm, level_mm, float(np.mean(quarters)))


def _flat_places(
    mask: NDArray[np.uint8], ways: Sequence[NDArray[np.float64]], rows: Sequence[RowPlace]
) -> list[RowPlace]:
    """Leads without a wave to be seen, between other rows: lines that begin and end with them."""
    if len(rows) < _FEWEST_AROUND:
        return []
    left_mm = common_end([row.left_mm for row in rows], inward=1)
    right_mm = common_end([row.right_mm for row in rows], inward=-1)
    levels_mm = [row.baseline_mm for row in rows]
    flat = [_flat_place(mask, way, left_mm, right_mm) for way in ways]
    return [
        place
        for place in flat
        if place is not None
        and min(levels_mm) < place.baseline_mm < max(levels_mm)
        and np.abs(place.baseline_mm - np.array(levels_mm)).min() >= LEAST_SPACING_MM
    ]


def _flat_place(
    mask: NDArray[np.uint8], level_mm: NDArray[np.float64], left_mm: float, right_mm: float
) -> RowPlace | None:
    """A level line from where rows begin to where they end; None where there is none."""
    band = band_along(mask, level_mm, _NEAR_MM, _NEAR_MM)
    run = _longest_run(_pieces(band, _SPECK_MM))
    if run is None:
        return None
    ends_mm = np.array(run) / PIXELS_PER_MM
    if np.abs(ends_mm - (left_mm, right_mm)).max() > SAME_END_MM:
        return None
    line = band[:, slice(*run)]
    pieces = _pieces(line, _LETTER_MM)
    in_pieces = pieces.any(axis=0)
    if in_pieces.mean() < _LEAST_COVERAGE or _is_no_pen_line(line, pieces[:, in_pieces]):
        return None
    return RowPlace(left_mm, right_mm, level_mm, float(line.any(axis=0).mean()))


def _longest_run(pieces: NDArray[np.bool_]) -> tuple[int, int] | None:
    """First column of the longest stretch without a wide gap, and the column after its last."""
    columns = np.flatnonzero(pieces.any(axis=0))
    if not len(columns):
        return None
    runs = np.split(columns, np.flatnonzero(np.diff(columns) > pixels(_BRIDGE_MM)) + 1)
    longest = max(runs, key=lambda run: int(run[-1] - run[0]))
    return int(longest[0]), int(longest[-1]) + 1


def _without_letters(mask: NDArray[np.uint8], place: RowPlace) -> RowPlace:
    """A row alone without letters at its ends: a chart has the labels of its axis there."""
    left, right = pixels(place.left_mm), pixels(place.right_mm)
    line = band_along(mask, place.level_mm, _NEAR_MM, _NEAR_MM)[:, left:right]
    columns = np.flatnonzero(_pieces(line, _LETTER_MM).any(axis=0))
    first, last = int(columns[0]), int(columns[-1]) + 1
    before_mm = first / PIXELS_PER_MM + LINE_END_MM if _are_letters(line[:, :first]) else 0.0
    after_mm = (right - left - last) / PIXELS_PER_MM if _are_letters(line[:, last:]) else 0.0
    return replace(place, left_mm=place.left_mm + before_mm, right_mm=place.right_mm - after_mm)


def _are_letters(line: NDArray[np.uint8]) -> bool:
    """Whether columns hold several strokes above each other, as letters do and traces do not."""
    inked = line[:, line.any(axis=0)]
    if inked.shape[1] < pixels(_SPECK_MM):
        return False
    starts = (inked[1:] > inked[:-1]).sum(axis=0) + inked[0]
    return bool(starts.mean() > _MOST_RUNS)


def _with_steep_ends(band: NDArray[np.uint8], run: tuple[int, int]) -> tuple[int, int]:
    """The stretch with the ink that goes on from its ends: a row may begin or end in a beat."""
    _, labels = cv2.connectedComponents(band, connectivity=8)
    most = pixels(_LONGEST_END_MM)
    before, after = labels[:, max(0, run[0] - most) : run[0]], labels[:, run[1] : run[1] + most]
    goes_on = [
        np.isin(part, labels[:, end]) & (part > 0)
        for part, end in ((before, run[0]), (after, run[1] - 1))
    ]
    first, last = (int(part.any(axis=0).sum()) for part in goes_on)
    return run[0] - first, run[1] + last


def _pieces(line: NDArray[np.uint8], shortest_mm: float) -> NDArray[np.bool_]:
    """The ink in pieces that hang together over a width."""
    nib = np.ones((1, pixels(_SMALL_GAP_MM)), np.uint8)
    closed = cv2.morphologyEx(line, cv2.MORPH_CLOSE, nib)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    is_long = stats[:, cv2.CC_STAT_WIDTH] >= pixels(shortest_mm)
    is_long[0] = False
    return np.asarray(is_long[labels], np.bool_)


def _is_no_trace(line: NDArray[np.uint8], pieces: NDArray[np.bool_]) -> bool:
    """Whether what runs there is a straight line, letters, or thicker than any trace."""
    top = pieces.argmax(axis=0)
    is_straight = np.quantile(top, 0.995) - np.quantile(top, 0.005) < pixels(_FLATTEST_MM)
    inked = line[:, line.any(axis=0)]
    is_ruled = inked.mean(axis=1).max() > _SHARE_OF_RULED_LINE
    return bool(is_ruled or is_straight or _is_no_pen_line(line, pieces))


def _is_no_pen_line(line: NDArray[np.uint8], pieces: NDArray[np.bool_]) -> bool:
    """Whether what runs there are letters, or is thicker than any trace."""
    is_short = line.shape[1] < pixels(_SHORT_ROW_MM)
    thickest_mm = _THICKEST_SHORT_MM if is_short else _THICKEST_MM
    is_thick = np.median(pieces.sum(axis=0)) > pixels(thickest_mm)
    return bool(_are_letters(line) or is_thick)
