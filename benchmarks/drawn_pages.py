"""Measures the page reader on pages drawn by our own printer and spoiled by our own camera.

    python -m benchmarks.drawn_pages [--count 40] [--severity 0.5] [--contact-sheet OUT.png]

Every page has another layout, grid, heart and set of faults. A row is right when its left end
is within 1 mm (40 ms) and its baseline within 2 mm of the truth, a page when all its rows are and
its scale is within 1 %. A page is misread when it is not right and some of its rows that are not
refused are wrong.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time

import cv2
import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import PIXELS_PER_MM
from ecgmm.paper.camera.photograph import Photo, photograph
from ecgmm.paper.camera.presets import PHONE
from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.page import Page, to_px
from ecgmm.paper.picture import Picture
from ecgmm.paper.raster_page import paint
from ecgmm.paper.reading.page import PageReading, read_page
from ecgmm.paper.style import GRID_RGB, REPORT
from ecgmm.paper.typeset import lay_out
from ecgmm.simulator import simulate

DRAWN_PX_PER_MM = 8.0
LAYOUT_NAMES = ("3x4", "3x4+1", "3x4+3", "6x2", "12x1", "strip")
GRIDS = tuple(name for name, rgb in GRID_RGB.items() if rgb is not None)
LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
LARGEST_START_ERROR_MM = 1.0
LARGEST_BASELINE_ERROR_MM = 2.0
LARGEST_SCALE_ERROR = 0.01
THUMBNAIL_PX = (640, 480)
CAPTION_PX = 30


@dataclass(frozen=True)
class Verdict:
    """How one page was read.

    Attributes:
        rows: rows printed.
        right: rows read and right.
        wrong: rows read, but not where one is.
        scale_error: largest relative error of the rows that are right.
        spent_s: seconds of CPU.
    """

    rows: int
    right: int
    wrong: int
    scale_error: float
    spent_s: float

    @property
    def word(self) -> str:
        """`right`, `refused` or `misread`."""
        if self.wrong or self.scale_error > LARGEST_SCALE_ERROR:
            return "misread"
        return "right" if self.right == self.rows else "refused"


def draw(seed: int, severity: float) -> tuple[Page, Photo, str]:
    """A spoiled page, its truth, and what it is called."""
    rng = np.random.default_rng(seed)
    layout = LAYOUT_NAMES[seed % len(LAYOUT_NAMES)]
    style = replace(
        REPORT,
        grid=str(rng.choice(GRIDS)),
        small_boxes=bool(rng.random() < 0.7),
        grid_strength=float(rng.uniform(0.5, 1.0)),
        names_below=bool(rng.random() < 0.5),
    )
    heart = simulate(heart_rate_bpm=float(rng.uniform(50, 120)), leads=LEADS, seed=seed)
    page = lay_out(heart, LAYOUTS[layout], style)
    sheet = paint(page, DRAWN_PX_PER_MM)
    photo = photograph(sheet, DRAWN_PX_PER_MM, PHONE.faults(severity, seed), seed)
    boxes = "1 mm" if style.small_boxes else "5 mm"
    return page, photo, f"{seed} {layout} {style.grid} {boxes}"


def judge(page: Page, photo: Photo, reading: PageReading, spent_s: float) -> Verdict:
    """Compare the rows read with the rows printed."""
    unread = list(range(len(page.rows)))
    wrong, errors = 0, [0.0]
    for row in reading.rows:
        if row.refusal:
            continue
        errors_mm = [_row_error(page, photo, number, row.baseline_px) for number in unread]
        near = [
            number
            for number, (start, baseline) in zip(unread, errors_mm, strict=True)
            if start < LARGEST_START_ERROR_MM and baseline < LARGEST_BASELINE_ERROR_MM
        ]
        if not near:
            wrong += 1
            continue
        unread.remove(near[0])
        printed_px = _printed_px(page, photo, near[0])
        ratio = _length(row.baseline_px) / _length(printed_px)
        errors.append(abs(ratio - 1))
    right = len(page.rows) - len(unread)
    return Verdict(len(page.rows), right, wrong, max(errors), spent_s)


def _printed_px(page: Page, photo: Photo, number: int) -> NDArray[np.float64]:
    """`[51, 2]` points of a printed row's baseline in the photo, one every 5 mm."""
    row = page.rows[number]
    x_mm = row.left_mm + np.arange(0, 251, 5)
    points_mm = np.stack([x_mm, np.full(len(x_mm), row.baseline_mm)], axis=-1)
    return photo.map_points(to_px(points_mm, DRAWN_PX_PER_MM))


def _row_error(
    page: Page, photo: Photo, number: int, baseline_px: NDArray[np.float32]
) -> tuple[float, float]:
    """Error of the left end along the row, and median error across it, in mm."""
    printed_px = _printed_px(page, photo, number)
    along_px = np.gradient(printed_px, axis=0)
    px_per_mm = np.linalg.norm(along_px, axis=1) / 5
    unit = along_px / np.linalg.norm(along_px, axis=1, keepdims=True)
    error_px = baseline_px - printed_px
    start_mm = abs((error_px * unit).sum(axis=1) / px_per_mm)
    across_mm = abs((error_px[:, 0] * unit[:, 1] - error_px[:, 1] * unit[:, 0]) / px_per_mm)
    return float(np.median(start_mm)), float(np.median(across_mm))


def _length(points_px: NDArray[np.float64] | NDArray[np.float32]) -> float:
    return float(np.linalg.norm(np.diff(points_px, axis=0), axis=1).sum())


def thumbnail(photo: Photo, reading: PageReading, title: str) -> NDArray[np.uint8]:
    """The photo with the rows found on it: green where read, red where refused."""
    canvas = np.ascontiguousarray(photo.pixels)
    for row in reading.rows:
        colour = (220, 0, 0) if row.refusal else (0, 160, 0)
        line = row.baseline_px.round().astype(np.int32)
        cv2.polylines(canvas, [line], False, colour, 2 * PIXELS_PER_MM, cv2.LINE_AA)
        cv2.circle(canvas, line[0].tolist(), 5 * PIXELS_PER_MM, colour, -1, cv2.LINE_AA)
    width, height = THUMBNAIL_PX
    scale = min(width / canvas.shape[1], (height - CAPTION_PX) / canvas.shape[0])
    small = cv2.resize(canvas, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    card = np.full((height, width, 3), 255, np.uint8)
    card[: small.shape[0], : small.shape[1]] = small
    corner = (8, height - 10)
    cv2.putText(card, title, corner, cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 0, 0), 1, cv2.LINE_AA)
    return card


def save_contact_sheet(thumbnails: list[NDArray[np.uint8]], file: Path, columns: int = 4) -> None:
    """Save pictures side by side, four in a row."""
    blank = np.full_like(thumbnails[0], 255)
    thumbnails = thumbnails + [blank] * (-len(thumbnails) % columns)
    rows = [np.hstack(thumbnails[i : i + columns]) for i in range(0, len(thumbnails), columns)]
    cv2.imwrite(str(file), np.vstack(rows)[..., ::-1])


def main() -> None:
    """Draw, spoil, read and judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=40, help="number of pages")
    parser.add_argument("--first-seed", type=int, default=0, help="seed of the first page")
    parser.add_argument("--severity", type=float, default=0.5, help="0 for none to 1 for the worst")
    parser.add_argument("--contact-sheet", type=Path, help="PNG of all photos and what was found")
    args = parser.parse_args()
    words: Counter[str] = Counter()
    thumbnails = []
    for seed in range(args.first_seed, args.first_seed + args.count):
        page, photo, title = draw(seed, args.severity)
        begun_s = process_time()
        reading = read_page(Picture(photo.pixels, title))
        verdict = judge(page, photo, reading, process_time() - begun_s)
        words[verdict.word] += 1
        print(
            f"{title}: {verdict.word}, {verdict.right} of {verdict.rows} rows right, "
            f"{verdict.wrong} wrong, scale {verdict.scale_error:.1%}, {verdict.spent_s:.1f} s "
            f"{' '.join(reading.strips.faults)}",
            flush=True,
        )
        thumbnails.append(thumbnail(photo, reading, f"{title}: {verdict.word}"))
    print(", ".join(f"{word} {count}" for word, count in words.most_common()))
    if args.contact_sheet:
        save_contact_sheet(thumbnails, args.contact_sheet)


if __name__ == "__main__":
    main()
