"""Two readings on a page of A4: their median beats on each other, and what has changed."""

from __future__ import annotations

from pathlib import PurePath

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ecgmm.analysis import words
from ecgmm.analysis.analyze import Opened
from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.reading import Reading
from ecgmm.analysis.sheet import COLOUR_OF_CLASS, INK, SUBDUED_INK, draw_grid, draw_text
from ecgmm.grid import MM_PER_MV
from ecgmm.measure.median_beat import BEFORE_S
from ecgmm.measure.stretch import MedianBeat, median_beats
from ecgmm.paper.layouts import TWELVE_LEADS
from ecgmm.report.a4 import HEIGHT_MM, LEFT_MM, RIGHT_MM, Column, new_page
from ecgmm.report.comparison import Comparison, st_words
from ecgmm.report.drawn import median_span_s, signal_to_draw, stretch

SPEED_MM_PER_S = 50.0
_CELL_MM, _PITCH_MM = (40.0, 40.0), (45.0, 46.0)
_FROM_S = -0.25
"""Before the onset of QRS: most P waves are seen whole."""
_BEATS_LEFT_MM, _TOP_MM = 110.0, 30.0
_OLD_INK = COLOUR_OF_CLASS["N"]


def comparison_page(comparison: Comparison, old_source: Opened, new_source: Opened) -> Figure:
    """The page: what has changed on the left, the median beats of each lead on the right."""
    figure, axes = new_page()
    draw_text(axes, LEFT_MM, 9, "ECG beside an earlier one", fontsize=8, color=SUBDUED_INK)
    _statements(axes, comparison)
    old, new = (
        dominant_beat(reading, source)
        for reading, source in ((comparison.old, old_source), (comparison.new, new_source))
    )
    if old is not None and new is not None:
        _beats(axes, old, new)
    _changes(axes, comparison)
    _findings(axes, comparison)
    draw_text(axes, RIGHT_MM, HEIGHT_MM - 6, words.NOT_A_MEDICAL_DEVICE, fontsize=7.5, ha="right")
    return figure


def dominant_beat(reading: Reading, source: Opened) -> MedianBeat | None:
    """The median of the most frequent beats where a recording tells most; None without a signal."""
    file = signal_to_draw(reading, source)
    if file is None or not words.is_readable(reading):
        return None
    start_s, end_s = median_span_s(reading)
    recording = stretch(file, start_s, end_s - start_s)
    beats = BeatList.of(reading.beats).between(start_s, start_s + recording.duration_s)
    found = median_beats(recording, beats.time_s - start_s, beats.labels) if len(beats) else {}
    return next(iter(found.values()), None)


def _statements(axes: Axes, comparison: Comparison) -> None:
    column = Column(axes, LEFT_MM, RIGHT_MM, 12.0)
    for when, reading, ink in (
        ("Then", comparison.old, _OLD_INK),
        ("Now", comparison.new, INK),
    ):
        name = PurePath(words.name(reading)).name
        told = reading.summary.statement or "Nothing could be read."
        column.write(f"{when} ({name}): {told}", 8.0, ink=ink)


def _beats(axes: Axes, old: MedianBeat, new: MedianBeat) -> None:
    """The leads that both have, those of the twelve in their order, on paper at 50 mm/s."""
    shared = [lead for lead in new.leads_mv if lead in old.leads_mv]
    named = [lead for lead in TWELVE_LEADS if lead in shared] or shared
    for number, lead in enumerate(named[: len(TWELVE_LEADS)]):
        left = _BEATS_LEFT_MM + number // 3 * _PITCH_MM[0]
        top = _TOP_MM + number % 3 * _PITCH_MM[1]
        draw_grid(axes, left, top, *_CELL_MM)
        draw_text(axes, left, top - 2.2, lead, fontsize=8, fontweight="bold")
        for beat, ink in ((old, _OLD_INK), (new, INK)):
            _trace(axes, beat, lead, left, top, ink)
    scale = "then blue, now black   50 mm/s   10 mm/mV"
    draw_text(axes, RIGHT_MM, _TOP_MM + 3 * _PITCH_MM[1] - 2, scale, fontsize=7, ha="right")


def _trace(axes: Axes, beat: MedianBeat, lead: str, left: float, top: float, ink: str) -> None:
    """A lead of a median beat, QRS beginning at the same place whichever reading it is of."""
    onset_s = beat.waves["QRS"].onset_s if "QRS" in beat.waves else BEFORE_S
    time_s = np.arange(len(beat.leads_mv[lead])) / beat.rate_hz - onset_s
    (line,) = axes.plot(
        left + (time_s - _FROM_S) * SPEED_MM_PER_S,
        top + _CELL_MM[1] / 2 - beat.leads_mv[lead] * MM_PER_MV,
        color=ink,
        linewidth=0.9,
        zorder=4,
    )
    line.set_clip_path(Rectangle((left, top), *_CELL_MM, transform=axes.transData))


def _changes(axes: Axes, comparison: Comparison) -> None:
    column = Column(axes, LEFT_MM, _BEATS_LEFT_MM - 6, _TOP_MM - 4)
    column.head("Then, now, and the difference")
    for change in comparison.changes.values():
        column.write(f"{change.name}: {change.told}", 8.0)
    column.write(f"ST level: {st_words(comparison)}", 8.0)


def _findings(axes: Axes, comparison: Comparison) -> None:
    column = Column(axes, LEFT_MM, _BEATS_LEFT_MM - 6, _TOP_MM + 50, HEIGHT_MM - 9)
    for head, findings in (
        ("New", comparison.appeared),
        ("Gone", comparison.gone),
        ("As before", comparison.persisting),
    ):
        column.space(1.5)
        column.head(head)
        for found in findings:
            column.write(words.finding(found), 7.5)
        if not findings:
            column.write("None.", 7.5)
