"""From a recording to a page: what is put where."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ecgmm.errors import InputError
from ecgmm.paper.fitting import clear_names, fitted_rows
from ecgmm.paper.layouts import (
    CHOSEN_LEAD,
    ROW_MM,
    Layout,
    Segment,
    check_choice,
    check_leads,
    find_lead,
)
from ecgmm.paper.marks import blank_spans_mm, frame_mm, lead_in_mm, pulse_mm, separators_mm
from ecgmm.paper.page import LARGE_BOX_MM, SMALL_BOX_MM, Box, Label, Page, Row, Trace
from ecgmm.paper.style import REPORT, PageStyle
from ecgmm.recording import Recording

_TEXT_SIZE_MM = 3.2
_LINE_SPACING = 1.4
_NAME_ABOVE_MM = 9.0
_NAME_ABOVE_SHARE = 0.45
_NAME_BELOW_MM = 6.5
_TEXT_INDENT_MM = 2.0
_SAMPLE_TOLERANCE = 1e-6


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
    left_mm = grid.left_mm + lead_in_mm(style)
    rows = tuple(
        _row(recording, _chosen(row, lead or recording.lead_names[0]), style, start_s, at_mm)
        for row, at_mm in zip(segments, _row_places(layout, left_mm, grid), strict=False)
    )
    names = tuple(_names(rows, style))
    if style.fitted:
        top_mm = grid.top_mm + layout.paper.header_mm
        rows = fitted_rows(rows, top_mm, grid.bottom_mm - layout.paper.footer_mm)
        names = tuple(clear_names(tuple(_names(rows, style)), rows, top_mm))
    return Page(
        width_mm=layout.paper.width_mm,
        height_mm=layout.paper.height_mm,
        style=style,
        grid=grid,
        rows=rows,
        separators_mm=separators_mm(rows, style),
        frame_mm=tuple(frame_mm(grid, rows, style)),
        labels=(*names, *_texts(recording, start_s, style, grid)),
    )


def _grid_box(layout: Layout) -> Box:
    """As many whole large boxes as fit between the margins, in the middle of the sheet."""
    paper = layout.paper
    width_mm, height_mm = (
        math.floor((side - 2 * paper.margin_mm) / LARGE_BOX_MM) * LARGE_BOX_MM
        for side in (paper.width_mm, paper.height_mm)
    )
    left_mm, top_mm = (paper.width_mm - width_mm) / 2, (paper.height_mm - height_mm) / 2
    return Box(left_mm, top_mm, left_mm + width_mm, top_mm + height_mm)


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
        pulse_mm=pulse_mm(left_mm, ROW_MM, baseline_mm, style),
    )


def _traces(
    recording: Recording,
    segments: list[Segment],
    style: PageStyle,
    start_s: float,
    at_mm: tuple[float, float],
) -> Iterator[Trace]:
    left_mm, baseline_mm = at_mm
    blank = blank_spans_mm(left_mm, ROW_MM, len(segments), style)
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
        for first_mm, last_mm in blank:
            y_mm[(x_mm >= first_mm) & (x_mm < last_mm)] = np.nan
        yield Trace(
            lead=segment.lead,
            start_s=float(time_s[0]),
            sampling_rate_hz=recording.sampling_rate_hz,
            points_mm=np.stack([x_mm, y_mm], axis=-1),
        )


def _names(rows: tuple[Row, ...], style: PageStyle) -> Iterator[Label]:
    if not style.lead_names:
        return
    pitch_mm = rows[1].baseline_mm - rows[0].baseline_mm if len(rows) > 1 else np.inf
    above_mm = min(_NAME_ABOVE_MM, _NAME_ABOVE_SHARE * pitch_mm)
    rise_mm = _NAME_BELOW_MM if style.names_below else -above_mm
    for row in rows:
        for trace in row.traces:
            x_mm = float(trace.points_mm[0, 0]) + SMALL_BOX_MM
            name = trace.lead.upper() if style.names_in_capitals else trace.lead
            yield Label(name, x_mm, row.baseline_mm + rise_mm, style.name_size_mm)


def _texts(recording: Recording, start_s: float, style: PageStyle, grid: Box) -> Iterator[Label]:
    header = style.header
    if header is None:
        header = (recording.name or "ECG", f"from {start_s:g} s")
    x_mm = grid.left_mm + _TEXT_INDENT_MM
    for line, text in enumerate(header, start=1):
        y_mm = grid.top_mm + line * _LINE_SPACING * _TEXT_SIZE_MM
        yield Label(text, x_mm, y_mm, _TEXT_SIZE_MM)
    scale = style.scale_text.format(
        speed=f"{style.speed_mm_per_s:g}", gain=f"{style.gain_mm_per_mv:g}"
    )
    yield Label(scale, x_mm, grid.bottom_mm - _TEXT_INDENT_MM, _TEXT_SIZE_MM)
