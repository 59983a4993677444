"""A row that is set by hand is read as what it is: its reference pulse is no beat there either."""

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from peak_runtime import PeakRuntime

from ecgmm.analysis.analyze import analyze_source
from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.options import NOTHING_STATED, PageOptions
from ecgmm.paper.page import Row as Row
from ecgmm.paper.page import to_px
from ecgmm.paper.picture import Picture
from ecgmm.paper.raster_page import paint
from ecgmm.paper.strips import PaperStrips
from ecgmm.paper.style import REPORT
from ecgmm.paper.typeset import lay_out
from ecgmm.simulator import simulate
from ecgmm.web.correction import Corners, Correction, read_corrected

PX_PER_MM = 6.0
BARE = replace(REPORT, lead_names=False, trace_width_mm=0.5)
Shows = Literal["page", "row"]


def corners_of(row: Row, left_mm: float) -> Corners:
    """Those of a row from somewhere before its first second to its end."""
    top_mm, bottom_mm = row.baseline_mm - 16, row.baseline_mm + 16
    ends_mm = ((left_mm, top_mm), (row.right_mm, top_mm), (row.right_mm, bottom_mm))
    corners_mm = np.array([*ends_mm, (left_mm, bottom_mm)])
    return tuple((float(x), float(y)) for x, y in to_px(corners_mm, PX_PER_MM))


def first_beat_s(paper: PaperStrips, start_mm: float) -> float:
    """When the first beat is read, counted from somewhere on the page."""
    reading = analyze_source(paper, PeakRuntime())
    begins_mm = float(np.asarray(paper.strips[0].baseline_px)[0, 0]) / PX_PER_MM
    return reading.beats[0].time_s + (begins_mm - start_mm) / 25


@pytest.mark.parametrize("shows", ["page", "row"])
@pytest.mark.parametrize("before_mm", [0.0, 4.0, 7.5, 10.0, 13.0])
def test_wherever_an_edge_cuts_the_pulse_it_is_no_beat(shows: Shows, before_mm: float) -> None:
    heart = simulate(duration_s=10.0, leads=("II",), seed=3)
    page = lay_out(heart, LAYOUTS["strip"], BARE)
    (row,) = page.rows
    picture = Picture(paint(page, PX_PER_MM))
    corners = corners_of(row, row.left_mm - before_mm)
    duration_s = None if shows == "page" else 10.0 + before_mm / 25
    found = read_corrected(picture, Correction(corners, shows, duration_s))
    assert heart.annotations is not None
    true_s = heart.annotations.beat_samples[0] / heart.sampling_rate_hz
    assert first_beat_s(found, row.left_mm) == pytest.approx(true_s, abs=0.1)


def test_what_is_stated_of_the_paper_holds_for_a_row_set_by_hand() -> None:
    heart = simulate(duration_s=10.0, leads=("II",), seed=3)
    page = lay_out(heart, LAYOUTS["strip"], replace(BARE, gain_mm_per_mv=5.0))
    (row,) = page.rows
    picture = Picture(paint(page, PX_PER_MM))
    correction = Correction(corners_of(row, row.left_mm), "row", 10.0)
    small, whole = (
        int(np.ptp(np.nonzero(strip.grey < 100)[0]))
        for options in (NOTHING_STATED, PageOptions(gain_mm_per_mv=5.0))
        for strip in read_corrected(picture, correction, options).strips
    )
    assert whole == pytest.approx(2 * small, rel=0.1)


def test_the_pulse_at_the_left_end_of_a_row_set_by_hand_does_not_count() -> None:
    heart = simulate(duration_s=10.0, leads=("II",), seed=3)
    page = lay_out(heart, LAYOUTS["strip"], REPORT)
    (row,) = page.rows
    left_mm = float(row.pulse_mm[0, 0])
    corners_mm = np.array(
        [
            (left_mm, row.baseline_mm - 20),
            (row.right_mm, row.baseline_mm - 20),
            (row.right_mm, row.baseline_mm + 20),
            (left_mm, row.baseline_mm + 20),
        ]
    )
    corners = tuple((float(x), float(y)) for x, y in to_px(corners_mm, PX_PER_MM))
    duration_s = (row.right_mm - left_mm) / 25
    correction = Correction(corners, shows="row", duration_s=duration_s)
    first, *_ = read_corrected(Picture(paint(page, PX_PER_MM)), correction).strips
    assert first.step_weight is not None
    rise_step, fall_step = ((row.pulse_mm[[1, 2], 0] - left_mm) / 25 / 0.04).astype(int)
    assert not first.step_weight[rise_step : fall_step + 1].any()
    assert first.step_weight[fall_step + 8 :].all()
