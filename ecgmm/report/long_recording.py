"""The second page of a long recording: by the hour, intervals, episodes, runs, a beat a class."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ecgmm.analysis import words
from ecgmm.analysis.analyze import Opened
from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.course import draw_course
from ecgmm.analysis.excerpts import choose_excerpts
from ecgmm.analysis.heart_rate import rr_intervals_s
from ecgmm.analysis.reading import Reading
from ecgmm.analysis.sheet import (
    COLOUR_OF_CLASS,
    INK,
    LARGE_BOX_MM,
    SUBDUED_INK,
    draw_badge,
    draw_grid,
    draw_text,
)
from ecgmm.grid import PAPER_SPEED_MM_PER_S, STRIP_S
from ecgmm.measure.conditioning import without_wander
from ecgmm.paper.vector import paint
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.report import templates
from ecgmm.report.a4 import HEIGHT_MM, LEFT_MM, RIGHT_MM, Column, new_page, sheet_axes
from ecgmm.report.by_the_hour import HEADS, parts
from ecgmm.report.drawn import first_lead, sheet_of, signal_to_draw, stretch
from ecgmm.resampling import bridge_gaps

LEAST_LONG_S = 300.0
"""Shorter recordings say all on their first page."""
_TOP_MM = 20.0
_COLUMNS_MM = (0.0, 17.0, 32.0, 48.0, 77.0, 88.0, 99.0, 113.0)
"""Where each column of the table by the hour begins."""
_ROW_MM = 3.4
_HISTOGRAM = (146.0, _TOP_MM + 5, 52.0, 36.0)
"""Left, top, width and height."""
_BIN_S = 0.04
"""A small box of paper at 25 mm/s."""
_TEMPLATES_LEFT_MM, _TEMPLATE_MM = 206.0, (25.0, 30.0)
_TEMPLATE_PITCH_MM = (27.0, 37.0)
_COURSE_AIR_MM, _COURSE_MM = 9.0, 16.0
"""Above the bar of the rhythm, and from the bar to the strips."""
_GAINS_MM_PER_MV = (10.0, 5.0)
"""The usual one, and half of it where a strip or a beat would not fit."""
_BOTTOM_MM, _LEAST_STRIP_MM, _STRIP_AIR_MM, _TITLE_MM = 197.0, 25.0, 8.0, 5.0
_MOST_STRIPS = 2


def long_page(reading: Reading, source: Opened) -> Figure:
    """The page of a recording of five minutes or more."""
    figure, axes = new_page()
    name = PurePath(words.name(reading)).name
    lasting = words.clock(reading.duration_s, decimals=0)
    draw_text(
        axes, LEFT_MM, 9, f"ECG report: the whole of {lasting}", fontsize=8, color=SUBDUED_INK
    )
    draw_text(axes, RIGHT_MM, 9, name, fontsize=8, ha="right")
    bottom = max(_by_the_hour(axes, reading), _HISTOGRAM[1] + _HISTOGRAM[3] + _COURSE_AIR_MM)
    _histogram(figure, reading)
    file = signal_to_draw(reading, source)
    _course(axes, reading, bottom + _COURSE_AIR_MM)
    if file is not None:
        bottom += _COURSE_AIR_MM + _COURSE_MM
        _strips(figure, axes, reading, file, max(bottom, _templates(axes, reading, file)))
    draw_text(axes, LEFT_MM, HEIGHT_MM - 6, words.NOT_A_MEDICAL_DEVICE, fontsize=7.5)
    return figure


def spans_s(reading: Reading) -> list[tuple[float, float]]:
    """Which stretches of a recording the page draws."""
    strips = [(start_s, start_s + STRIP_S) for _, start_s in _told_strips(reading)]
    return [*strips, *templates.spans_s(reading)]


def _by_the_hour(axes: Axes, reading: Reading) -> float:
    """The table; returns where it ends, as do the others that take a place of their own."""
    y = _TOP_MM
    for x, head in zip(_COLUMNS_MM, HEADS, strict=True):
        draw_text(axes, LEFT_MM + x, y, head, fontsize=7, fontweight="bold", color=SUBDUED_INK)
    for part in parts(reading):
        y += _ROW_MM
        for x, cell in zip(_COLUMNS_MM, part.cells, strict=True):
            draw_text(axes, LEFT_MM + x, y, cell, fontsize=7.5)
    return y


def _histogram(figure: Figure, reading: Reading) -> None:
    """How often which RR interval is there."""
    left, top, width, height = _HISTOGRAM
    axes = sheet_axes(figure, left, top, (width, height))
    rr_s = rr_intervals_s(BeatList.of(reading.beats).time_s)
    rr_s = rr_s[(rr_s > 0) & (rr_s < 2.0)]
    axes.set_axis_on()
    axes.set(xlim=(0.2, 2.0), yticks=[])
    counts, edges = np.histogram(rr_s, bins=np.arange(0.2, 2.0 + _BIN_S, _BIN_S))
    axes.stairs(counts, edges, fill=True, color=COLOUR_OF_CLASS["N"])
    axes.set_ylim(0, 1.05 * counts.max(initial=1))
    axes.tick_params(labelsize=6.5, length=2)
    axes.set_xlabel("RR interval (s)", fontsize=7)
    axes.set_title("Intervals from beat to beat", fontsize=7, color=SUBDUED_INK, loc="left")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _templates(axes: Axes, reading: Reading, file: SignalFile) -> float:
    """A beat of each class on paper, to one scale at which none is cut."""
    bottom = _TOP_MM
    drawn_templates = list(templates.templates(reading, file))
    tallest_mv = max((float(np.ptp(template.mv)) for template in drawn_templates), default=0.0)
    gain = next(
        (g for g in _GAINS_MM_PER_MV if g * tallest_mv <= _TEMPLATE_MM[1]), _GAINS_MM_PER_MV[-1]
    )
    column = Column(axes, _TEMPLATES_LEFT_MM, RIGHT_MM, _TOP_MM - 2)
    lead = words.bare_lead(file.lead_names[0])
    column.head(f"The median beat of each class, lead {lead}, {gain:g} mm/mV")
    for number, template in enumerate(drawn_templates):
        left = _TEMPLATES_LEFT_MM + number % 3 * _TEMPLATE_PITCH_MM[0]
        top = _TOP_MM + 4 + number // 3 * _TEMPLATE_PITCH_MM[1]
        draw_grid(axes, left, top, *_TEMPLATE_MM)
        bottom = top + _TEMPLATE_PITCH_MM[1]
        middle = top + _TEMPLATE_MM[1] / 2
        centre_mv = (template.mv.max() + template.mv.min()) / 2
        x = left + 1.0 + np.arange(len(template.mv)) / template.rate_hz * PAPER_SPEED_MM_PER_S
        drawn = axes.plot(
            x, middle - (template.mv - centre_mv) * gain, color=INK, linewidth=0.8, zorder=4
        )
        box = (left, top, *_TEMPLATE_MM)
        _clip(axes, drawn, box)
        draw_badge(axes, left + 2, top + _TEMPLATE_MM[1] + 2.5, template.label)
        counted = f"{template.beats} beat{'s' * (template.beats != 1)}"
        draw_text(axes, left + 5, top + _TEMPLATE_MM[1] + 2.5, counted, fontsize=7)
    return bottom


def _strips(figure: Figure, axes: Axes, reading: Reading, file: SignalFile, top_mm: float) -> None:
    """What tells most, ten seconds each at 25 mm/s, as far as there is room."""
    top = top_mm + _TITLE_MM
    for title, start_s in _told_strips(reading):
        recording = _steady(first_lead(stretch(file, start_s)))
        fitting = (g for g in _GAINS_MM_PER_MV if top + _height_mm(recording, g) <= _BOTTOM_MM)
        gain = next(fitting, None)
        if gain is None:
            continue
        strip_mm = (RIGHT_MM - LEFT_MM, _height_mm(recording, gain))
        draw_text(axes, LEFT_MM, top - 2, title, fontsize=7.5)
        scale = f"from {words.clock(start_s)}   25 mm/s   {gain:g} mm/mV   without wander"
        draw_text(axes, RIGHT_MM, top - 2, scale, fontsize=7, ha="right")
        page = sheet_of(recording, *strip_mm, gain)
        paint(sheet_axes(figure, LEFT_MM, top, strip_mm), page)
        for beat in BeatList.of(reading.beats).between(start_s, start_s + STRIP_S):
            if page.rows:
                x = page.rows[0].left_mm + (beat.time_s - start_s) * PAPER_SPEED_MM_PER_S
                draw_badge(axes, LEFT_MM + x, top + strip_mm[1] + _TITLE_MM / 2, beat.label)
        top += strip_mm[1] + 2 * _TITLE_MM


def _steady(recording: Recording) -> Recording:
    """The same without wander of the baseline, which would take the room of a strip."""
    known = np.isfinite(recording.signal_mv)
    steady_mv = without_wander(bridge_gaps(recording.signal_mv), recording.sampling_rate_hz)
    return replace(recording, signal_mv=np.where(known, steady_mv, np.nan).astype(np.float32))


def _height_mm(recording: Recording, gain_mm_per_mv: float) -> float:
    """What a strip needs so that no peak is cut, in whole large boxes."""
    known_mv = recording.signal_mv[np.isfinite(recording.signal_mv)]
    swing_mv = float(np.ptp(known_mv)) if len(known_mv) else 0.0
    boxes = math.ceil((swing_mv * gain_mm_per_mv + _STRIP_AIR_MM) / LARGE_BOX_MM)
    return max(boxes * LARGE_BOX_MM, _LEAST_STRIP_MM)


def _told_strips(reading: Reading) -> list[tuple[str, float]]:
    """Title and beginning of each strip: the runs, the longest pause, then what tells most."""
    wanted = list(_telling(reading))
    for start_s in choose_excerpts(reading, limit=_MOST_STRIPS):
        wanted.append(("Around the findings" if reading.findings else "The beginning", start_s))
    chosen: list[tuple[str, float]] = []
    last_s = max(0.0, reading.duration_s - STRIP_S)
    for title, start_s in wanted:
        begin_s = min(max(0.0, start_s), last_s)
        if all(abs(begin_s - other_s) >= STRIP_S / 2 for _, other_s in chosen):
            chosen.append((title, begin_s))
    return chosen[:_MOST_STRIPS]


def _telling(reading: Reading) -> Iterator[tuple[str, float]]:
    in_time = reading.rhythm.in_time
    if in_time.longest_run:
        yield f"Longest run: {words.run(in_time.longest_run)}", in_time.longest_run.start_s - 2
    if in_time.fastest_run:
        yield f"Fastest run: {words.run(in_time.fastest_run)}", in_time.fastest_run.start_s - 2
    if in_time.pauses:
        longest = max(in_time.pauses, key=lambda pause: pause.end_s - pause.start_s)
        lasted = words.lasting(longest.end_s - longest.start_s)
        yield f"Longest pause: {lasted} from {words.clock(longest.start_s)}", longest.start_s - 2


def _course(axes: Axes, reading: Reading, top_mm: float) -> None:
    """The rhythm over the whole as a bar, and what it comes to."""
    right_mm = _TEMPLATES_LEFT_MM - 8
    column = Column(axes, LEFT_MM, right_mm, top_mm - 8)
    told = words.course(reading.rhythm.in_time)
    column.head(f"Rhythm in time{f': {told}' if told else ''}")
    draw_course(axes, reading, LEFT_MM, top_mm, right_mm - LEFT_MM)


def _clip(axes: Axes, drawn: Sequence[Line2D], box: tuple[float, float, float, float]) -> None:
    left, top, width, height = box
    for line in drawn:
        line.set_clip_path(Rectangle((left, top), width, height, transform=axes.transData))
