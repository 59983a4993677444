"""What machines print on rows beside the trace: pulses, what parts leads, gaps, frames, dots."""

from typing import get_args

import numpy as np
import pytest

from ecgmm.paper.layouts import LAYOUTS, TWELVE_LEADS
from ecgmm.paper.page import Page
from ecgmm.paper.raster_page import paint
from ecgmm.paper.style import SPEEDS_MM_PER_S, STYLES, PageStyle, PulsePlace, Separator
from ecgmm.paper.typeset import lay_out
from ecgmm.paper.vector import MM_PER_INCH, render
from ecgmm.recording import Recording


def flat_page(layout: str = "3x4+1", **style) -> Page:
    signal_mv = np.zeros((3000, len(TWELVE_LEADS)), np.float32)
    return lay_out(Recording(signal_mv, 100.0, TWELVE_LEADS), LAYOUTS[layout], PageStyle(**style))


def inked(page: Page, x_mm: float, y_mm: float, px_per_mm: float = 10.0) -> bool:
    """Whether there is ink within a fifth of a millimetre of a place."""
    dark = paint(page, px_per_mm).min(axis=2) < 100
    x, y = round(x_mm * px_per_mm), round(y_mm * px_per_mm)
    return bool(dark[y - 2 : y + 3, x - 2 : x + 3].any())


@pytest.mark.parametrize("speed", SPEEDS_MM_PER_S)
@pytest.mark.parametrize("place", get_args(PulsePlace))
def test_a_pulse_lies_on_the_grid_wherever_it_is(place, speed):
    page = flat_page(pulse_at=place, speed_mm_per_s=speed)
    for row in page.rows:
        x_mm = row.pulse_mm[:, 0]
        assert page.grid.left_mm <= x_mm.min() < x_mm.max() <= page.grid.right_mm
        assert x_mm[3] - x_mm[2] == pytest.approx(0.2 * speed)


def test_a_pulse_at_the_right_stands_behind_the_row():
    for row in flat_page(pulse_at="right").rows:
        assert row.pulse_mm[:, 0].min() > row.right_mm


def test_the_trace_makes_room_for_a_pulse_in_the_middle_of_the_row():
    for row in flat_page(pulse_at="middle").rows:
        first, last = row.pulse_mm[:, 0].min(), row.pulse_mm[:, 0].max()
        assert row.left_mm < first < last < row.right_mm
        x_mm, y_mm = np.concatenate([trace.points_mm for trace in row.traces]).T
        assert np.isnan(y_mm[(x_mm > first + 0.3) & (x_mm < last - 0.3)]).all()
        assert np.isfinite(y_mm[(x_mm < first) | (x_mm > last)]).all()


def test_a_pulse_in_a_box_is_framed():
    page = flat_page(pulse_at="box")
    assert len(page.frame_mm) == len(page.rows)
    for frame, row in zip(page.frame_mm, page.rows, strict=True):
        assert (frame.min(axis=0) < row.pulse_mm.min(axis=0)).all()
        assert (frame.max(axis=0) > row.pulse_mm.max(axis=0)).all()


def test_a_narrow_pulse_is_two_millimetres_wide():
    pulse_mm = flat_page(pulse_s=0.08).rows[0].pulse_mm
    assert pulse_mm[3, 0] - pulse_mm[2, 0] == pytest.approx(2.0)


@pytest.mark.parametrize("separator", get_args(Separator))
def test_leads_are_parted_where_they_change_and_nowhere_else(separator):
    page = flat_page(separator=separator)
    changes_mm = {round(float(t.points_mm[0, 0]), 3) for t in page.rows[0].traces[1:]}
    assert set(np.round(page.separators_mm[:, :, 0], 3).ravel().tolist()) == changes_mm
    assert not len(flat_page(separator=separator, separators=False).separators_mm)


def test_ticks_leave_the_trace_free():
    page = flat_page(separator="ticks")
    row = page.rows[0]
    x_mm = float(row.traces[1].points_mm[0, 0])
    assert inked(page, x_mm, row.baseline_mm - 3.5)
    assert not inked(page, x_mm, row.baseline_mm - 1.2)
    assert inked(page, x_mm, row.baseline_mm + 3.5)


def test_a_column_line_goes_through_all_rows_that_change_and_leaves_the_rhythm_row():
    page = flat_page(separator="column")
    x_mm = float(page.rows[0].traces[1].points_mm[0, 0])
    between_mm = (page.rows[0].baseline_mm + page.rows[1].baseline_mm) / 2
    assert inked(page, x_mm, between_mm)
    assert not inked(page, x_mm, page.rows[3].baseline_mm - 2)


def test_a_gap_is_left_around_a_change_of_lead():
    row = flat_page(gap_mm=4.0).rows[0]
    x_mm, y_mm = np.concatenate([trace.points_mm for trace in row.traces]).T
    change_mm = row.traces[1].points_mm[0, 0]
    near = np.abs(x_mm - change_mm)
    assert np.isnan(y_mm[near < 1.9]).all()
    assert np.isfinite(y_mm[(near > 2.1) & (near < 20)]).all()


def test_a_frame_runs_around_the_grid():
    page = flat_page(frame=True, grid="none")
    assert inked(page, page.grid.left_mm, page.grid.bottom_mm - 30)
    assert not inked(flat_page(grid="none"), page.grid.left_mm, page.grid.bottom_mm - 30)


@pytest.mark.parametrize("painted", ["raster", "vector"])
@pytest.mark.parametrize("kind", ["dots", "dots in boxes"])
def test_dots_stand_where_small_boxes_meet(painted, kind):
    page = flat_page(grid="black", grid_kind=kind, grid_strength=1.0, grid_width_mm=0.3)
    if painted == "raster":
        px_per_mm, picture = 10.0, paint(page, 10.0)
    else:
        import cv2

        px_per_mm = 254 / MM_PER_INCH
        picture = cv2.imdecode(np.frombuffer(render(page, "png", 254), np.uint8), cv2.IMREAD_COLOR)
    x = round((page.grid.left_mm + 41) * px_per_mm)
    y = round((page.grid.bottom_mm - 13) * px_per_mm)
    assert picture[y - 1 : y + 1, x - 1 : x + 1].max() < 90
    assert picture[y - 1 : y + 1, x + 4 : x + 6].min() == 255
    assert picture[y + 4 : y + 6, x - 1 : x + 1].min() == 255


def test_large_boxes_around_dots_have_lines():
    page = flat_page(grid="black", grid_kind="dots in boxes", grid_strength=1.0)
    x_mm, y_mm = page.grid.left_mm + 40, page.grid.bottom_mm - 12.5
    assert inked(page, x_mm, y_mm)
    assert not inked(flat_page(grid="black", grid_kind="dots", grid_strength=1.0), x_mm, y_mm)


def test_capital_lead_names_are_printed_where_the_machine_does():
    texts = [label.text for label in flat_page(names_in_capitals=True).labels]
    assert "AVR" in texts
    assert "aVR" not in texts


def test_the_scale_is_said_as_the_machine_says_it():
    page = flat_page(scale_text="{speed}mm/s {gain}mm/mV", gain_mm_per_mv=5.0)
    assert page.labels[-1].text == "25mm/s 5mm/mV"


@pytest.mark.parametrize("name", STYLES)
def test_every_named_style_prints_a_page(name):
    signal_mv = np.zeros((3000, len(TWELVE_LEADS)), np.float32)
    page = lay_out(Recording(signal_mv, 100.0, TWELVE_LEADS), LAYOUTS["6x2+1"], STYLES[name])
    assert np.ptp(paint(page, 4.0)) > 80
