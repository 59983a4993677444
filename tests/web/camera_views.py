"""What a camera sees of a simulated page, and a video of it for Chromium's own pretended camera."""

import functools
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from printed_pages import ROWS

from ecgmm.paper.raster_page import paint
from ecgmm.paper.style import PageStyle
from ecgmm.paper.typeset import lay_out
from ecgmm.simulator import simulate

View = NDArray[np.uint8]
WIDTH, HEIGHT = 1280, 720
TABLE = (105, 78, 52)
PX_PER_MM = 6.0
FRAMES_PER_S = 10
ON_THE_TABLE = ((160, 180), (1130, 140), (1170, 520), (120, 560))
FAR_AWAY = ((560, 300), (740, 296), (744, 362), (556, 366))
HALF_OUTSIDE = ((700, 180), (1670, 140), (1710, 520), (660, 560))


@functools.cache
def sheet(grid: str = "red") -> View:
    """Two rows on a page of 290 by 100 mm, RGB."""
    heart = simulate("NNNV", leads=("I", "aVR", "V1", "V2", "V4"), seed=4)
    return paint(lay_out(heart, ROWS, PageStyle(grid=grid)), PX_PER_MM)


def view(
    corners: tuple[tuple[int, int], ...] = ON_THE_TABLE,
    page: View | None = None,
    light: float = 1.0,
) -> View:
    """A page on a wooden table, `[720, 1280, 3]`; its corners clockwise from the upper left."""
    page = sheet() if page is None else page
    height, width = page.shape[:2]
    from_page = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    placed = cv2.getPerspectiveTransform(from_page, np.array(corners, np.float32))
    table: View = np.full((HEIGHT, WIDTH, 3), TABLE, np.uint8)
    size = (WIDTH, HEIGHT)
    mode = cv2.BORDER_TRANSPARENT
    cv2.warpPerspective(page, placed, size, table, flags=cv2.INTER_AREA, borderMode=mode)
    noise = np.random.default_rng(1).normal(0, 3, table.shape)
    return np.clip(table * light + noise, 0, 255).astype(np.uint8)


def save_video(path: Path, frames: list[View]) -> None:
    """Save as YUV4MPEG2, which `--use-file-for-fake-video-capture` plays again and again."""
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_S}:1 Ip A1:1 C420\n".encode())
        for frame in frames:
            file.write(b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_RGB2YUV_I420).tobytes())
