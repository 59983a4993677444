"""Strips printed on paper, scanned or photographed, and cut out of the photo again.

The sheet is drawn and photographed by `ecgmm.paper` with all of the camera's faults, those that
no network was trained on among them. Where the camera saw the strip is known, so that the network
is measured and not the finding of the page; an error as large as that of the reader of pages is
put in its place.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM, SAMPLING_RATE_HZ, STRIP_HEIGHT_PX, STRIP_WIDTH_PX
from ecgmm.paper.camera.field import node_count, node_positions_px, spread
from ecgmm.paper.camera.photograph import Photo, photograph
from ecgmm.paper.camera.presets import PHONE, SCAN, SCREEN_PHOTO, Preset
from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.page import Page, to_px
from ecgmm.paper.printing import random_style
from ecgmm.paper.raster_page import paint
from ecgmm.paper.typeset import lay_out
from ecgmm.pipeline.printing.warp import random_warp
from ecgmm.recording import Recording

SEVERITY = 0.5
"""The middle one: faults as strong as one commonly sees them."""

_SHEET_PX_PER_MM = 6.0
"""152 dots an inch: half as fine again as a strip."""
_FRAME_PX = {SCAN: (1740, 400), PHONE: (1740, 640), SCREEN_PHOTO: (1740, 500)}
_SCREEN_SHARE = 0.2
_OVERSAMPLING = 2
"""Two by two finer pixels are averaged into one of the strip."""
_NODE_PX = 16
_READER_ERROR = 0.8
_LARGEST_OFFSET_MM = 1.0


def scanned(signal_mv: NDArray[np.float32], seed: int) -> NDArray[np.uint8]:
    """A strip that was printed and laid on a flatbed scanner.

    Args:
        signal_mv: `[1250]`, 10 s of a lead at 125 Hz, millivolts.
        seed: the same seed gives the same picture.

    Returns:
        `[160, 1000]` grey picture on the time grid.
    """
    return _through_camera(signal_mv, SCAN, seed)


def phone_photo(signal_mv: NDArray[np.float32], seed: int) -> NDArray[np.uint8]:
    """A strip photographed with a telephone, on paper or, one in five, from a screen.

    Args and returns are those of `scanned`.
    """
    from_screen = np.random.default_rng(seed).random() < _SCREEN_SHARE
    return _through_camera(signal_mv, SCREEN_PHOTO if from_screen else PHONE, seed)


def _through_camera(signal_mv: NDArray[np.float32], preset: Preset, seed: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    page = _printed(signal_mv, rng)
    sheet = cv2.cvtColor(paint(page, _SHEET_PX_PER_MM), cv2.COLOR_RGB2GRAY)
    faults = preset.faults(SEVERITY, seed)
    photo = photograph(
        np.asarray(sheet, np.uint8), _SHEET_PX_PER_MM, faults, seed, frame_px=_FRAME_PX[preset]
    )
    return _cut_out(photo, page, rng)


def _printed(signal_mv: NDArray[np.float32], rng: np.random.Generator) -> Page:
    """The strip on a sheet of its own, at 25 mm/s and 10 mm/mV."""
    style = replace(random_style(rng), speed_mm_per_s=25.0, gain_mm_per_mv=10.0)
    recording = Recording(signal_mv[:, np.newaxis], SAMPLING_RATE_HZ, ("II",))
    return lay_out(recording, LAYOUTS["strip"], style)


def _cut_out(photo: Photo, page: Page, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The 250 x 40 mm around the row, as a reader of pages cuts them out of the photo."""
    seen = _seen_at_nodes(photo, page, rng)
    size = STRIP_WIDTH_PX * _OVERSAMPLING, STRIP_HEIGHT_PX * _OVERSAMPLING
    x, y = cv2.split(spread(seen, _NODE_PX, slice(0, size[1]), size[0]))
    fine = cv2.remap(photo.pixels, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    fine[fine == 0] = np.median(fine[fine > 0]) if fine.any() else 0
    strip = cv2.resize(fine, (STRIP_WIDTH_PX, STRIP_HEIGHT_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(strip, np.uint8)


def _seen_at_nodes(photo: Photo, page: Page, rng: np.random.Generator) -> NDArray[np.float32]:
    """`[rows, columns, 2]`, where in the photo the nodes of the finer strip are looked for."""
    x, y = (
        (node_positions_px(node_count(side * _OVERSAMPLING, _NODE_PX), _NODE_PX) + 0.5)
        / _OVERSAMPLING
        - 0.5
        for side in (STRIP_WIDTH_PX, STRIP_HEIGHT_PX)
    )
    error = random_warp((STRIP_HEIGHT_PX, STRIP_WIDTH_PX), _READER_ERROR, rng)
    column = np.clip(np.rint(x), 0, STRIP_WIDTH_PX - 1).astype(int)
    line = np.clip(np.rint(y), 0, STRIP_HEIGHT_PX - 1).astype(int)[:, np.newaxis]
    offset_mm = rng.uniform(-1, 1) * _LARGEST_OFFSET_MM
    row = page.rows[0]
    along_mm = row.left_mm + (x + error.x[line, column] - column) / PIXELS_PER_MM
    across_mm = (y[:, np.newaxis] + error.y[line, column] - line) / PIXELS_PER_MM
    top_mm = row.baseline_mm + offset_mm - STRIP_HEIGHT_PX / PIXELS_PER_MM / 2
    on_sheet_mm = np.stack([along_mm, across_mm + top_mm], axis=-1)
    return photo.map_points(to_px(on_sheet_mm, _SHEET_PX_PER_MM)).astype(np.float32)
