"""The geometry of a printed page: where everything is, in millimetres of the sheet.

Positions are counted from the sheet's top left corner, x to the right and y downwards. Painters
(`vector`, `raster_page`) put ink where this module says and decide nothing themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.paper.layouts import (
    CHOSEN_LEAD,
    ROW_MM,
    Layout,
    Segment,
    check_choice,
    check_leads,
    find_lead,
)
from ecgmm.paper.style import REPORT, PageStyle
from ecgmm.recording import Recording

SMALL_BOX_MM = 1.0
LARGE_BOX_MM = 5.0

PULSE_S = 0.2
PULSE_MV = 1.0

NAME_SIZE_MM = 4.0
TEXT_SIZE_MM = 3.2
SEPARATOR_HALF_MM = 2.5
_SMALL_BOX_WEIGHT = 0.5
_SEPARATOR_WEIGHT = 2.5
_LINE_SPACING = 1.4
_NAME_ABOVE_MM = 9.0
_NAME_BELOW_MM = 6.5
_TEXT_INDENT_MM = 2.0
_SAMPLE_TOLERANCE = 1e-6


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
    size_mm: float = TEXT_SIZE_MM


@dataclass(frozen=True)
class Page:
    """Everything on a sheet.

    Attributes:
        width_mm: width of the sheet.
        height_mm: height of the sheet.
        style: how it is printed.
        grid: the part that the grid covers.
        rows: the rows from top to bottom.
        separators_mm: `[bars, 2, 2]`, both ends of each bar between two leads.
        labels: all text.
    """

    width_mm: float
    height_mm: float
    style: PageStyle
    grid: Box
    rows: tuple[Row, ...]
    separators_mm: NDArray[np.float64]
    labels: tuple[Label, ...]

    @property
    def grid_pitches_mm(self) -> list[tuple[float, float]]:
        """Pitch of each set of grid lines that is printed, and its weight; the finest first."""
        pitches = [(SMALL_BOX_MM, _SMALL_BOX_WEIGHT), (LARGE_BOX_MM, 1.0)]
        return pitches if self.style.small_boxes else pitches[1:]

    @property
    def strokes_mm(self) -> list[tuple[list[NDArray[np.float64]], float]]:
        """Polylines, `[points, 2]` each, and how thick they are drawn."""
        thin = [run for row in self.rows for trace in row.traces for run in trace.runs_mm]
        thin += [row.pulse_mm for row in self.rows if len(row.pulse_mm)]
        width_mm = self.style.trace_width_mm
        return [(thin, width_mm), (list(self.separators_mm), _SEPARATOR_WEIGHT * width_mm)]

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


def lay_out(
    recording: Recording,
    layout: Layout,
    style: PageStyle = REPORT,
    *,
    start_s: float = 0.0,
    lead: str | None = None,
) -> Page:
    """Put a recording on paper.

    Each lead is moved up or down so that its median lies on the row's baseline, as recorders
    with AC coupling do. A row without a single sample is not printed.

    Args:
        recording: what to print.
        layout: which lead where.
        style: how.
        start_s: time in the recording at which the page begins.
        lead: the lead of a one-lead layout; the first recorded by default.

    Returns:
        The page.

    Raises:
        InputError: `missing_leads`, `bad_lead` or `bad_start`.
    """
    if lead is not None:
        check_choice(layout, lead, recording.lead_names)
    check_leads(layout, recording.lead_names)
    if not 0 <= start_s < recording.duration_s:
        raise InputError(
            "bad_start",
            f"Expected a start from 0 to {recording.duration_s:.2f} s, where the recording ends. "
            f"Received {start_s:g} s.",
        )
    grid = _grid_box(layout)
    segments = layout.segments(ROW_MM / style.speed_mm_per_s)
    segments = [row for row in segments if start_s + row[0].start_s < recording.duration_s]
    left_mm = grid.left_mm + _lead_in_mm(style)
    rows = tuple(
        _row(recording, _chosen(row, lead or recording.lead_names[0]), style, start_s, at_mm)
        for row, at_mm in zip(segments, _row_places(layout, left_mm, grid), strict=False)
    )
    return Page(
        width_mm=layout.paper.width_mm,
        height_mm=layout.paper.height_mm,
        style=style,
        grid=grid,
        rows=rows,
        separators_mm=_separators(rows, style),
        labels=(*_names(rows, style), *_texts(recording, start_s, style, grid)),
    )


def _lines(first: float, last: float, pitch: float) -> NDArray[np.float64]:
    return np.linspace(first, last, round((last - first) / pitch) + 1)


def _grid_box(layout: Layout) -> Box:
    """As many whole large boxes as fit between the margins, in the middle of the sheet."""
    paper = layout.paper
    width_mm, height_mm = (
        math.floor((side - 2 * paper.margin_mm) / LARGE_BOX_MM) * LARGE_BOX_MM
        for side in (paper.width_mm, paper.height_mm)
    )
    left_mm, top_mm = (paper.width_mm - width_mm) / 2, (paper.height_mm - height_mm) / 2
    return Box(left_mm, top_mm, left_mm + width_mm, top_mm + height_mm)


def _lead_in_mm(style: PageStyle) -> float:
    """Room at the left of a row: the pulse with a box before and after it, or one box."""
    pulse_mm = PULSE_S * style.speed_mm_per_s
    return 2 * LARGE_BOX_MM + pulse_mm if style.pulse else LARGE_BOX_MM


def _row_places(layout: Layout, left_mm: float, grid: Box) -> list[tuple[float, float]]:
    """Left end and baseline of each row, spread evenly, on lines of the 1 mm grid."""
    top_mm = grid.top_mm + layout.paper.header_mm
    pitch_mm = (grid.bottom_mm - layout.paper.footer_mm - top_mm) / len(layout.rows)
    heights = [
        round(layout.paper.header_mm + (i + 0.5) * pitch_mm) for i in range(len(layout.rows))
    ]
    return [(left_mm, grid.top_mm + height) for height in heights]


def _chosen(row: list[Segment], lead: str) -> list[Segment]:
    return [
        Segment(lead if part.lead == CHOSEN_LEAD else part.lead, part.start_s, part.end_s)
        for part in row
    ]


def _row(
    recording: Recording,
    segments: list[Segment],
    style: PageStyle,
    start_s: float,
    at_mm: tuple[float, float],
) -> Row:
    left_mm, baseline_mm = at_mm
    return Row(
        left_mm=left_mm,
        right_mm=left_mm + ROW_MM,
        baseline_mm=baseline_mm,
        start_s=segments[0].start_s,
        traces=tuple(_traces(recording, segments, style, start_s, at_mm)),
        pulse_mm=_pulse(left_mm, baseline_mm, style),
    )


def _traces(
    recording: Recording,
    segments: list[Segment],
    style: PageStyle,
    start_s: float,
    at_mm: tuple[float, float],
) -> Iterator[Trace]:
    left_mm, baseline_mm = at_mm
    for segment in segments:
        first, stop = (
            math.ceil((start_s + edge_s) * recording.sampling_rate_hz - _SAMPLE_TOLERANCE)
            for edge_s in (segment.start_s, segment.end_s)
        )
        lead = find_lead(segment.lead, recording.lead_names)
        signal_mv = recording.signal_mv[first:stop, lead].astype(np.float64)
        if not np.isfinite(signal_mv).any():
            continue
        time_s = np.arange(first, first + len(signal_mv)) / recording.sampling_rate_hz - start_s
        x_mm = left_mm + (time_s - segments[0].start_s) * style.speed_mm_per_s
        y_mm = baseline_mm - (signal_mv - np.nanmedian(signal_mv)) * style.gain_mm_per_mv
        yield Trace(
            lead=segment.lead,
            start_s=float(time_s[0]),
            sampling_rate_hz=recording.sampling_rate_hz,
            points_mm=np.stack([x_mm, y_mm], axis=-1),
        )


def _pulse(left_mm: float, baseline_mm: float, style: PageStyle) -> NDArray[np.float64]:
    """The reference pulse of 1 mV and 200 ms, one box before the row begins."""
    if not style.pulse:
        return np.empty((0, 2))
    fall_mm = left_mm - LARGE_BOX_MM
    rise_mm = fall_mm - PULSE_S * style.speed_mm_per_s
    foot_mm = LARGE_BOX_MM / 2
    top_mm = baseline_mm - PULSE_MV * style.gain_mm_per_mv
    return np.array(
        [
            (rise_mm - foot_mm, baseline_mm),
            (rise_mm, baseline_mm),
            (rise_mm, top_mm),
            (fall_mm, top_mm),
            (fall_mm, baseline_mm),
            (fall_mm + foot_mm, baseline_mm),
        ]
    )


def _separators(rows: tuple[Row, ...], style: PageStyle) -> NDArray[np.float64]:
    half = np.array([0.0, SEPARATOR_HALF_MM])
    bars = [
        (at_mm - half, at_mm + half)
        for row in rows
        for trace in row.traces[1:]
        for at_mm in [np.array([trace.points_mm[0, 0], row.baseline_mm])]
        if style.separators
    ]
    return np.array(bars).reshape(-1, 2, 2)


def _names(rows: tuple[Row, ...], style: PageStyle) -> Iterator[Label]:
    if not style.lead_names:
        return
    rise_mm = _NAME_BELOW_MM if style.names_below else -_NAME_ABOVE_MM
    for row in rows:
        for trace in row.traces:
            x_mm = float(trace.points_mm[0, 0]) + SMALL_BOX_MM
            yield Label(trace.lead, x_mm, row.baseline_mm + rise_mm, NAME_SIZE_MM)


def _texts(recording: Recording, start_s: float, style: PageStyle, grid: Box) -> Iterator[Label]:
    header = style.header
    if header is None:
        header = (recording.name or "ECG", f"from {start_s:g} s")
    x_mm = grid.left_mm + _TEXT_INDENT_MM
    for line, text in enumerate(header, start=1):
        yield Label(text, x_mm, grid.top_mm + line * _LINE_SPACING * TEXT_SIZE_MM)
    scale = f"{style.speed_mm_per_s:g} mm/s   {style.gain_mm_per_mv:g} mm/mV"
    yield Label(scale, x_mm, grid.bottom_mm - _TEXT_INDENT_MM)
