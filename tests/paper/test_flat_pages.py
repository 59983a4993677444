"""Flat pages of several rows: every layout, any grid or none, any scale, paper or screen."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.options import PageOptions
from ecgmm.paper.page import Page, to_px
from ecgmm.paper.picture import Picture
from ecgmm.paper.raster_page import paint
from ecgmm.paper.reader import PageReading, read_page, read_paper
from ecgmm.paper.style import MONITOR, REPORT, WATCH, PageStyle
from ecgmm.paper.typeset import lay_out
from ecgmm.simulator import simulate

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
PX_PER_MM = 4.0


def page_of(layout: str, style: PageStyle = REPORT, heart_rate_bpm: float = 73.0) -> Page:
    heart = simulate(duration_s=30.0, heart_rate_bpm=heart_rate_bpm, leads=LEADS, seed=3)
    return lay_out(heart, LAYOUTS[layout], style)


def read(page: Page, px_per_mm: float = PX_PER_MM) -> PageReading:
    return read_page(Picture(paint(page, px_per_mm)))


def assert_rows_are_where_they_were_printed(
    reading: PageReading, page: Page, px_per_mm: float = PX_PER_MM
) -> None:
    """Each within 1 mm at both ends, and 1 mm of its baseline."""
    assert len(reading.rows) == len(page.rows), reading.faults
    step_mm = 0.2 * page.style.speed_mm_per_s
    for found, printed in zip(reading.rows, page.rows, strict=True):
        x_mm = np.arange(printed.left_mm, printed.right_mm + 0.1, step_mm)
        points_mm = np.stack([x_mm, np.full(len(x_mm), printed.baseline_mm)], axis=-1)
        error_px = found.baseline_px[: len(x_mm)] - to_px(points_mm, px_per_mm)
        assert np.abs(error_px).max() < px_per_mm
        assert found.strip.start_s == pytest.approx(printed.start_s, abs=0.04)


@pytest.mark.parametrize("layout", ["3x4", "3x4+1", "3x4+3", "6x2", "12x1", "strip"])
def test_every_row_of_every_layout_is_found(layout: str) -> None:
    page = page_of(layout)
    reading = read(page)
    assert_rows_are_where_they_were_printed(reading, page)
    assert reading.faults == ()
    for row in reading.rows:
        assert row.strip.px_per_mm == pytest.approx((PX_PER_MM, PX_PER_MM), rel=5e-3)


@pytest.mark.parametrize("grid", ["grey", "blue", "green"])
@pytest.mark.parametrize("small_boxes", [True, False], ids=["1 mm", "5 mm"])
def test_grids_of_any_colour_and_pitch(grid: str, small_boxes: bool) -> None:
    page = page_of("3x4+1", replace(REPORT, grid=grid, small_boxes=small_boxes))
    assert_rows_are_where_they_were_printed(read(page), page)


@pytest.mark.parametrize("layout", ["3x4+1", "12x1", "strip"])
def test_a_page_without_grid_is_measured_by_its_rows_and_says_so(layout: str) -> None:
    page = page_of(layout, replace(REPORT, grid="none"))
    reading = read(page)
    assert_rows_are_where_they_were_printed(reading, page)
    assert "No grid" in reading.faults[0]


def test_a_monitors_screen_without_grid_and_pulse() -> None:
    page = page_of("3x4", MONITOR)
    reading = read(page)
    assert_rows_are_where_they_were_printed(reading, page)
    assert np.median(reading.rows[0].strip.grey) > 200
    assert reading.faults == ("No grid of ECG paper was found: each row was taken as 10 s wide.",)


def test_a_scale_that_nothing_tells_is_assumed_and_said() -> None:
    page = page_of("3x4", MONITOR)
    picture = paint(page, PX_PER_MM)
    footer_px = round((page.rows[-1].baseline_mm + 15) * PX_PER_MM)
    picture[footer_px:] = MONITOR.paper_rgb
    picture[: round(10 * PX_PER_MM)] = MONITOR.paper_rgb
    reading = read_page(Picture(picture))
    assert len(reading.rows) == len(page.rows)
    assert any("25 mm/s and 10 mm/mV are assumed" in fault for fault in reading.faults)


@pytest.mark.parametrize("style", [WATCH, REPORT], ids=["its own print", "printed with pulses"])
def test_rows_of_a_wrist_device_go_on_one_after_the_other(style: PageStyle) -> None:
    page = page_of("watch", style)
    assert [row.start_s for row in page.rows] == [0.0, 10.0, 20.0]
    assert_rows_are_where_they_were_printed(read(page), page)


@pytest.mark.parametrize(("speed", "gain"), [(50.0, 10.0), (25.0, 5.0), (25.0, 20.0), (50.0, 20.0)])
def test_the_reference_pulse_tells_speed_and_gain(speed: float, gain: float) -> None:
    page = page_of("3x4+1", replace(REPORT, speed_mm_per_s=speed, gain_mm_per_mv=gain))
    reading = read(page)
    assert_rows_are_where_they_were_printed(reading, page)
    assert f"{speed:g} mm/s and {gain:g} mm/mV" in reading.faults[0]
    assert reading.rows[0].strip.duration_s == pytest.approx(250 / speed, abs=0.05)


def test_a_speed_that_is_stated_overrules_the_print_and_is_told_as_stated() -> None:
    page = page_of("3x4+1")
    reading = read_page(Picture(paint(page, PX_PER_MM)), options=PageOptions(speed_mm_per_s=50.0))
    assert reading.faults == ("Read at 50 mm/s and 10 mm/mV, as was stated.",)
    assert reading.rows[-1].strip.duration_s == pytest.approx(5.0, abs=0.05)


def test_strips_are_alike_whatever_the_scale_of_the_page() -> None:
    usual, large = (
        read(
            page_of("3x4", replace(REPORT, gain_mm_per_mv=gain, grid="none", lead_names=False)), 5.0
        )
        for gain in (10.0, 20.0)
    )
    for row, same_row in zip(usual.rows, large.rows, strict=True):
        thick = cv2.erode(same_row.strip.grey, np.ones((7, 7), np.uint8)) < 160
        ink = row.strip.grey < 100
        assert thick[ink].mean() > 0.95


def test_the_reference_pulse_is_left_out_of_the_strip() -> None:
    page = page_of("6x2", replace(REPORT, lead_names=False))
    for row in read(page).rows:
        first_100_ms = row.strip.grey[:, :10]
        assert first_100_ms[:60].min() > 100


def test_a_crooked_scan_without_grid_is_straightened() -> None:
    page = page_of("6x2", replace(REPORT, grid="none"))
    picture = paint(page, PX_PER_MM)
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -1.2, 1.0)
    crooked = cv2.warpAffine(picture, turn, (width, height), borderValue=(255, 255, 255))
    reading = read_page(Picture(crooked.astype(np.uint8)))
    for found, printed in zip(reading.rows, page.rows, strict=True):
        left_mm = np.array([printed.left_mm, printed.baseline_mm])
        left_px = turn @ np.append(to_px(left_mm, PX_PER_MM), 1.0)
        assert np.linalg.norm(found.baseline_px[0] - left_px) < PX_PER_MM


def test_paper_photographed_aslant_is_laid_flat() -> None:
    picture = paint(page_of("3x4+1"), PX_PER_MM)
    height, width = picture.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    seen = corners + np.array([(60, 30), (0, 0), (-20, -10), (0, 0)], np.float32)
    aslant = cv2.warpPerspective(
        picture, cv2.getPerspectiveTransform(corners, seen), (width, height)
    )
    assert len(read_page(Picture(aslant.astype(np.uint8))).rows) == 4


def test_a_page_without_grid_photographed_aslant_is_refused() -> None:
    sheet = paint(page_of("3x4+1", replace(REPORT, grid="none")), PX_PER_MM)
    aslant = np.array([[0.93, 0.02, 20.0], [0.11, 0.95, 10.0], [2e-5, 8e-5, 1.0]])
    photo = cv2.warpPerspective(sheet, aslant, sheet.shape[1::-1], borderValue=(255, 255, 255))
    read = read_paper(Picture(photo.astype(np.uint8)))
    assert not read.strips
    assert "do not lie level" in read.faults[0]


def test_a_page_of_text_is_refused() -> None:
    page = np.full((900, 1300, 3), 255, np.uint8)
    for line in range(60, 880, 40):
        text = "No trace runs along these lines of words, however long they are. " * 2
        cv2.putText(page, text, (30, line), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 0, 0), 1)
    assert read_page(Picture(page)).rows == ()


def test_an_empty_form_is_refused() -> None:
    page = replace(page_of("3x4+1"), rows=(), separators_mm=np.empty((0, 2, 2)))
    assert read(page).rows == ()


def test_a_dark_picture_is_refused_as_too_dark() -> None:
    dark = (paint(page_of("3x4"), 3.0) // 8).astype(np.uint8)
    (fault,) = read_paper(Picture(dark)).faults
    assert fault.startswith("Too dark")


def test_a_page_cut_off_at_its_side_says_how_long_its_rows_are() -> None:
    page = page_of("3x4")
    picture = paint(page, PX_PER_MM)[:, : round((page.rows[0].left_mm + 150) * PX_PER_MM)]
    reading = read_page(Picture(np.ascontiguousarray(picture)))
    assert [row.strip.duration_s for row in reading.rows] == pytest.approx([6.0] * 3, abs=0.1)


def test_a_covered_reference_pulse_is_left_out_and_said() -> None:
    page = page_of("strip", replace(REPORT, grid="none"))
    picture = paint(page, PX_PER_MM)
    pulse_px = to_px(page.rows[0].pulse_mm, PX_PER_MM).round().astype(int)
    picture[pulse_px[2, 1] - 4 : pulse_px[0, 1] - 4, pulse_px[0, 0] : pulse_px[-1, 0] + 4] = 255
    reading = read_page(Picture(with_grid(picture)))
    assert_rows_are_where_they_were_printed(reading, page)
    assert any("covered reference pulse" in fault for fault in reading.faults)


def with_grid(picture: np.ndarray) -> np.ndarray:
    """Lines every millimetre, the fifth ones heavier, under what is on the picture."""
    lines = np.full_like(picture, 255)
    for step_mm, colour in ((1, (255, 205, 205)), (5, (240, 150, 150))):
        places = slice(0, None, round(step_mm * PX_PER_MM))
        lines[places] = lines[:, places] = colour
    return np.minimum(picture, lines)
