"""The rows of a flat page, cut into strips."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import (
    MM_PER_MV,
    PAPER_SPEED_MM_PER_S,
    PIXELS_PER_MM,
    STRIP_HEIGHT_PX,
    STRIP_S,
)
from ecgmm.paper.flat.clock import rows_go_on
from ecgmm.paper.flat.cut import cut_strips, start_times_s
from ecgmm.paper.flat.paper import Paper
from ecgmm.paper.flat.reference_pulse import (
    PULSE_MV,
    PULSE_S,
    ReferencePulse,
    find_reference_pulse,
    start_after_pulse,
)
from ecgmm.paper.flat.row_places import (
    RASTER_PX_PER_MM,
    SAME_END_MM,
    SHORTEST_ROW_MM,
    RowPlace,
    common_end,
    find_row_places,
)
from ecgmm.paper.flat.trace import NoTraceError, Trace, find_trace, ink_over_grid
from ecgmm.paper.strips import PaperStrip

CONFIDENCE_WITHOUT_GRID = 0.4
CLEAR_PULSE = 0.6
DOUBTFUL_PULSE = 0.35
"""Score of a pulse that is written over; it is believed where 10 s of trace come after it."""

ROW_MM = STRIP_S * PAPER_SPEED_MM_PER_S
LEAST_LEAD_IN_MM, LARGEST_LEAD_IN_MM = 10.0, 17.0
"""Length of a reference pulse with its feet; by so much is a row of 10 s too long whose pulse is
covered."""

_NEAR_END_MM = 5.0

_BASELINE_STEP_MM = 5.0
_FLAT_QUANTILE = 0.25
_NEAR_MM = 4.0
_BESIDE_MM = 30.0
_SAME_PLACE_MM = 1.0
_LONGEST_MISS_MM = 1.0
_SLACK_MM = 1.0


@dataclass(frozen=True)
class PlacedStrip:
    """A strip, and where it lies in its picture.

    Attributes:
        strip: the row, or ten seconds of a longer one, on the time grid.
        baseline_px: `[51, 2]` (x, y) in the picture, along 0 mV, one point every 0.2 s.
    """

    strip: PaperStrip
    baseline_px: NDArray[np.float64]


@dataclass(frozen=True)
class PageRows:
    """The rows of a page before they are cut.

    Attributes:
        places: from top to bottom.
        left_mm: their common left end, the reference pulse included.
        start_mm: where their clock begins.
        end_mm: where it ends.
        pulse: the reference pulse before them, if there is one.
        goes_on: whether each row continues the one above.
    """

    places: tuple[RowPlace, ...]
    left_mm: float
    start_mm: float
    end_mm: float
    pulse: ReferencePulse | None
    goes_on: bool

    def start_of(self, place: RowPlace) -> float:
        """Where one row's clock begins: on folded paper, not straight below the others'."""
        own_mm = place.left_mm - self.left_mm
        return self.start_mm + (own_mm if abs(own_mm) < SAME_END_MM else 0.0)

    @property
    def speed_mm_per_s(self) -> float:
        """Paper speed: the pulse's, or the usual one."""
        return self.pulse.width_mm / PULSE_S if self.pulse else PAPER_SPEED_MM_PER_S

    @property
    def gain_mm_per_mv(self) -> float:
        """Height of a millivolt: the pulse's, or the usual one."""
        return self.pulse.height_mm / PULSE_MV if self.pulse else MM_PER_MV

    @property
    def duration_s(self) -> float:
        """How long a row is."""
        return (self.end_mm - self.start_mm) / self.speed_mm_per_s


def find_rows(ink: NDArray[np.float32]) -> PageRows | None:
    """Find the rows of a page, and the span of paper that they share.

    Args:
        ink: `[height, width]` 4 px/mm, see `Paper.ink`.

    Returns:
        The rows, or None where there are none.
    """
    places = find_row_places(ink)
    if not places:
        return None
    left_mm = start_mm = common_end([place.left_mm for place in places], inward=1)
    end_mm = common_end([place.right_mm for place in places], inward=-1)
    places = tuple(place for place in places if _shares_an_end(place, left_mm, end_mm))
    likeliest = find_reference_pulse(ink, places, left_mm)
    if left_mm < likeliest.fall_mm + _SAME_PLACE_MM:
        start_mm = start_after_pulse(ink, places, likeliest)
    leaves_usual_row = start_mm > left_mm and abs(end_mm - start_mm - ROW_MM) < SAME_END_MM
    least_score = DOUBTFUL_PULSE if leaves_usual_row else CLEAR_PULSE
    is_pulse = likeliest.score >= least_score and end_mm - start_mm > SHORTEST_ROW_MM
    if not is_pulse:
        is_hidden = LEAST_LEAD_IN_MM < end_mm - left_mm - ROW_MM < LARGEST_LEAD_IN_MM
        start_mm = end_mm - ROW_MM if is_hidden else left_mm
    goes_on = rows_go_on(ink, places, start_mm, end_mm)
    pulse = likeliest if is_pulse else None
    return PageRows(places, left_mm, start_mm, end_mm, pulse, goes_on)


def _shares_an_end(place: RowPlace, left_mm: float, end_mm: float) -> bool:
    """Whether a row begins or ends with the others: the paper's edge and a frame do neither."""
    return min(abs(place.left_mm - left_mm), abs(place.right_mm - end_mm)) < _NEAR_END_MM


def cut_rows(paper: Paper, ink: NDArray[np.float32], rows: PageRows) -> Iterator[PlacedStrip]:
    """Cut every row into strips; a row longer than 10 s gives several.

    A row that is alone has the middle of its trace's range at mid-height, as far as its trace
    can be told from what is written on it; among others its baseline is there.
    """
    grey = cv2.cvtColor(paper.light, cv2.COLOR_RGB2GRAY).astype(np.uint8)
    for number, place in enumerate(rows.places):
        trace = _trace_of(paper, ink, rows, place)
        first_s = number * rows.duration_s if rows.goes_on else 0.0
        yield from _cut_row(paper, grey, rows, place, trace, first_s)


def _trace_of(paper: Paper, ink: NDArray[np.float32], rows: PageRows, place: RowPlace) -> Trace:
    trace = _trace_on_baseline(paper, ink, rows, place)
    if len(rows.places) > 1:
        return trace
    across, down = paper.px_per_mm
    left, right = round(rows.start_of(place) * across), round(rows.end_mm * across)
    top = max(0, round((place.baseline_mm - _BESIDE_MM) * down))
    bottom = round((place.baseline_mm + _BESIDE_MM) * down)
    try:
        seen = find_trace(ink_over_grid(paper.light[top:bottom, left:right]), paper.px_per_mm)
    except NoTraceError:
        return trace
    if max(seen.start_px, right - left - seen.end_px) > _LONGEST_MISS_MM * across:
        return trace
    return replace(seen, start_px=seen.start_px + left, middle_px=seen.middle_px + top)


def _trace_on_baseline(
    paper: Paper, ink: NDArray[np.float32], rows: PageRows, place: RowPlace
) -> Trace:
    top, bottom, left, right = (
        max(0, round(edge_mm * RASTER_PX_PER_MM))
        for edge_mm in (
            place.baseline_mm - _NEAR_MM,
            place.baseline_mm + _NEAR_MM,
            rows.start_of(place),
            rows.end_mm,
        )
    )
    drawn = ink[top:bottom, left:right].sum(axis=0)
    across, down = paper.px_per_mm
    return Trace(
        start_px=round(rows.start_of(place) * across),
        end_px=round(rows.end_mm * across),
        middle_px=place.baseline_mm * down,
        thickness_px=float(np.quantile(drawn, _FLAT_QUANTILE)) / RASTER_PX_PER_MM * down,
        coverage=place.coverage,
    )


def _cut_row(
    paper: Paper,
    grey: NDArray[np.uint8],
    rows: PageRows,
    place: RowPlace,
    trace: Trace,
    first_s: float,
) -> Iterator[PlacedStrip]:
    """The strips of one row, its speed and gain brought to the usual ones."""
    across = paper.px_per_mm[0] * rows.speed_mm_per_s / PAPER_SPEED_MM_PER_S
    down = paper.px_per_mm[1] * rows.gain_mm_per_mv / MM_PER_MV
    half = math.ceil((STRIP_HEIGHT_PX / PIXELS_PER_MM / 2 + _SLACK_MM) * down)
    top = max(0, round(trace.middle_px) - half)
    band = grey[top : round(trace.middle_px) + half]
    in_band = replace(trace, middle_px=trace.middle_px - top)
    starts_s = start_times_s(rows.duration_s)
    cuts = cut_strips(band, in_band, (across, down), starts_s)
    for cut, start_s in zip(cuts, starts_s, strict=True):
        left_mm = trace.start_px / paper.px_per_mm[0] + start_s * rows.speed_mm_per_s
        strip = PaperStrip(
            grey=cut,
            start_s=first_s + start_s,
            duration_s=min(STRIP_S, rows.duration_s - start_s),
            px_per_mm=(
                paper.px_per_mm_in_picture(left_mm, place.baseline_mm) if paper.clearness else None
            ),
            confidence=max(CONFIDENCE_WITHOUT_GRID, paper.clearness) * trace.coverage,
        )
        yield PlacedStrip(strip, _baseline_px(paper, rows, place, left_mm))


def _baseline_px(
    paper: Paper, rows: PageRows, place: RowPlace, left_mm: float
) -> NDArray[np.float64]:
    step_mm = _BASELINE_STEP_MM * rows.speed_mm_per_s / PAPER_SPEED_MM_PER_S
    x_mm = left_mm + step_mm * np.arange(51)
    return paper.to_picture(np.stack([x_mm, np.full(51, place.baseline_mm)], axis=-1))
