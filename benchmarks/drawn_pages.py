"""Measures the reader of pictures on pages drawn by our own printer and spoiled by our own camera.

    python -m benchmarks.drawn_pages [--count 90] [--severity 0.5] [--contact-sheet OUT.png]
    python -m benchmarks.drawn_pages --flat     # scans and screenshots, alone
    python -m benchmarks.drawn_pages --machines # every layout of twelve and six leads, any style

Every page has another kind of paper or screen, layout, scale, heart and set of faults. A row is
right when its left end is within 1 mm (40 ms at 25 mm/s) and its baseline within 2 mm of the
truth, its seconds are as long as printed within 1 %, its millivolts are as tall as printed, and
it stands at the right place of the clock. A page is right when all its rows are; misread when
something that was read is wrong; refused otherwise.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np
from numpy.typing import NDArray

from benchmarks.contact_sheet import card, save_contact_sheet
from benchmarks.page_kinds import (
    DRAWN_PX_PER_MM,
    FLAT_KINDS,
    FURTHER_KINDS,
    KINDS,
    MACHINE_KINDS,
    Specimen,
    draw,
)
from ecgmm.grid import PIXELS_PER_MV, STRIP_HEIGHT_PX, STRIP_S, STRIP_WIDTH_PX
from ecgmm.paper.page import Row, to_px
from ecgmm.paper.picture import Picture
from ecgmm.paper.reader import read_paper
from ecgmm.paper.strips import PaperStrip, PaperStrips

LARGEST_START_ERROR_MM = 1.0
LARGEST_BASELINE_ERROR_MM = 2.0
LARGEST_SCALE_ERROR = 0.01
LARGEST_CLOCK_ERROR_S = 0.04
CLEARLY_TALLER = 0.9
LEAST_WAVE_MV = 0.1
LARGEST_REST_MV = 0.03
POINT_S = 0.2


@dataclass(frozen=True)
class Verdict:
    """How one page was read.

    Attributes:
        rows: rows printed.
        right: rows read and right.
        wrong: strips read that are no printed row, or not as it was printed.
        spent_s: seconds of CPU.
    """

    rows: int
    right: int
    wrong: int
    spent_s: float

    @property
    def word(self) -> str:
        """`right`, `refused` or `misread`."""
        if self.wrong:
            return "misread"
        return "right" if self.right == self.rows else "refused"


def judge(specimen: Specimen, read: PaperStrips, spent_s: float) -> Verdict:
    """Compare the rows read with the rows printed."""
    unread = list(specimen.page.rows)
    pairs = []
    for strip in read.strips:
        row = next((row for row in unread if _is_in_place(specimen, row, strip)), None)
        if row is not None:
            unread.remove(row)
            pairs.append((row, strip))
    if pairs and not _is_as_tall(pairs, specimen.page.style.gain_mm_per_mv):
        pairs = []
    return Verdict(len(specimen.page.rows), len(pairs), len(read.strips) - len(pairs), spent_s)


def _is_in_place(specimen: Specimen, row: Row, strip: PaperStrip) -> bool:
    if strip.baseline_px is None or abs(strip.start_s - row.start_s) > LARGEST_CLOCK_ERROR_S:
        return False
    printed_px = _printed_px(specimen, row)
    read_px = strip.baseline_px[: len(printed_px)]
    along_px = np.gradient(printed_px, axis=0)
    mm_per_point = POINT_S * specimen.page.style.speed_mm_per_s
    px_per_mm = np.linalg.norm(along_px, axis=1) / mm_per_point
    unit = along_px / np.linalg.norm(along_px, axis=1, keepdims=True)
    error_px = read_px - printed_px
    along_mm = (error_px * unit).sum(axis=1) / px_per_mm
    across_mm = (error_px[:, 0] * unit[:, 1] - error_px[:, 1] * unit[:, 0]) / px_per_mm
    length_mm = mm_per_point * (len(printed_px) - 1)
    return bool(
        abs(along_mm[0]) < LARGEST_START_ERROR_MM
        and np.median(np.abs(across_mm)) < LARGEST_BASELINE_ERROR_MM
        and abs(along_mm[-1] - along_mm[0]) < LARGEST_SCALE_ERROR * length_mm
    )


def _printed_px(specimen: Specimen, row: Row) -> NDArray[np.float64]:
    """`[points, 2]` of a printed row's baseline in the photo, one every 0.2 s."""
    step_mm = POINT_S * specimen.page.style.speed_mm_per_s
    x_mm = np.arange(row.left_mm, row.right_mm + 0.1, step_mm)
    points_mm = np.stack([x_mm, np.full(len(x_mm), row.baseline_mm)], axis=-1)
    return specimen.photo.map_points(to_px(points_mm, DRAWN_PX_PER_MM))


def _is_as_tall(pairs: list[tuple[Row, PaperStrip]], gain_mm_per_mv: float) -> bool:
    """Whether strips are as tall as printed, and not half or twice as tall."""
    half, same, twice = (
        sum(_ink_along(*pair, gain_mm_per_mv, error) for pair in pairs) for error in (0.5, 1.0, 2.0)
    )
    return same > CLEARLY_TALLER * max(half, twice)


def _ink_along(row: Row, strip: PaperStrip, gain_mm_per_mv: float, error: float) -> float:
    """How much ink a strip has where a row's waves would be at a wrong gain, and between them."""
    points_mm = np.concatenate([trace.points_mm for trace in row.traces])
    points_mm = points_mm[np.isfinite(points_mm).all(axis=1)]
    signal_mv = (row.baseline_mm - points_mm[:, 1]) / gain_mm_per_mv
    seen = min(STRIP_S, strip.duration_s) / STRIP_S * STRIP_WIDTH_PX
    x = (points_mm[:, 0] - row.left_mm) / (row.right_mm - row.left_mm) * seen
    columns = np.clip(np.round(x), 0, STRIP_WIDTH_PX - 1).astype(np.intp)
    shifts_px = np.arange(-60, 61, 2)[:, np.newaxis]
    y = STRIP_HEIGHT_PX / 2 + shifts_px - error * PIXELS_PER_MV * signal_mv
    places = np.clip(np.round(y), 0, STRIP_HEIGHT_PX - 1).astype(np.intp)
    ink = np.median(strip.grey) - strip.grey[places, columns].astype(np.float64)
    is_wave, is_level = np.abs(signal_mv) > LEAST_WAVE_MV, np.abs(signal_mv) < LARGEST_REST_MV
    return float(max(ink[:, is_wave].mean(axis=1) + ink[:, is_level].mean(axis=1)))


def measure(
    specimen: Specimen, read_picture: Callable[[Picture], PaperStrips]
) -> tuple[PaperStrips, Verdict]:
    """Read one page and judge the reading."""
    begun_s = process_time()
    read = read_picture(Picture(specimen.photo.pixels, specimen.title))
    return read, judge(specimen, read, process_time() - begun_s)


def tell(name: str, words: Iterable[str]) -> None:
    """Print how many of some pages were right, refused and misread."""
    counts = Counter(words)
    total = sum(counts.values())
    parts = ", ".join(f"{word} {counts[word]}" for word in ("right", "refused", "misread"))
    print(f"{name}: {parts} of {total} ({counts['right'] / total:.1%} right)")


def main() -> None:
    """Draw, spoil, read and judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=90, help="number of pages")
    parser.add_argument("--first-seed", type=int, default=0, help="seed of the first page")
    parser.add_argument("--severity", type=float, default=0.5, help="0 for none to 1 for the worst")
    parser.add_argument("--further", action="store_true", help="the kinds that are not promised")
    parser.add_argument("--flat", action="store_true", help="scans and screenshots alone")
    parser.add_argument("--machines", action="store_true", help="every layout, as any machine")
    parser.add_argument("--contact-sheet", type=Path, help="PNG of all photos and what was found")
    args = parser.parse_args()
    kinds = (
        FURTHER_KINDS
        if args.further
        else FLAT_KINDS
        if args.flat
        else MACHINE_KINDS
        if args.machines
        else KINDS
    )
    words: dict[str, list[str]] = defaultdict(list)
    cards = []
    for seed in range(args.first_seed, args.first_seed + args.count):
        specimen = draw(kinds[seed % len(kinds)], seed, args.severity)
        read, verdict = measure(specimen, read_paper)
        print(
            f"{specimen.title}: {verdict.word}, {verdict.right} of {verdict.rows} rows right, "
            f"{verdict.wrong} wrong, {verdict.spent_s:.1f} s  {' '.join(read.faults)}",
            flush=True,
        )
        for group in (specimen.kind, specimen.preset, specimen.layout, specimen.grid, "all pages"):
            words[group].append(verdict.word)
        if args.contact_sheet:
            cards.append(card(specimen, read, verdict.word))
    for group, said in words.items():
        tell(group, said)
    if args.contact_sheet:
        save_contact_sheet(cards, args.contact_sheet)


if __name__ == "__main__":
    main()
