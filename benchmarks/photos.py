"""Measures the page reader on photos of printed ECGs whose signal is known.

    python -m benchmarks.photos FOLDER [--size 1600 --quality 70] [--turns 2] [--model DIR]

The folder has pairs of `NAME-0.jpg` and the WFDB record `NAME` that was printed as 3x4+1.
Beats, read by a plain detector from the trace of each row and from all rows of the page together
(they share one clock), are compared with those of the printed signal within 75 ms after the row's
start is aligned; a QRS within 100 ms of a row's end is cut off and does not count. The slope of
the read times over the printed ones is the error of the scale. With a model, the beats that
`ecgmm analyze` would give for the whole page are compared as well.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np
import wfdb
from numpy.typing import NDArray
from PIL import Image

from benchmarks.trace_beats import find_beats, find_page_beats, find_trace_beats
from ecgmm.analysis.analyze import analyze_source
from ecgmm.grid import STRIP_S
from ecgmm.paper.picture import Picture
from ecgmm.paper.reader import PageReading, read_page
from ecgmm.paper.rows.read import ReadRow
from ecgmm.scoring.matching import match_beats
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.runtime import Runtime

TOLERANCE_S = 0.075
EDGE_S = 0.1
LARGEST_START_ERROR_S = 0.4
LARGEST_SCALE_ERROR = 0.01
LARGEST_RATE_ERROR = 0.02
PRINTED_LEADS = (4, 4, 4, 1)


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


def borders_s(row: ReadRow) -> tuple[float, ...]:
    """Where a row changes its lead."""
    return tuple(STRIP_S * place / row.leads for place in range(1, row.leads))


def score_row(reference_s: NDArray[np.float64], found_s: NDArray[np.float64]) -> RowScore:
    """Compare beats after the best alignment of the row's start."""
    shifts_s = np.arange(-LARGEST_START_ERROR_S, LARGEST_START_ERROR_S + 1e-9, 0.01)
    start_s = max(shifts_s, key=lambda shift: _agreement(reference_s, found_s - shift))
    aligned_s = found_s - start_s
    pairs = match_beats(reference_s, aligned_s, TOLERANCE_S)
    cut_off = ~_is_whole(reference_s[pairs.reference_indices])
    is_scored = _is_whole(aligned_s)
    is_scored[pairs.test_indices] = ~cut_off
    printed_s = reference_s[pairs.reference_indices][~cut_off]
    read_s = aligned_s[pairs.test_indices][~cut_off]
    line = np.polyfit(printed_s, read_s, 1) if len(read_s) > 2 else (np.nan, np.nan)
    residual_s = read_s - printed_s - np.median(read_s - printed_s) if len(read_s) else [np.nan]
    return RowScore(
        reference=int(_is_whole(reference_s).sum()),
        found=int(is_scored.sum()),
        matched=len(read_s),
        start_error_s=float(start_s),
        scale_error=float(line[0]) - 1,
        timing_error_s=float(np.median(np.abs(residual_s))),
    )


def _is_whole(beat_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether beats are so far from the row's ends that their QRS is printed whole."""
    return (beat_s > EDGE_S) & (beat_s < STRIP_S - EDGE_S)


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


@dataclass(frozen=True)
class PhotoScore:
    """One photo against the printed signal.

    Attributes:
        page: what was found.
        rows: a score for each row, from its trace.
        together: the score of the beats that all traces show together.
        network: the score of the model's beats over the whole page; None without a model.
        rate_error: relative error of the heart rate, by the model or else by all traces.
        spent_s: seconds of CPU, from pixels to beats.
    """

    page: PageReading
    rows: tuple[RowScore, ...]
    together: RowScore
    network: RowScore | None
    rate_error: float
    spent_s: float

    @property
    def is_right(self) -> bool:
        """Whether rows and scale are."""
        return tuple(row.leads for row in self.page.rows) == PRINTED_LEADS and all(
            abs(score.scale_error) <= LARGEST_SCALE_ERROR for score in self.rows[-1:]
        )


def measure(photo: Path, rgb: NDArray[np.uint8], runtime: Runtime | None) -> PhotoScore:
    """Read one photo, whose pixels may be spoiled, and score it."""
    record = wfdb.rdrecord(str(photo.with_name(photo.stem.rsplit("-", 1)[0])))
    reference_s = find_beats(record.p_signal, record.fs)
    begun_s = process_time()
    page = read_page(Picture(rgb, photo.name))
    reading = analyze_source(page.strips, runtime) if runtime else None
    spent_s = process_time() - begun_s
    traces = [(row.trace_px, borders_s(row)) for row in page.rows]
    row_beats_s = [find_trace_beats(*trace) for trace in traces]
    page_beats_s = find_page_beats(traces) if traces else np.empty(0)
    beats_s = page_beats_s
    if reading:
        beats_s = np.array([beat.time_s for beat in reading.beats])
    return PhotoScore(
        page=page,
        rows=tuple(score_row(reference_s, found_s) for found_s in row_beats_s),
        together=score_row(reference_s, page_beats_s),
        network=score_row(reference_s, beats_s) if reading else None,
        rate_error=_rate(beats_s) / _rate(reference_s) - 1,
        spent_s=spent_s,
    )


def _rate(beats_s: NDArray[np.float64]) -> float:
    """Beats a second among those that are printed whole."""
    whole_s = beats_s[_is_whole(beats_s)]
    return (len(whole_s) - 1) / np.ptp(whole_s) if len(whole_s) > 1 else np.nan


def report(name: str, score: PhotoScore) -> None:
    """Print one photo's line."""
    rows = "  ".join(map(_describe, score.rows))
    together = _describe(score.together)
    network = f"  network {_describe(score.network)}" if score.network else ""
    refusals = {row.refusal for row in score.page.rows} | set(score.page.faults)
    print(
        f"{name} {'ok ' if score.is_right else 'BAD'} turned {score.page.quarter_turns} "
        f"{score.spent_s:.1f}s  {rows}  together {together}{network}  "
        f"rate {score.rate_error:+.1%}  {' '.join(sorted(refusals - {''}))}",
        flush=True,
    )


def _describe(score: RowScore) -> str:
    return (
        f"{score.matched}/{score.reference}+{score.found - score.matched}"
        f" {score.start_error_s * 1e3:+4.0f}ms {score.scale_error:+.1%}"
        f" {score.timing_error_s * 1e3:3.0f}ms"
    )


def summarise(title: str, scores: Sequence[RowScore]) -> None:
    """Print sensitivity and precision over all photos."""
    total = {key: sum(getattr(s, key) for s in scores) for key in ("reference", "found", "matched")}
    print(
        f"{title}: Se {total['matched'] / max(1, total['reference']):.2%} "
        f"+P {total['matched'] / max(1, total['found']):.2%} of {total['reference']} beats"
    )


def main() -> None:
    """Measure every photo of a folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, help="shrink photos to this many pixels first")
    parser.add_argument("--quality", type=int, help="save them at this JPEG quality first")
    parser.add_argument("--only", type=int, nargs="+", help="read these photos alone, from 0")
    parser.add_argument("--turns", type=int, default=0, help="turn them by 90 degrees this often")
    parser.add_argument("--model", type=Path, help="folder of a SavedModel that reads the strips")
    args = parser.parse_args()
    runtime = LocalRuntime(args.model) if args.model else None
    photos = sorted(args.folder.glob("*-0.jpg"))
    if args.only:
        photos = [photos[index] for index in args.only]
    scores = []
    for photo in photos:
        rgb = spoil(np.asarray(Image.open(photo).convert("RGB")), args.size, args.quality)
        turned = np.ascontiguousarray(np.rot90(rgb, args.turns))
        scores.append(measure(photo, turned, runtime))
        report(photo.stem, scores[-1])
    print(f"geometry, rows and scale right: {sum(s.is_right for s in scores)}/{len(photos)}")
    exact = sum(abs(s.rate_error) <= LARGEST_RATE_ERROR for s in scores)
    print(f"heart rate within {LARGEST_RATE_ERROR:.0%}: {exact}/{len(photos)}")
    summarise("rhythm rows, from the trace", [s.rows[-1] for s in scores if s.rows])
    summarise("pages, from all traces", [s.together for s in scores])
    if runtime:
        summarise("pages, by the network", [s.network for s in scores if s.network])


if __name__ == "__main__":
    main()
