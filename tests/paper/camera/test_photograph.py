"""Whatever happens to the paper, it is known where every point of it went."""

import pickle

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ecgmm.paper.camera import FAMILIES, PRESETS, photograph
from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.page import to_px
from ecgmm.paper.raster_page import paint
from ecgmm.paper.style import PageStyle
from ecgmm.paper.typeset import lay_out
from ecgmm.simulator import simulate

PX_PER_MM = 2.0
GEOMETRY = ("folds", "wrinkles", "curl", "perspective", "lens")
DOT_PITCH_PX = 32
SEEDS = st.integers(0, 2**32)


@pytest.fixture(scope="module")
def dots():
    """A sheet of A5 with dots all over it, and where they are."""
    sheet = np.full((296, 420, 3), 255, np.uint8)
    x, y = np.meshgrid(
        np.arange(20, sheet.shape[1] - 10, DOT_PITCH_PX),
        np.arange(20, sheet.shape[0] - 10, DOT_PITCH_PX),
    )
    places = np.stack([x.ravel(), y.ravel()], axis=-1)
    for place in places:
        cv2.circle(sheet, place.tolist(), 4, (0, 0, 0), -1, cv2.LINE_AA)
    return sheet, places.astype(float)


def well_inside(points_px, picture, border_px=12):
    size = np.array(picture.shape[1::-1])
    return ((points_px > border_px) & (points_px < size - border_px)).all(axis=1)


def centre_of_ink(picture, place):
    """The middle of the black blob around a place; what is shaded is lighter than ink."""
    x, y = np.rint(place).astype(int)
    around = picture[y - 10 : y + 11, x - 10 : x + 11].astype(float)
    ink = np.maximum(0.4 * np.median(around) - around, 0)
    rows, columns = np.mgrid[-10:11, -10:11]
    return np.array([x + (ink * columns).sum() / ink.sum(), y + (ink * rows).sum() / ink.sum()])


def largest_miss_px(photo, places):
    grey = cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY)
    expected = photo.map_points(places)
    expected = expected[well_inside(expected, grey)]
    assert len(expected) > 0.5 * len(places)
    return max(np.linalg.norm(centre_of_ink(grey, place) - place) for place in expected)


@pytest.mark.parametrize("family", GEOMETRY)
@pytest.mark.parametrize("severity", [0.3, 1.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_every_dot_is_where_the_map_says_after_each_fault_of_geometry(dots, family, severity, seed):
    sheet, places = dots
    photo = photograph(sheet, PX_PER_MM, [FAMILIES[family].at_severity(severity)], seed)
    assert largest_miss_px(photo, places) < 0.6


@settings(max_examples=6, deadline=None)
@example(severities=[0.0, 0.75, 0.0, 0.5, 0.0], seed=48)
@given(
    severities=st.lists(st.floats(0, 0.9), min_size=len(GEOMETRY), max_size=len(GEOMETRY)),
    seed=SEEDS,
)
def test_every_dot_is_where_the_map_says_after_all_of_them(dots, severities, seed):
    sheet, places = dots
    faults = [FAMILIES[f].at_severity(s) for f, s in zip(GEOMETRY, severities, strict=True)]
    photo = photograph(sheet, PX_PER_MM, faults, seed, frame_px=(450, 350))
    assert largest_miss_px(photo, places) < 1.0


@pytest.mark.parametrize("frame_px", [(380, 290), (600, 280), (400, 600)])
def test_the_map_holds_in_photos_of_another_size(dots, frame_px):
    sheet, places = dots
    photo = photograph(
        sheet, PX_PER_MM, [FAMILIES["perspective"].at_severity(0.5)], 3, frame_px=frame_px
    )
    assert photo.pixels.shape == (frame_px[1], frame_px[0], 3)
    assert largest_miss_px(photo, places) < 0.8


def test_the_map_follows_a_picture_that_was_made_smaller(dots):
    sheet, places = dots
    faults = [FAMILIES["low_resolution"](shrink=1.25), FAMILIES["perspective"].at_severity(0.3)]
    photo = photograph(sheet, PX_PER_MM, faults)
    assert photo.pixels.shape[:2] == (round(296 / 1.25), round(420 / 1.25))
    assert largest_miss_px(photo, places) < 0.6


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("seed", [0, 1])
def test_ink_is_within_a_pixel_of_every_sample_on_any_kind_of_picture(preset, seed):
    heart = simulate("NNV", duration_s=10.0, sampling_rate_hz=250.0)
    style = PageStyle(
        grid="none", lead_names=False, header=(), ink_rgb=(0, 0, 0), trace_width_mm=0.5
    )
    page = lay_out(heart, LAYOUTS["strip"], style)
    without = ("handwriting", "stamp", "hand_shadow", "ink_fade", "thermal_grain", "moire")
    faults = PRESETS[preset].faults(0.5, seed, without=without)
    photo = photograph(paint(page, 4.0), 4.0, faults, seed, frame_px=(1300, 400))
    points_px = photo.map_points(to_px(page.rows[0].traces[0].points_mm, 4.0))
    points_px = points_px[well_inside(points_px, photo.pixels, border_px=3)]
    grey = cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY)
    paper = cv2.medianBlur(grey, 31)
    darkest = cv2.erode(grey, np.ones((3, 3), np.uint8))
    x, y = np.rint(points_px).astype(int).T
    assert len(points_px) > 1000
    share_with_ink = np.mean(darkest[y, x] < 0.85 * paper[y, x])
    assert share_with_ink > 0.99
    assert np.mean(darkest[y - 8, x] < 0.85 * paper[y - 8, x]) < 0.35


@pytest.mark.parametrize("family", FAMILIES)
def test_no_severity_is_no_fault(dots, family):
    sheet, places = dots
    photo = photograph(sheet, PX_PER_MM, [FAMILIES[family].at_severity(0.0)], 5)
    np.testing.assert_array_equal(photo.pixels, sheet)
    np.testing.assert_array_equal(photo.map_points(places), places)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_of_no_severity_leaves_the_sheet_alone(dots, preset):
    sheet, _ = dots
    photo = photograph(sheet, PX_PER_MM, PRESETS[preset].faults(0.0, 4), 4)
    np.testing.assert_array_equal(photo.pixels, sheet)


@pytest.mark.parametrize("family", sorted(set(FAMILIES) - {"background"}))
@pytest.mark.parametrize("channels", ["rgb", "grey"])
def test_every_family_spoils_colour_and_grey_pictures_the_same_way_twice(dots, family, channels):
    sheet, places = dots
    sheet = sheet if channels == "rgb" else sheet[..., 0].copy()
    before = sheet.copy()
    fault = FAMILIES[family].at_severity(0.8)
    first, second = (photograph(sheet, PX_PER_MM, [fault], 7) for _ in range(2))
    np.testing.assert_array_equal(first.pixels, second.pixels)
    np.testing.assert_array_equal(first.map_points(places), second.map_points(places))
    assert first.pixels.ndim == sheet.ndim
    assert first.pixels.dtype == np.uint8
    assert first.pixels.shape != sheet.shape or (first.pixels != sheet).any()
    np.testing.assert_array_equal(sheet, before)


@pytest.mark.parametrize("family", ["folds", "perspective", "handwriting", "sensor_noise"])
def test_another_seed_is_another_picture(dots, family):
    sheet, _ = dots
    fault = FAMILIES[family].at_severity(0.8)
    first, second = (photograph(sheet, PX_PER_MM, [fault], seed).pixels for seed in (1, 2))
    assert (first != second).any()


def test_the_order_in_which_faults_are_named_does_not_matter(dots):
    sheet, _ = dots
    faults = PRESETS["phone"].faults(0.5, 1)
    forwards, backwards = (photograph(sheet, PX_PER_MM, f, 1) for f in (faults, faults[::-1]))
    np.testing.assert_array_equal(forwards.pixels, backwards.pixels)


def test_a_fault_keeps_its_pattern_when_another_one_is_added(dots):
    sheet, places = dots
    perspective = FAMILIES["perspective"].at_severity(0.5)
    others = [FAMILIES[family].at_severity(0.5) for family in ("stamp", "sensor_noise", "jpeg")]
    alone = photograph(sheet, PX_PER_MM, [perspective], 9).map_points(places)
    among_others = photograph(sheet, PX_PER_MM, [*others, perspective], 9).map_points(places)
    np.testing.assert_array_equal(alone, among_others)


def test_a_fault_grows_in_place_with_its_severity(dots):
    sheet, places = dots
    shifts = [
        photograph(sheet, PX_PER_MM, [FAMILIES["curl"].at_severity(s)], 3).map_points(places)
        - places
        for s in (0.25, 0.5, 1.0)
    ]
    weak, middle, strong = (np.abs(shift).mean() for shift in shifts)
    assert 0 < weak < middle < strong


def test_points_that_were_not_recorded_stay_unknown(dots):
    sheet, _ = dots
    photo = photograph(sheet, PX_PER_MM, [FAMILIES["curl"].at_severity(0.5)])
    mapped = photo.map_points(np.array([[10.0, np.nan], [10.0, 20.0]]))
    assert np.isnan(mapped[0]).all()
    assert np.isfinite(mapped[1]).all()


def test_a_photo_can_be_sent_to_another_process(dots):
    sheet, places = dots
    photo = photograph(sheet, PX_PER_MM, [FAMILIES["folds"].at_severity(0.5)])
    sent = pickle.loads(pickle.dumps(photo))
    np.testing.assert_array_equal(sent.map_points(places), photo.map_points(places))


@settings(max_examples=8, deadline=None)
@given(
    preset=st.sampled_from(sorted(PRESETS)),
    severity=st.floats(0, 1),
    seed=SEEDS,
    width=st.integers(40, 300),
    height=st.integers(40, 200),
    is_grey=st.booleans(),
)
def test_any_sheet_can_be_photographed(preset, severity, seed, width, height, is_grey):
    sheet = np.full((height, width) if is_grey else (height, width, 3), 230, np.uint8)
    photo = photograph(sheet, PX_PER_MM, PRESETS[preset].faults(severity, seed), seed)
    assert photo.pixels.ndim == sheet.ndim
    assert photo.pixels.dtype == np.uint8
    assert np.isfinite(photo.map_points(np.array([[0.0, 0.0], [width - 1.0, height - 1.0]]))).all()
