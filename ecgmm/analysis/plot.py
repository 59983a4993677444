"""The reading drawn on ECG paper: 25 mm/s, 10 mm/mV, every beat marked."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from ecgmm.analysis import measured_words, words
from ecgmm.analysis.analyze import Opened
from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.course import COURSE_MM, draw_course, has_course
from ecgmm.analysis.draw_waves import draw_waves
from ecgmm.analysis.excerpts import choose_excerpts
from ecgmm.analysis.measuring import mark_beats
from ecgmm.analysis.reading import Reading
from ecgmm.analysis.rhythm_name import rhythm_name_of
from ecgmm.analysis.rules.conditions import decapitalised
from ecgmm.analysis.rules.rhythms import is_fibrillating
from ecgmm.analysis.sheet import (
    COLOUR_OF_CLASS,
    INK,
    LARGE_BOX_MM,
    SUBDUED_INK,
    draw_badge,
    draw_grid,
    draw_picture,
    draw_reference_pulse,
    draw_text,
    new_sheet,
)
from ecgmm.grid import (
    MM_PER_MV,
    PAPER_SPEED_MM_PER_S,
    PIXELS_PER_MM,
    STRIP_HEIGHT_PX,
    STRIP_S,
)
from ecgmm.measure.measurements import BeatMarks
from ecgmm.paper.strips import PaperDocument, PaperStrips
from ecgmm.readers.signal_file import SignalFile

MOST_ROWS = 8
"""A row takes 35 mm at the least: eight of them are about a page of A4."""

_STRIP_MM = STRIP_S * PAPER_SPEED_MM_PER_S
_LEFT_MM = 20.0
"""Room for the lead names."""
_PAGE_WIDTH_MM = _LEFT_MM + _STRIP_MM + 10.0
"""Names, ten seconds at 25 mm/s, and a margin."""
_HEADER_MM = 15.0
"""Verdict and rate; below them a line for each finding."""
_HEADER_LINE_MM = 4.0
_HEADER_LETTERS = 155
"""What a line of the header holds: its letters are 1.6 mm wide."""
_FOOTER_MM = 20.0
"""The counts of the beats, the caption in two lines, and the disclaimer."""
_COURSE_AIR_MM = 2.0
_FOOTER_LINE_MM = 3.4
_CAPTION_LINES = 2
_CAPTION_LETTERS = 200
"""What a line of the footer holds: its letters are 1.3 mm wide."""
_MOST_FINDINGS = 6
"""The gravest; the others are counted."""
_LANE_MM = 5.0
"""A letter for each beat, one large box high."""
_LEAST_ABOVE_MM = 15.0
"""1.5 mV: room for a usual R wave."""
_LEAST_BELOW_MM = 10.0
"""1 mV: room for a usual S wave."""
_MOST_MM = 40.0
"""4 mV, as tall as the strip of a page (`grid.STRIP_HEIGHT_PX`)."""
_WAVES_MM = 1.0
"""Bars of P, QRS and T, below the letters."""
_BAND_S = 0.15
"""To either side, as wide as EC57's window: what lies in it belongs to the beat."""
_MM_PER_LETTER = 1.35
"""Of the plot's font at its size."""
_WIDTH_OF_WORDS_MM = 30.0
"""The longest of "missing, not read", "flat, not read" and "saturated, not read" fits in."""


@dataclass(frozen=True)
class _Row:
    """One lead of one strip, with the paper it needs above and below its baseline."""

    name: str
    start_s: float
    time_s: NDArray[np.float64]
    deviation_mm: NDArray[np.float64]
    above_mm: float
    below_mm: float

    @property
    def height_mm(self) -> float:
        return self.above_mm + self.below_mm


def plot_reading(reading: Reading, source: Opened) -> Figure:
    """Draw a reading over what it was read from; see `plot_signal` and `plot_paper`.

    Of a document the reading's own page is drawn.
    """
    match source:
        case SignalFile():
            return plot_signal(reading, source)
        case PaperStrips():
            return plot_paper(reading, source)
        case PaperDocument():
            return plot_paper(reading, source.pages[(reading.page or 1) - 1])


def plot_signal(reading: Reading, file: SignalFile) -> Figure:
    """Draw the telling strips of a recording; nothing else of it is read.

    Each row is centred on its own median, as a recorder with a high-pass filter would, and drawn
    at 10 mm/mV whatever its size; what leaves the paper by more than 40 mm is cut off.

    Args:
        reading: what was read in `file`.
        file: the signal, with as many leads as there are.

    Returns:
        A figure to scale: 25 mm/s and 10 mm/mV when printed at its own size.
    """
    leads = len(file.lead_names)
    starts_s = choose_excerpts(reading, limit=max(1, MOST_ROWS // leads))
    strips = [_rows(file, start_s) for start_s in starts_s]
    sheet_mm = sum(2 * _LANE_MM + sum(row.height_mm for row in rows) for rows in strips)
    told = _told(reading)
    course_mm = COURSE_MM if has_course(reading) else 0.0
    top = _header_mm(told)
    figure, axes = new_sheet(_PAGE_WIDTH_MM, top + sheet_mm + course_mm + _FOOTER_MM)
    draw_grid(axes, LARGE_BOX_MM, top, _PAGE_WIDTH_MM - 2 * LARGE_BOX_MM, sheet_mm)
    for rows, start_s in zip(strips, starts_s, strict=True):
        marks = _marks(reading, file, start_s)
        draw_waves(axes, marks, partial(_x, start_s=start_s), top + _LANE_MM + _WAVES_MM)
        top = _draw_strip(axes, reading, rows, top)
    if course_mm:
        draw_course(axes, reading, _LEFT_MM, top + _COURSE_AIR_MM, _STRIP_MM)
    _draw_header(axes, reading, told)
    _draw_footer(axes, reading, top + course_mm, _caption(reading, starts_s))
    return figure


def plot_paper(reading: Reading, paper: PaperStrips) -> Figure:
    """Mark the beats over the strips of a picture.

    Args:
        reading: what was read in `paper`.
        paper: the strips; without one the page holds nothing but the verdict.

    Returns:
        A figure on which 1 mm of the strips' paper is 1 mm.
    """
    strip_mm = STRIP_HEIGHT_PX / PIXELS_PER_MM
    sheet_mm = len(paper.strips) * (strip_mm + 2 * _LANE_MM)
    told = _told(reading)
    top = _header_mm(told)
    figure, axes = new_sheet(_PAGE_WIDTH_MM, top + sheet_mm + _FOOTER_MM)
    for strip in paper.strips:
        bottom = top + _LANE_MM + strip_mm
        draw_picture(axes, strip.grey, _LEFT_MM, top + _LANE_MM, _STRIP_MM, strip_mm)
        draw_text(
            axes, LARGE_BOX_MM, (top + _LANE_MM + bottom) / 2, "\n".join(strip.leads), fontsize=9
        )
        _mark_beats(axes, reading, strip.start_s, top, bottom)
        marks = _marks_between(reading.measurements.beats, reading, strip.start_s)
        draw_waves(axes, marks, partial(_x, start_s=strip.start_s), top + _LANE_MM + _WAVES_MM)
        _draw_time_axis(axes, strip.start_s, bottom)
        top = bottom + _LANE_MM
    _draw_header(axes, reading, told)
    _draw_footer(axes, reading, top, _picture_caption(paper))
    return figure


def _marks(reading: Reading, file: SignalFile, start_s: float) -> Sequence[BeatMarks]:
    """The waves of the beats of a strip, measured now where the reading does not hold them."""
    if not words.is_readable(reading):
        return ()
    if reading.measurements.over_time:
        without_p = is_fibrillating(reading.rhythm)
        return mark_beats(file, reading.beats, start_s, start_s + STRIP_S, without_p)
    return _marks_between(reading.measurements.beats, reading, start_s)


def _marks_between(
    marks: Sequence[BeatMarks], reading: Reading, start_s: float
) -> Sequence[BeatMarks]:
    return [
        beat for beat in marks if start_s <= reading.beats[beat.beat].time_s < start_s + STRIP_S
    ]


def _picture_caption(paper: PaperStrips) -> str:
    found = "1 strip" if len(paper.strips) == 1 else f"{len(paper.strips)} strips"
    return " ".join((f"{found} found in the picture.", *paper.faults))


def _rows(file: SignalFile, start_s: float) -> list[_Row]:
    first = round(start_s * file.sampling_rate_hz)
    last = min(round((start_s + STRIP_S) * file.sampling_rate_hz), file.samples)
    piece_mv = file.read_mv(first, last)
    time_s = (first + np.arange(len(piece_mv))) / file.sampling_rate_hz
    return [
        _row(name, start_s, time_s, lead_mv)
        for name, lead_mv in zip(file.lead_names, piece_mv.T, strict=True)
    ]


def _row(
    name: str, start_s: float, time_s: NDArray[np.float64], lead_mv: NDArray[np.float32]
) -> _Row:
    present_mv = lead_mv[np.isfinite(lead_mv)]
    centre_mv = float(np.median(present_mv)) if len(present_mv) else 0.0
    deviation_mm = (lead_mv.astype(np.float64) - centre_mv) * MM_PER_MV
    above_mm = _boxes_mm(float(np.nanmax(deviation_mm, initial=0.0)), _LEAST_ABOVE_MM)
    below_mm = _boxes_mm(-float(np.nanmin(deviation_mm, initial=0.0)), _LEAST_BELOW_MM)
    return _Row(name, start_s, time_s, deviation_mm, above_mm, below_mm)


def _boxes_mm(size_mm: float, least_mm: float) -> float:
    """`size_mm` and some air, in whole large boxes."""
    boxes_mm = LARGE_BOX_MM * math.ceil((size_mm + 2.0) / LARGE_BOX_MM)
    return min(max(boxes_mm, least_mm), _MOST_MM)


def _draw_strip(axes: Axes, reading: Reading, rows: Sequence[_Row], top: float) -> float:
    """Draw all leads of one strip below `top`; returns where it ends."""
    bottom = top + _LANE_MM + sum(row.height_mm for row in rows)
    _mark_beats(axes, reading, rows[0].start_s, top, bottom)
    row_top = top + _LANE_MM
    for row in rows:
        baseline = row_top + row.above_mm
        draw_reference_pulse(axes, LARGE_BOX_MM * 2, baseline)
        draw_text(axes, LARGE_BOX_MM + 1.5, row_top + 2.5, row.name, fontsize=9, fontweight="bold")
        (trace,) = axes.plot(
            _LEFT_MM + (row.time_s - row.start_s) * PAPER_SPEED_MM_PER_S,
            baseline - row.deviation_mm,
            color=INK,
            linewidth=0.8,
            solid_joinstyle="round",
            zorder=4,
        )
        trace.set_clip_path(
            Rectangle((0, row_top), _PAGE_WIDTH_MM, row.height_mm, transform=axes.transData)
        )
        _mark_not_read(axes, reading, row, row_top)
        row_top += row.height_mm
    _draw_time_axis(axes, rows[0].start_s, bottom)
    return bottom + _LANE_MM


def _x(time_s: float, start_s: float) -> float:
    return _LEFT_MM + (time_s - start_s) * PAPER_SPEED_MM_PER_S


def _mark_beats(axes: Axes, reading: Reading, start_s: float, top: float, bottom: float) -> None:
    if not words.is_readable(reading):
        return
    for beat in BeatList.of(reading.beats).between(start_s, start_s + STRIP_S):
        x = _x(beat.time_s, start_s)
        colour = COLOUR_OF_CLASS[beat.label]
        lane = top + _LANE_MM
        if beat.label != "N":
            width = 2 * _BAND_S * PAPER_SPEED_MM_PER_S
            axes.add_patch(
                Rectangle(
                    (x - width / 2, lane),
                    width,
                    bottom - lane,
                    facecolor=colour,
                    alpha=0.16,
                    linewidth=0,
                    zorder=1,
                )
            )
        axes.plot([x, x], [lane, bottom], color=colour, linewidth=0.6, alpha=0.55, zorder=2)
        draw_badge(axes, x, top + _LANE_MM / 2, beat.label)


def _mark_not_read(axes: Axes, reading: Reading, row: _Row, top: float) -> None:
    """Hatch what of a row holds no ECG, and say why."""
    end_s = min(row.start_s + STRIP_S, reading.duration_s)
    for stretch in reading.quality.excluded:
        if stretch.lead != row.name or not row.start_s < stretch.end_s or stretch.start_s >= end_s:
            continue
        left = _x(max(stretch.start_s, row.start_s), row.start_s)
        width = _x(min(stretch.end_s, end_s), row.start_s) - left
        axes.add_patch(
            Rectangle(
                (left, top),
                width,
                row.height_mm,
                facecolor="white",
                edgecolor=SUBDUED_INK,
                hatch="////",
                linewidth=0,
                alpha=0.5,
                zorder=5,
            )
        )
        if width >= _WIDTH_OF_WORDS_MM:
            why = f"{stretch.fault}, not read"
            draw_text(axes, left + width / 2, top + 3, why, ha="center", color=INK, zorder=6)


def _draw_time_axis(axes: Axes, start_s: float, y: float) -> None:
    for second in range(math.ceil(start_s), math.floor(start_s + STRIP_S) + 1):
        x = _x(second, start_s)
        axes.plot([x, x], [y, y + 1.0], color=SUBDUED_INK, linewidth=0.6, zorder=3)
        draw_text(axes, x, y + 2.6, words.clock(second, decimals=0), ha="center", color=SUBDUED_INK)


def _caption(reading: Reading, starts_s: Sequence[float]) -> str:
    strips = math.ceil(reading.duration_s / STRIP_S)
    if strips <= len(starts_s):
        return f"The whole recording: {words.clock(reading.duration_s)}."
    whole = words.clock(reading.duration_s, decimals=0)
    return f"{len(starts_s)} strips of ten seconds out of {whole}, chosen around the findings."


def _told(reading: Reading) -> list[str]:
    """Lines of the header: doubts, each finding with its leads, then what was not judged."""
    if not words.is_readable(reading):
        return _wrapped(reading.quality.reasons)
    findings = [words.finding(finding) for finding in words.by_severity(reading.findings)]
    more = len(findings) - _MOST_FINDINGS
    said_first = (
        reading.summary.statement,
        reading.summary.patient_statement,
        measured_words.intervals(reading.measurements),
    )
    said = [*filter(None, said_first), *(findings[:_MOST_FINDINGS] or ["No findings."])]
    if more > 0:
        said.append(f"And {more} more finding{'s' if more > 1 else ''}.")
    if reading.not_judged:
        said.append(f"Not judged: {', '.join(reading.not_judged)}.")
    return _wrapped(said)


def _wrapped(said: Iterable[str]) -> list[str]:
    return [line for text in said for line in textwrap.wrap(text, _HEADER_LETTERS)]


def _header_mm(told: Sequence[str]) -> float:
    """Its height, in whole large boxes so that the grid begins on one."""
    return _HEADER_MM + LARGE_BOX_MM * math.ceil(len(told) * _HEADER_LINE_MM / LARGE_BOX_MM)


def _draw_header(axes: Axes, reading: Reading, told: Sequence[str]) -> None:
    right = _PAGE_WIDTH_MM - LARGE_BOX_MM
    scale = "25 mm/s   10 mm/mV"
    draw_text(axes, 5, 6, words.verdict_alone(reading), fontsize=14, fontweight="bold")
    name = PurePath(words.name(reading)).name
    draw_text(axes, right, 5, name, fontsize=9, fontweight="bold", ha="right")
    if words.is_readable(reading):
        rhythm = decapitalised(rhythm_name_of(reading))
        rate = words.rate(reading.summary.heart_rate_bpm)
        scale = f"heart rate {rate}   {rhythm}   {scale}"
    draw_text(axes, right, 9.5, scale, fontsize=9, ha="right")
    for number, line in enumerate(told):
        draw_text(axes, 5, 14.5 + number * _HEADER_LINE_MM, line, fontsize=8.5)


def _draw_footer(axes: Axes, reading: Reading, top: float, caption: str) -> None:
    """Beat counts, then what is shown, then the disclaimer, each on a line of its own."""
    x = 7.0
    counts = reading.summary.beat_counts if words.is_readable(reading) else {}
    for label, count in counts.items():
        draw_badge(axes, x, top + 4, label)
        text = f"{words.BEAT_NAMES[label]}: {count}"
        draw_text(axes, x + 3, top + 4, text)
        x += 10.0 + _MM_PER_LETTER * len(text)
    lines = [
        *textwrap.wrap(caption, _CAPTION_LETTERS, max_lines=_CAPTION_LINES),
        _signature(reading),
    ]
    for number, line in enumerate(lines):
        draw_text(axes, 5, top + 8.5 + number * _FOOTER_LINE_MM, line, color=SUBDUED_INK)


def _signature(reading: Reading) -> str:
    return f"{reading.model_name} {reading.model_version}   {words.NOT_A_MEDICAL_DEVICE}"
