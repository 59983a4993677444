"""Any picture goes to the reader that suits it, or is refused in words."""

from functools import cache

import cv2
import numpy as np
import pytest

from ecgmm.paper.find.picture_fault import TOO_BLURRED, TOO_DARK, picture_fault
from ecgmm.paper.layouts import Layout, Paper
from ecgmm.paper.page import Page, to_px
from ecgmm.paper.picture import Picture
from ecgmm.paper.raster import StripStyle, draw_strip
from ecgmm.paper.raster_page import paint
from ecgmm.paper.reader import read_paper
from ecgmm.paper.rows.read import SHORT_LEAD_WEIGHT
from ecgmm.paper.style import PageStyle
from ecgmm.paper.typeset import lay_out
from ecgmm.simulator import simulate

PX_PER_MM = 4.0
LAYOUT = Layout(
    "two rows",
    (("I", "aVR", "V1", "V4"), ("V2",)),
    paper=Paper(width_mm=290, height_mm=100, margin_mm=2.5, header_mm=10, footer_mm=5),
)
HOMOGRAPHY = np.array([[0.93, -0.09, 90.0], [0.1, 0.95, 30.0], [2e-5, 5e-5, 1.0]])


@cache
def printed(pulse: bool = True) -> Page:
    heart = simulate(leads=("I", "aVR", "V1", "V2", "V4"), seed=4)
    return lay_out(heart, LAYOUT, PageStyle(grid="red", pulse=pulse))


def sheet(pulse: bool = True) -> np.ndarray:
    return paint(printed(pulse), PX_PER_MM)


@cache
def photo(pulse: bool = True) -> np.ndarray:
    """A page on a brown table, from the side."""
    size = (1250, 580)
    table = np.full((size[1], size[0], 3), (120, 85, 60), np.uint8)
    cv2.warpPerspective(
        sheet(pulse), HOMOGRAPHY, size, dst=table, borderMode=cv2.BORDER_TRANSPARENT
    )
    return table


def test_a_strip_is_read_as_it_is() -> None:
    lead = simulate("N", duration_s=10.0, sampling_rate_hz=125.0, leads=("II",), seed=2)
    strip = draw_strip(lead.signal_mv[:1250, 0], StripStyle())
    picture = Picture(cv2.cvtColor(strip, cv2.COLOR_GRAY2RGB), "strip")
    np.testing.assert_array_equal(read_paper(picture).strips[0].grey, strip)


def test_a_photographed_page_gives_its_rows_on_one_clock() -> None:
    read = read_paper(Picture(photo(), "a photo"))
    assert [strip.start_s for strip in read.strips] == [0.0, 0.0]
    assert read.name == "a photo"
    assert read.faults == ()


def test_steps_next_to_a_border_between_leads_hardly_count() -> None:
    segments, rhythm = read_paper(Picture(photo())).strips
    assert segments.step_weight is not None
    assert rhythm.step_weight is not None
    hardly = np.flatnonzero(segments.step_weight < 0.1)
    for border in (62.5, 125, 187.5):
        near = hardly[np.abs(hardly - border) < 10]
        assert 4 <= len(near) <= 5
        assert near.mean() + 0.5 == pytest.approx(border, abs=1.5)
    assert len(hardly) <= 15


def test_a_row_of_one_lead_outweighs_rows_that_change_theirs() -> None:
    segments, rhythm = read_paper(Picture(photo())).strips
    assert segments.step_weight is not None
    assert rhythm.step_weight is not None
    assert segments.step_weight.max() == SHORT_LEAD_WEIGHT
    assert rhythm.step_weight.min() == 1.0


def test_a_photo_of_rows_without_pulses_is_laid_flat_and_read() -> None:
    strips = read_paper(Picture(photo(pulse=False))).strips
    assert len(strips) == 2
    for strip, row in zip(strips, printed(pulse=False).rows, strict=True):
        x_mm = row.left_mm + np.arange(0, 251, 5)
        points = to_px(np.stack([x_mm, np.full(51, row.baseline_mm)], axis=-1), PX_PER_MM)
        expected_px = cv2.perspectiveTransform(points[None], HOMOGRAPHY)[0]
        assert np.abs(strip.baseline_px - expected_px).max() < PX_PER_MM
    assert strips[0].px_per_mm[0] == pytest.approx(PX_PER_MM * 0.9, rel=0.06)


def test_a_blurred_photo_is_refused_as_blurred() -> None:
    blurred = cv2.GaussianBlur(photo(), (0, 0), 15).astype(np.uint8)
    read = read_paper(Picture(blurred))
    assert read.strips == ()
    assert read.faults == (TOO_BLURRED,)


def test_a_photo_in_the_dark_is_refused_as_dark() -> None:
    noise = np.random.default_rng(0).normal(0, 2, photo().shape)
    read = read_paper(Picture(np.clip(photo() / 40 + noise, 0, 255).astype(np.uint8)))
    assert read.strips == ()
    assert read.faults == (TOO_DARK,)


def test_blank_paper_is_not_called_blurred() -> None:
    read = read_paper(Picture(np.full((300, 400, 3), 240, np.uint8)))
    assert read.strips == ()
    assert read.faults[0] not in (TOO_BLURRED, TOO_DARK)


def test_a_bright_and_sharp_photo_has_no_fault() -> None:
    assert picture_fault(photo()) == ""


@pytest.mark.parametrize("seed", range(3))
def test_a_cat_is_no_ecg(seed: int) -> None:
    """Smooth fur: noise of all sizes."""
    rng = np.random.default_rng(seed)
    fur = sum(
        cv2.resize(rng.normal(0, size, (size, size, 3)), (900, 700)) / size for size in (4, 16, 64)
    )
    picture = np.clip(128 + 50 * fur, 0, 255).astype(np.uint8)
    read = read_paper(Picture(picture))
    assert read.strips == ()
    assert read.faults


def test_the_grid_of_a_photo_lies_on_its_printed_lines() -> None:
    grid_px = read_paper(Picture(photo())).grid_px
    assert grid_px is not None
    seen = grid_px[np.isfinite(grid_px[..., 0])]
    flat = cv2.perspectiveTransform(seen[np.newaxis], np.linalg.inv(HOMOGRAPHY))[0]
    paper, box_px = LAYOUT.paper, 5 * PX_PER_MM
    from_lines = (flat - paper.margin_mm * PX_PER_MM + box_px / 2) % box_px - box_px / 2
    assert len(seen) > 300
    assert np.median(np.abs(from_lines), axis=0).max() < 0.1 * box_px


def test_a_page_that_is_known_to_be_upright_is_not_turned() -> None:
    upside_down = Picture(np.ascontiguousarray(photo()[::-1, ::-1]))

    def runs_to_the_left(is_upright: bool) -> list[bool]:
        places = [s.baseline_px for s in read_paper(upside_down, is_upright=is_upright).strips]
        return [bool(place[-1, 0] < place[0, 0]) for place in places if place is not None]

    assert runs_to_the_left(is_upright=False) == [True, True]
    assert not any(runs_to_the_left(is_upright=True))
