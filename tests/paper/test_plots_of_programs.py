"""Plots that programs make of an ECG: boxes as on paper, with the marks of axes beside them."""

from __future__ import annotations

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from ecgmm.paper.picture import Picture
from ecgmm.paper.reader import PageReading, read_page
from ecgmm.paper.words import Word, printed_facts
from ecgmm.simulator import simulate

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
DURATION_S = 10.0
PX_PER_S, PX_PER_MV = 80.0, 32.0
LEFT_PX = 60.0
BLUE, RED, PINK = "#1f77b4", "red", "#ffb3b3"


class Plot:
    """Axes of time and voltage with a box every 0.2 s, each divided by five."""

    def __init__(self, seconds: float, highest_mv: float, lowest_mv: float, mv_a_box: float):
        width, height = PX_PER_S * seconds, PX_PER_MV * (highest_mv - lowest_mv)
        size = width + 100, height + 80
        self.figure = Figure(figsize=(size[0] / 100, size[1] / 100), dpi=100)
        self.canvas = FigureCanvasAgg(self.figure)
        self.axes = self.figure.add_axes(
            (LEFT_PX / size[0], 40 / size[1], width / size[0], height / size[1])
        )
        self.axes.set(xlim=(0, seconds), ylim=(lowest_mv, highest_mv))
        for axis, box in ((self.axes.xaxis, 0.2), (self.axes.yaxis, mv_a_box)):
            axis.set_major_locator(MultipleLocator(box))
            axis.set_minor_locator(MultipleLocator(box / 5))
        self.axes.tick_params(axis="x", labelrotation=90)
        self.axes.grid(which="major", color=RED, linewidth=0.5)
        self.axes.grid(which="minor", color=PINK, linewidth=0.5)

    def trace(self, start_s: float, middle_mv: float, signal_mv: np.ndarray) -> None:
        time_s = start_s + np.linspace(0, DURATION_S, len(signal_mv), endpoint=False)
        self.axes.plot(time_s, middle_mv + signal_mv, color=BLUE, linewidth=0.7)

    def read(self) -> PageReading:
        with matplotlib.rc_context({"font.size": 8}):
            self.canvas.draw()
        return read_page(Picture(np.asarray(self.canvas.buffer_rgba())[..., :3].copy()))


def heart(leads: tuple[str, ...] = LEADS) -> np.ndarray:
    recording = simulate(duration_s=DURATION_S, heart_rate_bpm=73.0, leads=leads, seed=3)
    return np.asarray(recording.signal_mv).T


def test_two_columns_of_the_same_seconds_begin_where_their_traces_do() -> None:
    """The numbers of the axis stand at the height of the rows, and are no part of them."""
    plot = Plot(2 * DURATION_S, 2.0, -17.0, 0.5)
    for lead, signal_mv in enumerate(heart()):
        column, row = divmod(lead, 6)
        plot.trace(DURATION_S * column, -3.0 * row, signal_mv)
        plot.axes.text(DURATION_S * column + 0.07, -3.0 * row - 0.5, LEADS[lead], fontsize=9)
    rows = plot.read().rows
    assert len(rows) == len(LEADS)
    starts_px = np.array([row.baseline_px[0, 0] for row in rows]).reshape(6, 2)
    px_per_mm = PX_PER_S / 25
    assert starts_px[:, 0] == pytest.approx(LEFT_PX, abs=2 * px_per_mm)
    assert np.diff(starts_px) == pytest.approx(DURATION_S * PX_PER_S, abs=2 * px_per_mm)


def test_lines_at_whole_millivolts_are_ten_millimetres_apart() -> None:
    plot = Plot(DURATION_S, 1.8, -1.8, 1.0)
    plot.trace(0.0, 0.0, heart(("II",))[0])
    (row,) = plot.read().rows
    assert row.strip.px_per_mm == pytest.approx((PX_PER_S / 25, PX_PER_MV / 10), rel=0.02)


def test_a_trace_in_another_colour_than_its_grid_is_cut_without_the_grid() -> None:
    plot = Plot(DURATION_S, 1.8, -1.8, 1.0)
    plot.trace(0.0, 0.0, heart(("II",))[0])
    (row,) = plot.read().rows
    assert (row.strip.grey[:, 100:900] < 200).mean() < 0.05


def test_the_marks_of_an_axis_are_no_lead_names() -> None:
    marks = [Word("I", 40.0 * place, 0.0, 40.0 * place + 4, 10.0) for place in range(20)]
    names = [
        Word(name, 0.0, 100.0 + 50 * row, 20.0, 110.0 + 50 * row) for row, name in enumerate(LEADS)
    ]
    facts = printed_facts([*marks, *names[1:]])
    assert sorted(lead.name for lead in facts.leads) == sorted(LEADS[1:])
