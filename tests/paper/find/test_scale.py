"""The millimetre is found on every kind of grid, and nowhere else."""

import cv2
import numpy as np
import pytest

from ecgmm.paper.find.even.lean import measure_lean, straighten
from ecgmm.paper.find.even.scale import find_grid


def grid_darkness(
    px_per_mm: float,
    *,
    minor: int = 60,
    major: int = 120,
    width_mm: int = 250,
    height_mm: int = 40,
    px_per_mm_y: float | None = None,
    margin_px: int = 0,
) -> np.ndarray:
    """A bare grid, every fifth line of darkness `major`, the others `minor`."""
    px_per_mm_y = px_per_mm_y or px_per_mm
    darkness = np.zeros((round(height_mm * px_per_mm_y), round(width_mm * px_per_mm)), np.uint8)
    for share, step in ((minor, 1), (major, 5)):
        for mm in range(0, width_mm, step):
            x = round(mm * px_per_mm)
            darkness[:, x] = np.maximum(darkness[:, x], share)
        for mm in range(0, height_mm, step):
            y = round(mm * px_per_mm_y)
            darkness[y] = np.maximum(darkness[y], share)
    return np.pad(darkness, margin_px)


@pytest.mark.parametrize("px_per_mm", [3.0, 3.3, 3.937, 5.0, 6.4, 8.0, 11.81, 20.0])
@pytest.mark.parametrize(
    ("minor", "major"),
    [(60, 120), (100, 100), (12, 90), (0, 120)],
    ids=["both", "1 mm only", "faint 1 mm", "5 mm only"],
)
def test_the_scale_is_found_within_half_a_percent(px_per_mm: float, minor: int, major: int) -> None:
    grid = find_grid(grid_darkness(px_per_mm, minor=minor, major=major))
    assert grid is not None
    assert grid.px_per_mm == pytest.approx((px_per_mm, px_per_mm), rel=5e-3)


@pytest.mark.parametrize("width_mm", [50, 100, 500])
def test_short_and_long_rows_have_the_same_millimetre(width_mm: int) -> None:
    grid = find_grid(grid_darkness(6.0, width_mm=width_mm))
    assert grid is not None
    assert grid.px_per_mm == pytest.approx((6.0, 6.0), rel=5e-3)


def test_paper_stretched_in_one_direction_has_two_scales() -> None:
    grid = find_grid(grid_darkness(5.0, px_per_mm_y=9.0))
    assert grid is not None
    assert grid.px_per_mm == pytest.approx((5.0, 9.0), rel=5e-3)


def test_margins_are_not_paper() -> None:
    grid = find_grid(grid_darkness(5.0, margin_px=60))
    assert grid is not None
    box = (grid.paper.left, grid.paper.top, grid.paper.right, grid.paper.bottom)
    assert box == pytest.approx((60, 60, 60 + 1250, 60 + 200), abs=5)


def test_a_regular_heart_is_no_grid() -> None:
    darkness = np.zeros((200, 1250), np.uint8)
    darkness[40:120, 50::105] = 255
    darkness[118:120] = 255
    assert find_grid(darkness) is None


@pytest.mark.parametrize("sigma_px", [0, 1, 3, 8])
def test_noise_is_no_grid(sigma_px: int) -> None:
    noise = np.random.default_rng(sigma_px).integers(0, 256, (300, 900), np.uint8)
    if sigma_px:
        noise = cv2.GaussianBlur(noise, (0, 0), sigma_px)
    assert find_grid(noise) is None


@pytest.mark.parametrize("tilt_deg", [-2.0, -0.3, 0.5, 1.0])
def test_the_lean_of_a_crooked_scan_is_measured_and_undone(tilt_deg: float) -> None:
    level = grid_darkness(6.0, height_mm=50, width_mm=270)
    height, width = level.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), tilt_deg, 1.0)
    crooked = cv2.warpAffine(level, turn, (width, height), flags=cv2.INTER_CUBIC)
    upright, lying = measure_lean(crooked)
    slope = np.tan(np.radians(tilt_deg))
    assert (upright, lying) == pytest.approx((slope, -slope), abs=1e-3)
    straight = straighten(np.stack([crooked] * 3, axis=-1), (upright, lying))[..., 0]
    assert measure_lean(straight) == pytest.approx((0, 0), abs=1e-3)


def test_a_straight_picture_is_left_alone() -> None:
    level = np.stack([grid_darkness(6.0)] * 3, axis=-1)
    assert straighten(level, measure_lean(level[..., 0])) is level
