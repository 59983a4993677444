"""Measures the page reader on photos of printed ECGs whose signal is known.

    python -m benchmarks.photos FOLDER [--size 1600 --quality 70] [--turns 2]

The folder has pairs of `NAME-0.jpg` and the WFDB record `NAME` that was printed as 3x4+1.
Beats of a row are compared with those of the printed signal within 75 ms after the row's start
is aligned. The slope of the read times over the printed ones is the error of the scale.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np
import wfdb
from numpy.typing import NDArray
from PIL import Image

from benchmarks.trace_beats import find_beats, find_strip_beats
from ecgmm.evaluation.matching import match_beats
from ecgmm.grid import STRIP_S
from ecgmm.paper.picture import Picture
from ecgmm.paper.reading.page import PageReading, PageRow, read_page

TOLERANCE_S = 0.075
LARGEST_START_ERROR_S = 0.4
LARGEST_SCALE_ERROR = 0.01
PRINTED_LEADS = (4, 4, 4, 1)

StripReader = Callable[[PageRow], NDArray[np.float64]]


@dataclass(frozen=True)
class RowScore:
    """One row against the printed signal.

    Attributes:
        reference: beats printed.
        found: beats read.
        matched: beats read within 75 ms of a printed one.
        start_error_s: by how much the row's start had to be moved.
        scale_error: slope of read over printed times, less one.
        timing_error_s: median absolute error of the matched beats' times.
    """

    reference: int
    found: int
    matched: int
    start_error_s: float
    scale_error: float
    timing_error_s: float


def trace_reader(row: PageRow) -> NDArray[np.float64]:
    """Read a row's beats from its trace."""
    bars_s = (2.5, 5.0, 7.5) if row.leads == 4 else ()
    return find_strip_beats(row.strip.grey, bars_s)


def score_row(reference_s: NDArray[np.float64], found_s: NDArray[np.float64]) -> RowScore:
    """Compare beats after the best alignment of the row's start."""
    shifts_s = np.arange(-LARGEST_START_ERROR_S, LARGEST_START_ERROR_S + 1e-9, 0.01)
    start_s = max(shifts_s, key=lambda shift: _agreement(reference_s, found_s - shift))
    aligned_s = found_s - start_s
    keep = (aligned_s > -TOLERANCE_S) & (aligned_s < STRIP_S + TOLERANCE_S)
    pairs = match_beats(reference_s, aligned_s[keep], TOLERANCE_S)
    printed_s = reference_s[pairs.reference_indices]
    read_s = aligned_s[keep][pairs.test_indices]
    line = np.polyfit(printed_s, read_s, 1) if len(read_s) > 2 else (np.nan, np.nan)
    residual_s = read_s - printed_s - np.median(read_s - printed_s) if len(read_s) else [np.nan]
    return RowScore(
        reference=len(reference_s),
        found=int(keep.sum()),
        matched=len(read_s),
        start_error_s=float(start_s),
        scale_error=float(line[0]) - 1,
        timing_error_s=float(np.median(np.abs(residual_s))),
    )


def _agreement(reference_s: NDArray[np.float64], found_s: NDArray[np.float64]) -> float:
    if not len(found_s) or not len(reference_s):
        return 0.0
    distance_s = np.abs(found_s[:, None] - reference_s).min(axis=1)
    return float(np.exp(-0.5 * (distance_s / 0.03) ** 2).sum())


def spoil(rgb: NDArray[np.uint8], size_px: int | None, quality: int | None) -> NDArray[np.uint8]:
    """Shrink a photo and save it as a smaller JPEG."""
    image = Image.fromarray(rgb)
    if size_px is not None:
        image.thumbnail((size_px, size_px), Image.Resampling.BOX)
    if quality is not None:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality)
        image = Image.open(file)
    return np.asarray(image)


def measure(
    photo: Path, read_strip: StripReader, size_px: int | None, quality: int | None, turns: int
) -> tuple[PageReading, list[RowScore], float]:
    """Read one photo; returns the page, a score for each row, and the seconds of CPU it took."""
    rgb = np.asarray(Image.open(photo).convert("RGB"))
    rgb = np.ascontiguousarray(np.rot90(spoil(rgb, size_px, quality), turns))
    begun_s = process_time()
    page = read_page(Picture(rgb, photo.name))
    spent_s = process_time() - begun_s
    record = wfdb.rdrecord(str(photo.with_name(photo.stem.rsplit("-", 1)[0])))
    reference_s = find_beats(record.p_signal, record.fs)
    scores = [score_row(reference_s, read_strip(row)) for row in page.rows]
    return page, scores, spent_s


def report(name: str, page: PageReading, scores: Sequence[RowScore], spent_s: float) -> bool:
    """Print one photo's line; returns whether all rows and the scale are right."""
    leads = tuple(row.leads for row in page.rows)
    right = leads == PRINTED_LEADS and all(
        abs(score.scale_error) <= LARGEST_SCALE_ERROR for score in scores[-1:]
    )
    rows = "  ".join(
        f"{score.matched}/{score.reference}+{score.found - score.matched}"
        f" {score.start_error_s * 1e3:+4.0f}ms {score.scale_error:+.1%}"
        f" {score.timing_error_s * 1e3:3.0f}ms"
        for score in scores
    )
    refusals = {row.refusal for row in page.rows} | {page.refusal}
    notes = " ".join(sorted(refusals - {""}))
    print(
        f"{name} {'ok ' if right else 'BAD'} turned {page.quarter_turns} "
        f"{spent_s:.1f}s  {rows}  {notes}"
    )
    return right


def main() -> None:
    """Measure every photo of a folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, help="shrink photos to this many pixels first")
    parser.add_argument("--quality", type=int, help="save them at this JPEG quality first")
    parser.add_argument("--only", type=int, nargs="+", help="read these photos alone, from 0")
    parser.add_argument("--turns", type=int, default=0, help="turn them by 90 degrees this often")
    args = parser.parse_args()
    photos = sorted(args.folder.glob("*-0.jpg"))
    if args.only:
        photos = [photos[index] for index in args.only]
    right, rhythm = 0, []
    for photo in photos:
        page, scores, spent_s = measure(photo, trace_reader, args.size, args.quality, args.turns)
        right += report(photo.stem, page, scores, spent_s)
        rhythm += scores[-1:]
    total = {key: sum(getattr(s, key) for s in rhythm) for key in ("reference", "found", "matched")}
    print(f"geometry, rows and scale right: {right}/{len(photos)}")
    print(
        f"rhythm rows: Se {total['matched'] / total['reference']:.2%} "
        f"+P {total['matched'] / total['found']:.2%} of {total['reference']} beats"
    )


if __name__ == "__main__":
    main()
