"""Each fault does what its physical quantity says."""

import cv2
import numpy as np
import pytest

from ecgmm.paper.camera import FAMILIES, PRESETS, photograph
from ecgmm.paper.camera.background import Background
from ecgmm.paper.camera.coloured_light import ColouredLight
from ecgmm.paper.camera.curl import Curl
from ecgmm.paper.camera.defocus import Defocus
from ecgmm.paper.camera.folds import Folds
from ecgmm.paper.camera.hand_shadow import HandShadow
from ecgmm.paper.camera.handwriting import Handwriting
from ecgmm.paper.camera.ink_fade import InkFade
from ecgmm.paper.camera.jpeg import Jpeg
from ecgmm.paper.camera.lens import Lens
from ecgmm.paper.camera.low_resolution import LowResolution
from ecgmm.paper.camera.moire import Moire
from ecgmm.paper.camera.motion_blur import MotionBlur
from ecgmm.paper.camera.perspective import Perspective
from ecgmm.paper.camera.sensor_noise import SensorNoise
from ecgmm.paper.camera.stamp import Stamp
from ecgmm.paper.camera.thermal_grain import ThermalGrain
from ecgmm.paper.camera.uneven_light import UnevenLight
from ecgmm.paper.camera.view import straight_above
from ecgmm.paper.camera.wrinkles import Wrinkles

WIDTH, HEIGHT, PX_PER_MM = 420, 296, 2.0


def blank(level=200):
    return np.full((HEIGHT, WIDTH, 3), level, np.uint8)


def spoiled(sheet, fault, seed=0):
    return photograph(sheet, PX_PER_MM, [fault], seed).pixels.astype(float)


def sheet_coordinates_mm():
    x, y = np.arange(WIDTH // 4) * 2.0, np.arange(HEIGHT // 4) * 2.0
    return np.meshgrid(x - x.mean(), y - y.mean())


def spread_px(profile):
    """Standard deviation of the ink along a profile."""
    at = np.arange(len(profile))
    middle = np.average(at, weights=profile)
    return np.sqrt(np.average((at - middle) ** 2, weights=profile))


@pytest.mark.parametrize("family", FAMILIES)
def test_severity_runs_from_nothing_to_the_worst(family):
    kind = FAMILIES[family]
    assert kind.family == family
    assert kind.at_severity(0.0) == kind()
    assert not kind().is_present
    assert kind.at_severity(1.0) == kind(**kind.worst)
    assert kind.at_severity(0.5).is_present


@pytest.mark.parametrize("severity", [-0.1, 1.1, float("nan")])
def test_a_severity_beyond_its_range_is_refused(severity):
    with pytest.raises(ValueError, match="Expected a severity from 0 to 1"):
        Jpeg.at_severity(severity)


def test_a_held_out_family_is_in_no_picture():
    drawn = [
        PRESETS["phone"].faults(1.0, seed, without=("folds", "background")) for seed in range(40)
    ]
    families = {fault.family for faults in drawn for fault in faults}
    assert "wrinkles" in families
    assert not families & {"folds", "background"}


def test_holding_a_family_out_leaves_the_other_faults_as_they_were():
    every = PRESETS["phone"].faults(0.7, 3)
    held_out = PRESETS["phone"].faults(0.7, 3, without=("perspective",))
    assert held_out == [fault for fault in every if fault.family != "perspective"]


def test_an_unknown_family_cannot_be_held_out():
    with pytest.raises(ValueError, match="Received coffee"):
        PRESETS["scan"].faults(0.5, without=("coffee",))


def test_a_curled_sheet_rises_by_its_lift():
    x_mm, y_mm = sheet_coordinates_mm()
    shift = Curl(lift_mm=12.0).displacement_mm(x_mm, y_mm, np.random.default_rng(1))
    assert shift[..., 2].min() == pytest.approx(0, abs=0.1)
    assert max(shift[..., 2][:, -1].mean(), shift[..., 2].max()) >= 11.0


@pytest.mark.parametrize("fault", [Curl(lift_mm=25.0), Folds(angle_deg=30.0)])
def test_bending_does_not_stretch_the_paper(fault):
    x_mm, y_mm = sheet_coordinates_mm()
    flat = np.stack([x_mm, y_mm, np.zeros_like(x_mm)], axis=-1)
    bent = flat + fault.displacement_mm(x_mm, y_mm, np.random.default_rng(2))
    diagonal_steps = np.linalg.norm(bent[1:, 1:] - bent[:-1, :-1], axis=-1)
    assert diagonal_steps.mean() == pytest.approx(np.hypot(2, 2), rel=0.02)


def test_panels_beside_a_crease_differ_by_at_most_its_angle():
    x_mm, y_mm = sheet_coordinates_mm()
    rise = Folds(angle_deg=20.0).displacement_mm(x_mm, y_mm, np.random.default_rng(3))[..., 2]
    steepest = np.hypot(*np.gradient(rise, 2.0)).max()
    assert 0.05 < steepest < 3 * np.tan(np.deg2rad(10.0))


def test_wrinkles_are_no_higher_than_a_few_depths():
    x_mm, y_mm = sheet_coordinates_mm()
    rise = Wrinkles(depth_mm=3.0).displacement_mm(x_mm, y_mm, np.random.default_rng(3))[..., 2]
    assert 1.5 < np.ptp(rise) < 12.0


def test_relief_is_shaded():
    assert spoiled(blank(), Wrinkles.at_severity(1.0)).std() > 5


def test_a_turned_camera_turns_lines_by_up_to_its_roll():
    sheet_mm = (WIDTH / PX_PER_MM, HEIGHT / PX_PER_MM)
    camera = straight_above(sheet_mm, (WIDTH, HEIGHT))
    ends_mm = np.array([[-90.0, 0, 0], [90.0, 0, 0]])
    turns = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        left, right = Perspective(roll_deg=15.0).aim(camera, sheet_mm, rng).project(ends_mm)
        turns.append(np.rad2deg(np.arctan2(right[1] - left[1], right[0] - left[0])))
    assert -15.0 <= min(turns) < -10
    assert 10 < max(turns) <= 15.0


def test_a_tilted_camera_sees_near_boxes_larger_than_far_ones():
    photo = photograph(blank(), PX_PER_MM, [Perspective(tilt_deg=15.0)], 1)
    x, y = np.meshgrid(np.arange(10, 411, 20.0), np.arange(10, 287, 20.0))
    seen = photo.map_points(np.stack([x, y], axis=-1))
    sides = np.linalg.norm(np.diff(seen, axis=1), axis=-1)
    assert 1.05 < sides.max() / sides.min() < 1.6


def test_a_lens_moves_the_corner_by_its_distortion():
    corner, middle = np.array([0.0, 0.0]), np.array([(WIDTH - 1) / 2, (HEIGHT - 1) / 2])
    seen = photograph(blank(), PX_PER_MM, [Lens(distortion=0.02)]).map_points(corner)
    moved = np.linalg.norm(seen - middle) / np.linalg.norm(corner - middle)
    assert abs(moved - 1) == pytest.approx(0.02, rel=0.02)


@pytest.mark.parametrize("seed", range(4))
def test_light_falls_by_its_stops(seed):
    lit = spoiled(blank(), UnevenLight(stops=1.0), seed)
    assert lit.max() == pytest.approx(200, abs=6)
    assert lit.min() == pytest.approx(100, abs=6)


def test_an_underexposed_photo_is_darker_by_its_stops():
    assert np.median(spoiled(blank(), UnevenLight(dim_stops=1.0))) == pytest.approx(100, abs=1)


def test_the_core_of_a_shadow_is_darker_by_its_stops():
    shaded = spoiled(blank(), HandShadow(stops=1.0))
    assert shaded.min() == pytest.approx(100, abs=4)
    assert shaded.max() == pytest.approx(200, abs=4)


def test_coloured_light_has_a_colour_and_adds_no_light():
    lit = spoiled(blank(), ColouredLight(mired=60.0))
    assert np.abs(lit[..., 0] - lit[..., 2]).max() > 5
    assert lit.max() <= 200
    grey = photograph(blank()[..., 0].copy(), PX_PER_MM, [ColouredLight(mired=60.0)]).pixels
    assert grey.shape == (HEIGHT, WIDTH)


def test_defocus_has_the_spread_of_its_disc():
    sheet = blank(255)
    sheet[:, 210] = 0
    profile = 255.0 - spoiled(sheet, Defocus(disc_mm=6.0))[100, :, 0]
    assert spread_px(profile) == pytest.approx(6.0 * PX_PER_MM / 4, rel=0.1)


@pytest.mark.parametrize("seed", range(3))
def test_motion_blur_is_as_long_as_its_path_and_stays_in_place(seed):
    sheet = blank(255)
    sheet[148, 210] = 0
    ink = 255.0 - spoiled(sheet, MotionBlur(path_mm=5.0), seed)[..., 0]
    rows, columns = np.nonzero(ink)
    assert np.hypot(np.ptp(rows), np.ptp(columns)) == pytest.approx(5.0 * PX_PER_MM, abs=2.5)
    assert rows.mean() == pytest.approx(148, abs=0.6)
    assert columns.mean() == pytest.approx(210, abs=0.6)


def test_moire_swings_around_the_light_by_its_contrast():
    striped = spoiled(blank(), Moire(contrast=0.1))
    assert striped.mean() == pytest.approx(200, abs=2)
    assert striped.max() == pytest.approx(220, abs=3)
    assert np.abs(striped[..., 0] - striped[..., 1]).max() > 10


@pytest.mark.parametrize(("grey", "growth"), [(128, 1.0), (30, 0.7)])
def test_noise_has_its_levels_at_mid_grey_and_less_in_the_dark(grey, growth):
    noisy = spoiled(blank(grey), SensorNoise(levels=6.0))
    assert noisy.std() == pytest.approx(6.0 * growth, rel=0.15)
    assert noisy.mean() == pytest.approx(grey, abs=1)


def test_a_shrunk_picture_has_fewer_pixels():
    assert spoiled(blank(), LowResolution(shrink=2.0)).shape == (HEIGHT // 2, WIDTH // 2, 3)


def test_jpeg_keeps_red_red():
    sheet = blank()
    sheet[:] = (220, 60, 60)
    assert np.abs(spoiled(sheet, Jpeg(quality=60)) - (220, 60, 60)).max() < 6


def test_faded_ink_has_lost_its_share_of_contrast():
    sheet = blank(250)
    sheet[::7] = 50
    contrast = 250.0 - spoiled(sheet, InkFade(lost=0.5))[::7]
    assert contrast.min() == pytest.approx(200 * 0.5, abs=15)
    assert contrast.max() < 200


def test_thermal_paper_is_grainy():
    assert spoiled(blank(), ThermalGrain(grain=0.05)).std() == pytest.approx(10.0, rel=0.15)


@pytest.mark.parametrize("fault", [Handwriting(words=4), Stamp(density=0.8)])
def test_writing_only_takes_light_away(fault):
    marked = np.stack([spoiled(blank(), fault, seed) for seed in range(6)])
    assert (marked <= 200).all()
    changed = (marked < 150).any(axis=(1, 2, 3))
    assert changed.sum() >= 4


def test_more_words_are_more_ink():
    few, many = (spoiled(blank(), Handwriting(words=n)) for n in (1, 6))
    assert (many < 200).sum() > (few < 200).sum() > 0


@pytest.mark.parametrize("seed", range(6))
def test_the_table_shows_around_the_sheet_and_not_through_it(seed):
    faults = [Perspective(roll_deg=20.0, slack=0.3), Background(contrast=1.0)]
    sheet = blank(255)
    photo = photograph(sheet, PX_PER_MM, faults, seed)
    seen = photo.map_points(np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], float))
    inside = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(inside, [np.rint(seen).astype(np.int32)], 255)
    inner = cv2.erode(
        inside, np.ones((5, 5), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    well_outside = cv2.dilate(inside, np.ones((5, 5), np.uint8)) == 0
    assert (photo.pixels[inner > 0] == 255).all()
    assert (photo.pixels[well_outside].min(axis=-1) < 240).mean() > 0.9
