"""Measures `ecgmm analyze` on real pages whose heart rate is known.

    python -m benchmarks.pages FOLDER --model DIR [--turns 2] [--only report_ pdf_]
    python -m benchmarks.pages FOLDER --model DIR --sheet SHEET.png   # every page as it was read

The folder has a `truth.csv` with, for each picture or PDF of it (its first column), `hr_bpm`,
`beats_in_longest_row`, `true_V`, `true_S`, `rhythm` and `layout`; without `hr_bpm` there is no
ECG on it.

A page is right when its heart rate is within 3 %, no ventricular or supraventricular beat is given
that is not there (in atrial fibrillation and flutter no supraventricular one is counted), it
stands upright and all beats of its longest row but one at an end were read. Otherwise it is
silently wrong, wrong with a warning (a quality score under 0.6, or a reason given), or refused
(unreadable, or an error). A page without an ECG is right when it is refused.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np

from benchmarks.pages_sheet import save_sheet, thumbnail
from ecgmm.analysis.analyze import analyze_source
from ecgmm.analysis.reading import Reading
from ecgmm.errors import InputError
from ecgmm.paper.picture import Picture
from ecgmm.paper.reader import read_paper
from ecgmm.paper.strips import PaperStrips
from ecgmm.readers.route import read_input
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.runtime import Runtime

LARGEST_RATE_ERROR = 0.03
DOUBTFUL_SCORE = 0.6
USUAL_REASONS = (
    "No reference pulse was found",
    "Read at ",
    "No grid of ECG paper was found",
)
"""Beginnings of reasons that say what was assumed of a page, and doubt no beat."""

_FIBRILLATION = ("fibrillation", "flutter", "AF")


@dataclass(frozen=True)
class Truth:
    """What a page shows.

    Attributes:
        name: of its file.
        layout: the arrangement of its leads.
        heart_rate_bpm: mean over the longest row; None where there is no ECG.
        beats: in the longest row.
        ventricular: premature ventricular beats in the longest row.
        supraventricular: premature atrial beats in the longest row.
        fibrillates: whether the atria do, so that no beat is premature.
    """

    name: str
    layout: str
    heart_rate_bpm: float | None
    beats: int
    ventricular: int
    supraventricular: int
    fibrillates: bool


@dataclass(frozen=True)
class PageScore:
    """How one page was read.

    Attributes:
        truth: what it shows.
        word: `right`, `silent`, `warned` or `refused`.
        heart_rate_bpm: as read.
        ventricular: premature ventricular beats too many.
        supraventricular: premature atrial beats too many.
        direction: quarter turns clockwise from the picture to the page as it was read.
        spent_s: seconds of CPU without the model.
        said: the reasons given, or the error.
    """

    truth: Truth
    word: str
    heart_rate_bpm: float | None = None
    ventricular: int = 0
    supraventricular: int = 0
    direction: int | None = None
    spent_s: float = 0.0
    said: str = ""


def read_truths(folder: Path) -> Iterator[Truth]:
    """Every line of a folder's truth table."""
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            yield Truth(
                name=line["file"],
                layout=line["layout"],
                heart_rate_bpm=float(line["hr_bpm"]) if line["hr_bpm"] else None,
                beats=int(line["beats_in_longest_row"] or 0),
                ventricular=int(line["true_V"] or 0),
                supraventricular=int(line["true_S"] or 0),
                fibrillates=any(word in line["rhythm"] for word in _FIBRILLATION),
            )


@dataclass(frozen=True)
class ReadPage:
    """One page as it was read.

    Attributes:
        picture: its pixels, turned; None where the file is none.
        paper: what was found in it.
        reading: what the model says of it; None where it was refused before.
        spent_s: seconds of CPU without the model.
        error: why it was refused before.
    """

    picture: Picture | None
    paper: PaperStrips
    reading: Reading | None
    spent_s: float
    error: str = ""


def read(folder: Path, truth: Truth, runtime: Runtime, turns: int) -> ReadPage:
    """Read one page, turned by quarters."""
    begun_s = process_time()
    picture: Picture | None = None
    try:
        source = read_input(folder / truth.name)
        if not isinstance(source, Picture):
            raise InputError("no_picture", f"{truth.name} is no picture.")
        picture = source
        if turns:
            picture = Picture(np.ascontiguousarray(np.rot90(picture.rgb, -turns)), picture.name)
        paper = read_paper(picture)
    except InputError as error:
        return ReadPage(picture, PaperStrips(()), None, process_time() - begun_s, str(error))
    spent_s = process_time() - begun_s
    return ReadPage(picture, paper, analyze_source(paper, runtime), spent_s)


def score(truth: Truth, page: ReadPage, turns: int) -> PageScore:
    """Compare a reading with what the page shows."""
    reading, spent_s = page.reading, page.spent_s
    if reading is None:
        return PageScore(truth, _refused(truth), said=page.error, spent_s=spent_s)
    labels = Counter(beat.label for beat in reading.beats)
    rate_bpm = reading.summary.heart_rate_bpm
    direction = _direction(page.paper)
    said = " ".join(reading.quality.reasons)
    if reading.summary.verdict == "unreadable":
        return PageScore(truth, _refused(truth), None, 0, 0, direction, spent_s, said)
    ventricular = max(0, labels["V"] + labels["F"] - truth.ventricular)
    supraventricular = 0 if truth.fibrillates else max(0, labels["S"] - truth.supraventricular)
    is_right = (
        truth.heart_rate_bpm is not None
        and rate_bpm is not None
        and abs(rate_bpm / truth.heart_rate_bpm - 1) <= LARGEST_RATE_ERROR
        and not ventricular
        and not supraventricular
        and (direction + turns) % 4 == 0
        and len(reading.beats) >= truth.beats - 1
    )
    word = "right" if is_right else "warned" if _is_doubted(reading) else "silent"
    return PageScore(truth, word, rate_bpm, ventricular, supraventricular, direction, spent_s, said)


def _refused(truth: Truth) -> str:
    return "refused" if truth.heart_rate_bpm else "right"


def _is_doubted(reading: Reading) -> bool:
    doubts = [r for r in reading.quality.reasons if not r.startswith(USUAL_REASONS)]
    return bool(doubts or reading.quality.doubts) or reading.quality.score < DOUBTFUL_SCORE


def _direction(paper: PaperStrips) -> int:
    """Quarter turns clockwise that bring the picture upright, as it was read."""
    lines = [strip.baseline_px for strip in paper.strips if strip.baseline_px is not None]
    if not lines:
        return 0
    x, y = np.sum([line[-1] - line[0] for line in lines], axis=0)
    return round(-np.arctan2(y, x) / (np.pi / 2)) % 4


def show(result: PageScore) -> str:
    """One page's line."""
    truth = result.truth
    true_bpm = "-" if truth.heart_rate_bpm is None else f"{truth.heart_rate_bpm:.1f}"
    read_bpm = "-" if result.heart_rate_bpm is None else f"{result.heart_rate_bpm:.1f}"
    turned = "-" if result.direction is None else str(result.direction)
    return (
        f"| {truth.name} | {truth.layout} | {result.word} | {true_bpm} | {read_bpm} | "
        f"{result.ventricular} | {result.supraventricular} | {turned} | {result.spent_s:.1f} | "
        f"{result.said} |"
    )


def summarise(results: Sequence[PageScore]) -> str:
    """How many pages are of each word."""
    counts = Counter(result.word for result in results)
    spent = [result.spent_s for result in results]
    return (
        f"{len(results)} pages: {counts['right']} right, {counts['silent']} silently wrong, "
        f"{counts['warned']} wrong with a warning, {counts['refused']} refused; CPU without the "
        f"model: median {np.median(spent):.2f} s, most {max(spent):.2f} s"
    )


def main() -> None:
    """Measure every page of a folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path, required=True, help="folder of a SavedModel")
    parser.add_argument("--turns", type=int, default=0, help="turn them clockwise this often")
    parser.add_argument("--only", nargs="+", default=[""], help="names begin with one of these")
    parser.add_argument("--sheet", type=Path, help="PNG of all pages and what was read")
    args = parser.parse_args()
    runtime = LocalRuntime(args.model)
    print("| page | layout | read | HR | HR read | V+ | S+ | turned | CPU s | said |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    results, thumbnails = [], []
    for truth in read_truths(args.folder):
        if truth.name.startswith(tuple(args.only)):
            page = read(args.folder, truth, runtime, args.turns)
            results.append(score(truth, page, args.turns))
            print(show(results[-1]), flush=True)
            if args.sheet and page.picture is not None:
                caption = f"{results[-1].word}: {truth.name}"
                thumbnails.append(
                    thumbnail(page.picture.rgb, page.paper, page.reading, results[-1].word, caption)
                )
    print(f"\n{summarise(results)}")
    if thumbnails:
        save_sheet(thumbnails, args.sheet)


if __name__ == "__main__":
    main()
