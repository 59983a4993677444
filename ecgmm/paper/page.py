"""A printed page: where everything on it is, in millimetres of the sheet.

Positions are counted from the sheet's top left corner, x to the right and y downwards. Painters
(`vector`, `raster_page`) put ink where the page says and decide nothing themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.paper.style import PageStyle, Separator

SMALL_BOX_MM = 1.0
LARGE_BOX_MM = 5.0

_SMALL_BOX_WEIGHT = 0.5
_SEPARATOR_WEIGHTS: dict[Separator, float] = {
    "bar": 2.5,
    "ticks": 2.0,
    "dashes": 1.0,
    "column": 1.0,
}


@dataclass(frozen=True)
class Box:
    """A rectangle of the sheet, millimetres."""

    left_mm: float
    top_mm: float
    right_mm: float
    bottom_mm: float

    def columns_mm(self, pitch_mm: float) -> NDArray[np.float64]:
        """`[lines]`, x of the vertical grid lines of a pitch."""
        return _lines(self.left_mm, self.right_mm, pitch_mm)

    def rows_mm(self, pitch_mm: float) -> NDArray[np.float64]:
        """`[lines]`, y of the horizontal grid lines of a pitch."""
        return _lines(self.top_mm, self.bottom_mm, pitch_mm)


@dataclass(frozen=True)
class Trace:
    """One lead's stretch of a row, with the position of its every sample.

    Attributes:
        lead: name of the lead, as the layout spells it.
        start_s: time of its first sample, in seconds from the page's start.
        sampling_rate_hz: samples a second.
        points_mm: `[samples, 2]`, x and y of each sample; y is NaN where nothing was recorded.
    """

    lead: str
    start_s: float
    sampling_rate_hz: float
    points_mm: NDArray[np.float64]

    @property
    def runs_mm(self) -> list[NDArray[np.float64]]:
        """The stretches between missing samples, `[samples, 2]` each."""
        known = np.isfinite(self.points_mm[:, 1])
        runs = np.split(self.points_mm, np.flatnonzero(np.diff(known)) + 1)
        return [run for run in runs if len(run) > 1 and np.isfinite(run[0, 1])]


@dataclass(frozen=True)
class Row:
    """One row of a page.

    Attributes:
        left_mm: where its clock begins.
        right_mm: where it would end if the recording filled it.
        baseline_mm: height of its traces' middle and of the pulse's foot.
        start_s: time at its left end, in seconds from the page's start.
        traces: its segments from left to right.
        pulse_mm: `[corners, 2]`, the reference pulse; empty when there is none.
    """

    left_mm: float
    right_mm: float
    baseline_mm: float
    start_s: float
    traces: tuple[Trace, ...]
    pulse_mm: NDArray[np.float64]


@dataclass(frozen=True)
class Label:
    """A line of text.

    Attributes:
        text: what is written.
        x_mm: its left end.
        y_mm: the line that its letters stand on.
        size_mm: size of the type (its em).
    """

    text: str
    x_mm: float
    y_mm: float
    size_mm: float


@dataclass(frozen=True)
class Page:
    """Everything on a sheet.

    Attributes:
        width_mm: width of the sheet.
        height_mm: height of the sheet.
        style: how it is printed.
        grid: the part that the grid covers.
        rows: the rows from top to bottom.
        separators_mm: `[strokes, 2, 2]`, both ends of each stroke between two leads.
        frame_mm: `[points, 2]` each, the thin lines around the grid and around pulses.
        labels: all text.
    """

    width_mm: float
    height_mm: float
    style: PageStyle
    grid: Box
    rows: tuple[Row, ...]
    separators_mm: NDArray[np.float64]
    labels: tuple[Label, ...]
    frame_mm: tuple[NDArray[np.float64], ...] = ()

    @property
    def grid_pitches_mm(self) -> list[tuple[float, float]]:
        """Pitch of each set of grid lines that is printed, and its weight; the finest first."""
        pitches = [(SMALL_BOX_MM, _SMALL_BOX_WEIGHT), (LARGE_BOX_MM, 1.0)]
        if self.style.grid_kind == "dots":
            return []
        has_lines = self.style.small_boxes and self.style.grid_kind == "lines"
        return pitches if has_lines else pitches[1:]

    @property
    def has_dots(self) -> bool:
        """Whether a dot is printed where 1 mm lines would cross."""
        return self.style.grid_kind != "lines"

    @property
    def strokes_mm(self) -> list[tuple[list[NDArray[np.float64]], float]]:
        """Polylines, `[points, 2]` each, and how thick they are drawn."""
        thin = [run for row in self.rows for trace in row.traces for run in trace.runs_mm]
        thin += [row.pulse_mm for row in self.rows if len(row.pulse_mm)]
        thin += self.frame_mm
        width_mm, weight = self.style.trace_width_mm, _SEPARATOR_WEIGHTS[self.style.separator]
        return [(thin, width_mm), (list(self.separators_mm), weight * width_mm)]

    def size_px(self, px_per_mm: float) -> tuple[int, int]:
        """Width and height of the page as a picture."""
        return round(self.width_mm * px_per_mm), round(self.height_mm * px_per_mm)


def to_px(points_mm: NDArray[np.float64], px_per_mm: float) -> NDArray[np.float64]:
    """Positions in a picture of the page; a whole number is the middle of a pixel.

    Args:
        points_mm: `[..., 2]`, positions on the sheet.
        px_per_mm: resolution of the picture.
    """
    return np.asarray(points_mm * px_per_mm - 0.5, np.float64)


def _lines(first: float, last: float, pitch: float) -> NDArray[np.float64]:
    return np.linspace(first, last, round((last - first) / pitch) + 1)
