"""Ink is where the page says it is, whoever paints it."""

import re

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecgmm.paper.layouts import LAYOUTS, TWELVE_LEADS
from ecgmm.paper.page import LARGE_BOX_MM, to_px
from ecgmm.paper.raster_page import paint
from ecgmm.paper.style import GRID_RGB, MONITOR, REPORT, PageStyle
from ecgmm.paper.typeset import lay_out
from ecgmm.paper.vector import MM_PER_INCH, render
from ecgmm.recording import Recording
from ecgmm.simulator import simulate

FAINTEST_INK = 25
BARE = {"grid": "none", "lead_names": False, "separators": False, "header": ()}


@pytest.fixture(scope="module")
def heart():
    return simulate("NNV", duration_s=30.0, leads=TWELVE_LEADS, sampling_rate_hz=250.0)


@pytest.fixture(scope="module")
def flat():
    return Recording(np.zeros((2000, 1), np.float32), 200.0, ("II",))


def darkness(picture):
    return 255.0 - cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


def distances_to_ink(picture, points_px):
    """How far each point is from the nearest pixel that holds ink; points outside are left out."""
    blank = (darkness(picture) < FAINTEST_INK).astype(np.uint8)
    distance = cv2.distanceTransform(blank, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    pixels = np.rint(points_px).astype(int)
    inside = (pixels >= 0).all(axis=1) & (pixels < np.array(picture.shape[1::-1])).all(axis=1)
    x, y = pixels[inside].T
    return distance[y, x]


def all_points(page):
    return np.concatenate([trace.points_mm for row in page.rows for trace in row.traces])


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_sample_has_ink_within_a_pixel(heart, name):
    page = lay_out(heart, LAYOUTS[name], PageStyle(**BARE))
    distances = distances_to_ink(paint(page, 4.0), to_px(all_points(page), 4.0))
    assert len(distances) > 2000
    assert distances.max() <= 1.0


@settings(max_examples=15, deadline=None)
@given(
    px_per_mm=st.floats(2.5, 9.0),
    gain=st.floats(3.0, 25.0),
    speed=st.floats(12.5, 60.0),
    width_mm=st.floats(0.25, 0.8),
)
def test_ink_follows_the_samples_at_any_scale(heart, px_per_mm, gain, speed, width_mm):
    style = PageStyle(
        speed_mm_per_s=speed,
        gain_mm_per_mv=gain,
        trace_width_mm=width_mm,
        ink_rgb=(0, 0, 0),
        **BARE,
    )
    page = lay_out(heart, LAYOUTS["strip"], style)
    points_px = to_px(all_points(page), px_per_mm)
    assert distances_to_ink(paint(page, px_per_mm), points_px).max() <= 1.0


@pytest.mark.parametrize("px_per_mm", [3.0, 4.0, 5.9, 8.0, 11.3])
def test_a_flat_line_lies_on_its_baseline_to_a_tenth_of_a_pixel(flat, px_per_mm):
    page = lay_out(flat, LAYOUTS["strip"], PageStyle(pulse=False, **BARE))
    column = darkness(paint(page, px_per_mm))[:, round(120 * px_per_mm)]
    centre = (column * np.arange(len(column))).sum() / column.sum()
    assert centre == pytest.approx(page.rows[0].baseline_mm * px_per_mm - 0.5, abs=0.1)


@pytest.mark.parametrize("width_mm", [0.1, 0.2, 0.35, 0.5, 0.8, 1.5])
def test_a_line_is_about_as_thick_as_asked_for(flat, width_mm):
    style = PageStyle(trace_width_mm=width_mm, ink_rgb=(0, 0, 0), pulse=False, **BARE)
    column = darkness(paint(lay_out(flat, LAYOUTS["strip"], style), 8.0))[:, 960]
    assert column.sum() / 255 == pytest.approx(8.0 * width_mm, rel=0.12)


def grid_lines_px(picture, across):
    """Middles of the dark lines along one side, each weighed by its ink."""
    profile = darkness(picture).mean(axis=across)
    profile = np.maximum(profile - np.median(profile) - 1, 0)
    edges = np.flatnonzero(np.diff((profile > 0).astype(int)))
    groups = edges.reshape(-1, 2) + 1
    return np.array([np.average(np.arange(a, b), weights=profile[a:b]) for a, b in groups])


@pytest.mark.parametrize("colour", [name for name in GRID_RGB if name != "none"])
@pytest.mark.parametrize("px_per_mm", [4.0, 5.905, 12.0])
def test_the_grid_is_to_scale_in_every_colour(flat, colour, px_per_mm):
    style = PageStyle(**BARE | {"grid": colour, "small_boxes": False}, pulse=False)
    page = lay_out(flat, LAYOUTS["strip"], style)
    picture = paint(page, px_per_mm)
    picture = picture[: round((page.rows[0].baseline_mm - 2) * px_per_mm)]
    lines_px = grid_lines_px(picture, across=0)
    expected = page.grid.columns_mm(LARGE_BOX_MM) * px_per_mm - 0.5
    np.testing.assert_allclose(lines_px, expected, atol=0.1)


def test_without_a_grid_the_paper_is_blank(flat):
    page = lay_out(flat, LAYOUTS["strip"], PageStyle(**BARE))
    above = paint(page, 4.0)[: round((page.rows[0].baseline_mm - 12) * 4)]
    assert (above == 255).all()


def test_a_monitor_draws_light_on_dark(flat):
    picture = paint(lay_out(flat, LAYOUTS["strip"], MONITOR), 4.0)
    assert np.median(picture) < 20
    assert picture[..., 1].max() > 200


def test_the_same_page_is_painted_the_same_way(heart):
    page = lay_out(heart, LAYOUTS["3x4+1"])
    np.testing.assert_array_equal(paint(page, 3.0), paint(page, 3.0))


def test_both_painters_print_the_same_page(heart):
    page = lay_out(heart, LAYOUTS["3x4+1"], REPORT)
    px_per_mm = 4.0
    file = np.frombuffer(render(page, "png", dpi=px_per_mm * MM_PER_INCH), np.uint8)
    by_matplotlib = darkness(cv2.cvtColor(cv2.imdecode(file, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB))
    by_opencv = darkness(paint(page, px_per_mm))
    assert by_matplotlib.shape == by_opencv.shape
    softened = [cv2.GaussianBlur(p, (0, 0), 1.0).ravel() for p in (by_matplotlib, by_opencv)]
    assert np.corrcoef(softened)[0, 1] > 0.97


def test_matplotlib_puts_every_sample_within_a_pixel(heart):
    page = lay_out(heart, LAYOUTS["strip"], PageStyle(**BARE))
    file = np.frombuffer(render(page, "png", dpi=6 * MM_PER_INCH), np.uint8)
    picture = cv2.cvtColor(cv2.imdecode(file, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    assert distances_to_ink(picture, to_px(all_points(page), 6.0)).max() <= 1.0


def test_a_pdf_prints_at_its_true_size(flat):
    page = lay_out(flat, LAYOUTS["strip"])
    width, height = re.search(
        rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+) ?\]", render(page, "pdf")
    ).groups()
    assert float(width) / 72 * MM_PER_INCH == pytest.approx(page.width_mm, abs=0.1)
    assert float(height) / 72 * MM_PER_INCH == pytest.approx(page.height_mm, abs=0.1)


def test_an_svg_is_the_same_file_every_time_and_keeps_its_text(flat):
    page = lay_out(flat, LAYOUTS["strip"])
    first = render(page, "svg")
    assert first == render(page, "svg")
    assert b"25 mm/s" in first
