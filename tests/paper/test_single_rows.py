"""A picture of one row is cut to scale, whatever its scale; what is no row is refused."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ecgmm.grid import PIXELS_PER_MV, STRIP_HEIGHT_PX, STRIP_WIDTH_PX
from ecgmm.paper.picture import Picture
from ecgmm.paper.reader import read_paper

RATE_HZ = 500


def spikes_mv(duration_s: float = 10.0) -> np.ndarray:
    """An R wave of 1 mV each second, the first at 0.5 s, on a breathing baseline."""
    time_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    from_r_wave_s = time_s % 1.0 - 0.5
    baseline_mv = 0.12 * np.sin(2 * np.pi * 0.23 * time_s)
    return np.exp(-0.5 * (from_r_wave_s / 0.012) ** 2) + baseline_mv


def drawn(
    px_per_mm: float,
    *,
    duration_s: float = 10.0,
    grid: tuple[int, int, int] | None = (255, 170, 170),
    margin_px: int = 0,
) -> np.ndarray:
    """A row of ECG on paper 40 mm tall, RGB."""
    width, height = round(25 * duration_s * px_per_mm), round(40 * px_per_mm)
    paper = np.full((height, width, 3), 255, np.uint8)
    if grid is not None:
        for mm in range(0, 40):
            y = round(mm * px_per_mm)
            cv2.line(paper, (0, y), (width, y), grid, 2 if mm % 5 == 0 else 1)
        for mm in range(0, round(25 * duration_s)):
            x = round(mm * px_per_mm)
            cv2.line(paper, (x, 0), (x, height), grid, 2 if mm % 5 == 0 else 1)
    signal = spikes_mv(duration_s)
    x = np.arange(len(signal)) / RATE_HZ * 25 * px_per_mm
    y = height / 2 - signal * 10 * px_per_mm
    points = np.round(np.stack([x, y], 1) * 16).astype(np.int32)
    thickness = max(1, round(0.3 * px_per_mm))
    cv2.polylines(paper, [points], False, (20, 20, 20), thickness, cv2.LINE_AA, 4)
    border = [margin_px] * 4
    return cv2.copyMakeBorder(paper, *border, cv2.BORDER_CONSTANT, value=(255, 255, 255))


def r_waves(grey: np.ndarray) -> np.ndarray:
    """Column of each R wave: where ink stands 0.5 mV above its usual height."""
    inked = grey < 120
    top = np.where(inked.any(axis=0), inked.argmax(axis=0), STRIP_HEIGHT_PX)
    columns = np.flatnonzero(np.median(top) - top > 0.5 * PIXELS_PER_MV)
    groups = np.split(columns, np.flatnonzero(np.diff(columns) > 10) + 1)
    return np.array([group.mean() for group in groups if len(group)])


@pytest.mark.parametrize("px_per_mm", [4.7, 6.0, 8.3, 12.0])
@pytest.mark.parametrize("grid", [(255, 170, 170), (190, 190, 190)])
def test_a_row_on_a_grid_is_cut_to_scale(px_per_mm: float, grid: tuple[int, int, int]) -> None:
    paper = read_paper(Picture(drawn(px_per_mm, grid=grid, margin_px=30), "row"))
    (strip,) = paper.strips
    assert strip.grey.shape == (STRIP_HEIGHT_PX, STRIP_WIDTH_PX)
    assert strip.px_per_mm == pytest.approx((px_per_mm, px_per_mm), rel=0.01)
    np.testing.assert_allclose(r_waves(strip.grey), 50 + 100 * np.arange(10), atol=3)


def test_a_strip_at_its_own_size_is_left_as_it_is() -> None:
    picture = drawn(4.0)
    (strip,) = read_paper(Picture(picture, "strip")).strips
    np.testing.assert_array_equal(strip.grey, cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))


def test_a_row_without_grid_is_taken_as_ten_seconds_and_says_so() -> None:
    paper = read_paper(Picture(drawn(6.0, grid=None), "row"))
    (strip,) = paper.strips
    np.testing.assert_allclose(r_waves(strip.grey), 50 + 100 * np.arange(10), atol=3)
    assert "10 s wide" in paper.faults[0]


def test_a_longer_row_gives_strips_on_one_clock() -> None:
    paper = read_paper(Picture(drawn(6.0, duration_s=16.0, margin_px=20), "row"))
    assert len(paper.strips) == 2
    assert paper.strips[0].start_s == 0
    ends_s = [strip.start_s + strip.duration_s for strip in paper.strips]
    assert max(ends_s) == pytest.approx(16.0, abs=0.2)


def test_a_bright_trace_on_a_dark_screen_is_turned_dark_on_light() -> None:
    paper = read_paper(Picture(255 - drawn(6.0, margin_px=20), "screen"))
    (strip,) = paper.strips
    assert np.median(strip.grey) > 150


@pytest.mark.parametrize("name", ["noise", "blank", "dark", "tiny"])
def test_what_is_no_row_is_refused_with_the_reason(name: str) -> None:
    rng = np.random.default_rng(1)
    pictures = {
        "noise": rng.integers(0, 256, (300, 400, 3), np.uint8),
        "blank": np.full((160, 1000, 3), 250, np.uint8),
        "dark": np.zeros((200, 900, 3), np.uint8),
        "tiny": np.full((10, 12, 3), 255, np.uint8),
    }
    paper = read_paper(Picture(pictures[name], name))
    assert paper.strips == ()
    assert paper.faults
