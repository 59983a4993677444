import cv2
import numpy as np
import pytest

from ecgmm.paper.find.mesh.darkness import line_darkness, on_brightest_sheet
from ecgmm.paper.find.mesh.geometry import find_geometry

BOXES = (40, 26)
PITCH_PX = 22.0


def curled(points_px: np.ndarray) -> np.ndarray:
    """Where points of the flat paper appear: turned by 9 degrees, in perspective, and curled."""
    x, y = points_px[..., 0] - 450.0, points_px[..., 1] - 300.0
    turn = np.deg2rad(9.0)
    right = x * np.cos(turn) - y * np.sin(turn)
    down = x * np.sin(turn) + y * np.cos(turn) + 8.0 * np.sin(x / 120.0)
    depth = 1 + right / 9000.0 + down / 8000.0
    return np.stack([right / depth + 610.0, down / depth + 440.0], axis=-1)


def photo_of_grid(subdivisions: int = 1) -> np.ndarray:
    """Red lines on white paper on a dark table."""
    picture = np.full((880, 1200, 3), (70, 50, 35), np.uint8)
    width, height = BOXES[0] * PITCH_PX, BOXES[1] * PITCH_PX
    along = np.linspace(0, 1, 60)
    corners = np.array(
        [(-30, -30), (width + 30, -30), (width + 30, height + 30), (-30, height + 30)]
    )
    sides = zip(corners, np.roll(corners, -1, axis=0), strict=True)
    outline = np.concatenate([first + along[:, None] * (last - first) for first, last in sides])
    cv2.fillPoly(picture, [curled(outline).round().astype(np.int32)], (235, 232, 228))
    for axis, count in enumerate(BOXES):
        for line in range(count * subdivisions + 1):
            points = np.stack([along * width, along * height], axis=-1)
            points[:, axis] = line * PITCH_PX / subdivisions
            heavy = line % subdivisions == 0
            cv2.polylines(
                picture,
                [np.round(curled(points) * 16).astype(np.int32)],
                False,
                (190, 80, 80) if heavy else (228, 195, 195),
                1,
                cv2.LINE_AA,
                4,
            )
    return picture


@pytest.mark.parametrize("subdivisions", [1, 5])
def test_every_crossing_of_curled_paper_is_found_to_a_fifth_of_a_pixel(subdivisions):
    mesh = find_geometry(photo_of_grid(subdivisions)).mesh
    columns, rows = np.meshgrid(np.arange(BOXES[0] + 1), np.arange(BOXES[1] + 1))
    truth_px = curled(np.stack([columns, rows], axis=-1) * PITCH_PX)
    inner = truth_px[1:-1, 1:-1].reshape(-1, 2)
    found = mesh.nodes_px[mesh.seen]
    distance = np.linalg.norm(inner[:, None] - found[None], axis=-1).min(axis=1)
    assert np.mean(distance < 0.2) > 0.97


def test_the_mesh_numbers_crossings_without_a_slip():
    mesh = find_geometry(photo_of_grid()).mesh
    columns, rows = np.meshgrid(np.arange(BOXES[0] + 1), np.arange(BOXES[1] + 1))
    truth_px = curled(np.stack([columns, rows], axis=-1) * PITCH_PX)
    corner = np.argwhere(np.linalg.norm(mesh.nodes_px - truth_px[0, 0], axis=-1) < 2)[0]
    numbered = mesh.nodes_px[corner[0] :, corner[1] :][: BOXES[1] + 1, : BOXES[0] + 1]
    assert numbered.shape == truth_px.shape
    assert np.linalg.norm(numbered - truth_px, axis=-1).max() < 2


def test_the_pattern_of_a_table_can_be_told_from_the_lines_of_the_sheet():
    page = photo_of_grid()
    y, x = np.mgrid[: len(page), : page.shape[1]]
    table = (page == (70, 50, 35)).all(axis=-1)
    page[table & ((x % 31 < 4) | (y % 31 < 4))] = (5, 5, 0)
    darkness = line_darkness(page)
    on_sheet = on_brightest_sheet(darkness, page)
    grid = (page == (190, 80, 80)).all(axis=-1)
    assert on_sheet[table].max() == 0
    np.testing.assert_array_equal(on_sheet[grid], darkness[grid])


def test_a_turned_mesh_has_the_same_crossings():
    mesh = find_geometry(photo_of_grid()).mesh
    turned = mesh.turned(1)
    np.testing.assert_array_equal(turned.nodes_px[0, -1], mesh.nodes_px[0, 0])
    assert turned.seen.sum() == mesh.seen.sum()


@pytest.mark.parametrize("size", [(600, 800), (40, 50)])
def test_a_picture_of_noise_has_no_grid(size):
    noise = np.random.default_rng(0).integers(0, 255, (*size, 3)).astype(np.uint8)
    assert find_geometry(noise) is None


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_picture_has_no_grid(level):
    assert find_geometry(np.full((300, 400, 3), level, np.uint8)) is None


def test_ruled_paper_has_no_grid():
    ruled = np.full((600, 800, 3), 240, np.uint8)
    ruled[::20] = (90, 120, 200)
    assert find_geometry(ruled) is None
