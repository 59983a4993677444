"""Rows of whole printed pages as the page reader cuts them, with where their trace runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import (
    MM_PER_MV,
    PAPER_SPEED_MM_PER_S,
    PIXELS_PER_MV,
    SHARP_WIDTH_PX,
    STRIP_HEIGHT_PX,
    STRIP_S,
)
from ecgmm.leads import LEADS
from ecgmm.paper.camera.photograph import Photo, photograph
from ecgmm.paper.camera.presets import PHONE, SCAN
from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.page import Label, Page, Row, to_px
from ecgmm.paper.picture import Picture
from ecgmm.paper.printing import random_style
from ecgmm.paper.raster_page import paint
from ecgmm.paper.reader import read_page
from ecgmm.paper.rows.page import FoundPage
from ecgmm.paper.rows.read import ReadRow
from ecgmm.paper.sheet import FINE_PX_PER_MM, Sheet
from ecgmm.paper.strips import FLAT_GREY_LEVELS
from ecgmm.paper.style import PageStyle
from ecgmm.paper.trace.follow import PLACE_PX, PLACES_PER_PIXEL, darkness
from ecgmm.paper.typeset import lay_out
from ecgmm.pipeline.traces.hearts import Hearts

Batch = tuple[NDArray[np.float32], NDArray[np.float32]]

UNASKED_ROW = -1000.0
"""Where nothing is drawn, or beyond the strip: no row is right."""

_PX_PER_MM = (6.0, 12.0)
"""Of a picture: about what scanners of 150 to 300 dpi and phones give of a sheet of A4."""

_LAYOUT_SHARES = {"3x4+1": 0.5, "3x4": 0.15, "3x4+3": 0.15, "6x2": 0.1, "12x1": 0.1}
_SCANNED_SHARE = 0.35
_FAULTLESS_SHARE = 0.15
_NAMES_BESIDE_SHARE = 0.5
_FARTHEST_NAME_MM = 9.0
_MOST_ASIDE_MM = 2.0
_WORST_SEVERITY = 0.7
_FARTHEST_ROW_MM = 3.0
_PROBE_MM = 0.5
_NEWTON_STEPS = 6
_RASTER_MM = 5.0


def page_rows(hearts: Hearts, seed: int) -> Iterator[Batch]:
    """Print a page, take a picture of it, read it.

    Args:
        hearts: whose leads are printed.
        seed: the same seed gives the same rows.

    Yields:
        `[160, 2000]` darkness and `[4000]` rows of the trace, for each row that was read where
        one was printed; see `UNASKED_ROW`.
    """
    rng = np.random.default_rng(seed)
    layout = LAYOUTS[str(rng.choice(list(_LAYOUT_SHARES), p=list(_LAYOUT_SHARES.values())))]
    page = _with_names_beside(lay_out(hearts.recording(rng), layout, _usual_scale(rng)), rng)
    preset = SCAN if rng.random() < _SCANNED_SHARE else PHONE
    is_faultless = rng.random() < _FAULTLESS_SHARE
    severity = 0.0 if is_faultless else float(rng.uniform(0, _WORST_SEVERITY))
    px_per_mm = float(rng.uniform(*_PX_PER_MM))
    photo = photograph(paint(page, px_per_mm), px_per_mm, preset.faults(severity, seed), seed)
    read = read_page(Picture(photo.pixels), is_upright=True)
    if read.page is None:
        return
    printed = [_on_sheet(read.page.sheet, row, photo, px_per_mm) for row in page.rows]
    for row in read.rows:
        if not row.refusal:
            yield from _with_trace(read.page, row, printed)


def _usual_scale(rng: np.random.Generator) -> PageStyle:
    """Any machine at the usual scale, which the reader need not find out."""
    return replace(random_style(rng), speed_mm_per_s=PAPER_SPEED_MM_PER_S, gain_mm_per_mv=MM_PER_MV)


def _with_names_beside(page: Page, rng: np.random.Generator) -> Page:
    """A page on which the names of leads may stand at any height beside their rows, in waves too.

    What cannot be read there is not wiped off, and is not to be followed.
    """
    if rng.random() > _NAMES_BESIDE_SHARE:
        return page
    below_mm = rng.uniform(-_FARTHEST_NAME_MM, _FARTHEST_NAME_MM)
    aside_mm = rng.uniform(0, _MOST_ASIDE_MM)
    baselines_mm = np.array([row.baseline_mm for row in page.rows])

    def moved(label: Label) -> Label:
        baseline_mm = baselines_mm[np.abs(baselines_mm - label.y_mm).argmin()]
        y_mm = float(baseline_mm + below_mm)
        return replace(label, x_mm=label.x_mm - aside_mm, y_mm=y_mm)

    names = {lead.upper() for lead in LEADS}
    labels = [moved(of) if of.text.upper() in names else of for of in page.labels]
    return replace(page, labels=tuple(labels))


def _on_sheet(sheet: Sheet, row: Row, photo: Photo, px_per_mm: float) -> NDArray[np.float64]:
    """`[samples, 2]` where the samples of a row's traces lie on the sheet, in mm."""
    points_mm = np.concatenate([trace.points_mm for trace in row.traces])
    return sheet_points_mm(sheet, photo.map_points(to_px(points_mm, px_per_mm)))


def sheet_points_mm(sheet: Sheet, points_px: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where points `[points, 2]` of the picture lie on the sheet, in mm; NaN stays NaN.

    Newton's method, from the nearest point of a coarse raster.
    """
    from scipy.spatial import cKDTree

    known = np.isfinite(points_px).all(axis=1)
    width, height = sheet.size_mm
    axes = np.arange(0, width, _RASTER_MM), np.arange(0, height, _RASTER_MM)
    raster_mm = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    wanted_px = points_px[known]
    nearest = cKDTree(sheet.to_picture(raster_mm)).query(wanted_px)[1]
    found_mm = raster_mm[nearest]
    for _ in range(_NEWTON_STEPS):
        right, left, below, above = (
            sheet.to_picture(found_mm + np.array(probe_mm))
            for probe_mm in (
                (_PROBE_MM, 0.0),
                (-_PROBE_MM, 0.0),
                (0.0, _PROBE_MM),
                (0.0, -_PROBE_MM),
            )
        )
        px_per_mm = np.stack([right - left, below - above], axis=-1) / (2 * _PROBE_MM)
        missed_px = wanted_px - sheet.to_picture(found_mm)
        found_mm = found_mm + np.linalg.solve(px_per_mm, missed_px[..., np.newaxis])[..., 0]
    points_mm = np.full(points_px.shape, np.nan)
    points_mm[known] = found_mm
    return points_mm


def _with_trace(
    page: FoundPage, row: ReadRow, printed_mm: list[NDArray[np.float64]]
) -> Iterator[Batch]:
    """A strip and its trace, where one of the printed rows is what it shows."""
    rows = page.rows
    begins_s = row.strip.start_s - rows.first_s(row.number)
    left_mm = rows.starts_mm[row.number] + begins_s * rows.speed_mm_per_s
    middle_mm = rows.places[row.number].baseline_mm
    away_mm = [abs(np.nanmedian(points[:, 1]) - middle_mm) for points in printed_mm]
    if len(rows.places) < 2 or min(away_mm) > _FARTHEST_ROW_MM:
        return
    points_mm = printed_mm[int(np.argmin(away_mm))] - page.sheet.first_px_mm
    size_mm = STRIP_S * rows.speed_mm_per_s, STRIP_HEIGHT_PX / PIXELS_PER_MV * rows.gain_mm_per_mv
    top_mm = middle_mm - size_mm[1] / 2
    column = _pixel(points_mm[:, 0], left_mm, size_mm[0], SHARP_WIDTH_PX)
    height = _pixel(points_mm[:, 1], top_mm, size_mm[1], STRIP_HEIGHT_PX)
    known = np.isfinite(column)
    if (np.diff(column[known]) <= 0).any():
        return
    place = np.interp(PLACE_PX, column, np.where(np.isfinite(height), height, UNASKED_ROW))
    is_asked = (place >= 0) & (place <= STRIP_HEIGHT_PX - 1)
    is_asked &= (column[known][0] <= PLACE_PX) & (column[known][-1] >= PLACE_PX)
    is_asked &= _is_seen(row)
    yield darkness(row.strip.followed), np.where(is_asked, place, UNASKED_ROW).astype(np.float32)


def _pixel(
    at_mm: NDArray[np.float64], first_mm: float, length_mm: float, pixels: int
) -> NDArray[np.float64]:
    """Which pixel of a strip shows a place of the sheet, as `cut.cut_strip` cuts it."""
    fine_px = at_mm * FINE_PX_PER_MM - round(first_mm * FINE_PX_PER_MM)
    fine_per_px = round(length_mm * FINE_PX_PER_MM) / pixels
    return np.asarray((fine_px - (fine_per_px - 1) / 2) / fine_per_px, np.float64)


def _is_seen(row: ReadRow) -> NDArray[np.bool_]:
    """`[4000]`, where the strip shows paper that the reader did not fill in."""
    contrast = np.ptp(row.strip.followed, axis=0) > FLAT_GREY_LEVELS
    within = np.arange(SHARP_WIDTH_PX) < row.strip.duration_s / STRIP_S * SHARP_WIDTH_PX
    return np.repeat(contrast & within, PLACES_PER_PIXEL)
