from functools import cache

import cv2
import numpy as np
import pytest

from ecgmm.paper.layouts import Layout, Paper
from ecgmm.paper.page import Page, to_px
from ecgmm.paper.picture import Picture
from ecgmm.paper.raster_page import paint
from ecgmm.paper.reader import PageReading, read_page
from ecgmm.paper.style import PageStyle
from ecgmm.paper.typeset import lay_out
from ecgmm.simulator import simulate

PX_PER_MM = 4.0
LAYOUT = Layout(
    "test page",
    (("I", "aVR", "V1", "V4"), ("V2",)),
    paper=Paper(width_mm=290, height_mm=100, margin_mm=2.5, header_mm=10, footer_mm=5),
)
HOMOGRAPHY = np.array([[0.93, -0.09, 90.0], [0.1, 0.95, 30.0], [2e-5, 5e-5, 1.0]])


@cache
def page(small_boxes: bool = False) -> Page:
    heart = simulate(leads=("I", "aVR", "V1", "V2", "V4"), seed=4)
    return lay_out(heart, LAYOUT, PageStyle(grid="red", small_boxes=small_boxes))


@cache
def photo(small_boxes: bool = False) -> np.ndarray:
    """A page on a brown table, from the side."""
    sheet = paint(page(small_boxes), PX_PER_MM)
    size = (1250, 580)
    table = np.full((size[1], size[0], 3), (120, 85, 60), np.uint8)
    cv2.warpPerspective(sheet, HOMOGRAPHY, size, dst=table, borderMode=cv2.BORDER_TRANSPARENT)
    return table


@cache
def reading(small_boxes: bool = False) -> PageReading:
    return read_page(Picture(photo(small_boxes), "a page"))


def printed_px(row: int) -> np.ndarray:
    """`[51, 2]` points along the baseline of a printed row, in the photo."""
    printed = page().rows[row]
    x_mm = printed.left_mm + np.arange(0, 251, 5)
    points = to_px(np.stack([x_mm, np.full(51, printed.baseline_mm)], axis=-1), PX_PER_MM)
    return cv2.perspectiveTransform(points[None], HOMOGRAPHY)[0]


@pytest.mark.parametrize("small_boxes", [False, True])
def test_rows_are_found_where_they_are_printed_to_half_a_millimetre(small_boxes):
    rows = reading(small_boxes).rows
    assert len(rows) == 2
    for number, row in enumerate(rows):
        error_mm = np.linalg.norm(row.baseline_px - printed_px(number), axis=1) / PX_PER_MM
        assert error_mm.max() < 0.5


def test_the_scale_of_a_row_is_right_to_one_percent():
    for number, row in enumerate(reading().rows):
        length_px = np.linalg.norm(np.diff(printed_px(number), axis=0), axis=1).sum()
        assert row.strip.px_per_mm[0] == pytest.approx(length_px / 250, rel=0.01)


def test_rhythm_rows_are_told_from_rows_that_change_their_lead():
    assert [row.leads for row in reading().rows] == [4, 1]


def test_a_strip_shows_the_samples_where_the_time_grid_wants_them():
    """Sample `i` of a lead is in column `0.8 i`, 40 px a millivolt above the middle."""
    strip = reading().rows[1].strip.grey.astype(float)
    trace = page().rows[1].traces[0]
    x = (trace.points_mm[:, 0] - page().rows[1].left_mm) * 4
    y = 80 + (trace.points_mm[:, 1] - page().rows[1].baseline_mm) * 4
    inside = (x > 5) & (x < 995)
    at_trace = cv2.remap(
        strip, x[inside].astype(np.float32), y[inside].astype(np.float32), cv2.INTER_LINEAR
    )
    assert strip.shape == (160, 1000)
    assert np.median(at_trace) < np.median(strip) - 50


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_pages_upside_down_and_sideways_read_the_same(turns):
    turned = read_page(Picture(np.ascontiguousarray(np.rot90(photo(), turns))))
    assert turned.quarter_turns == turns
    assert [row.leads for row in turned.rows] == [4, 1]
    for row, upright in zip(turned.rows, reading().rows, strict=True):
        difference = row.strip.grey.astype(float) - upright.strip.grey
        assert np.abs(difference).mean() < 6


def test_a_row_that_is_mostly_cut_off_is_refused_and_the_others_are_read():
    lower_half_away = photo()[:390].copy()
    lower_half_away[300:, 450:] = (120, 85, 60)
    first, second = read_page(Picture(lower_half_away)).rows
    assert not first.refusal
    assert "in the picture" in second.refusal


def test_a_refused_row_is_no_strip_but_a_fault():
    lower_half_away = photo()[:390].copy()
    lower_half_away[300:, 450:] = (120, 85, 60)
    strips = read_page(Picture(lower_half_away, "half a page")).strips
    assert len(strips.strips) == 1
    assert strips.faults[0].startswith("Row 2: only")
    assert [row.reason for row in strips.refused] == [strips.faults[0]]
    assert strips.refused[0].baseline_px.shape == (51, 2)
    assert strips.name == "half a page"


def test_a_picture_without_a_grid_is_refused():
    grey = np.full((400, 600, 3), 200, np.uint8)
    (fault,) = read_page(Picture(grey)).faults
    assert "No grid of ECG paper" in fault


def test_blank_millimetre_paper_is_refused():
    blank = np.full((500, 900, 3), 245, np.uint8)
    blank[::20] = blank[:, ::20] = (210, 120, 120)
    read = read_page(Picture(blank))
    assert not read.rows
    assert "no row of ECG" in read.faults[0]
