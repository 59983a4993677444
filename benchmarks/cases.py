"""Reads a folder of cases, files that were once read wrongly, and holds each against its truth.

    python -m benchmarks.cases FOLDER [--truth TABLE] [--only 18 22]

The table has a line a case: `file` (below FOLDER), `options` (what a user states, as for
`ecgmm analyze`), and what is expected of the reading, each where it is not empty:

- `heart_rate_bpm`: within 3 %;
- `beats`: as many, or one more or fewer, which an end may cut;
- `ventricular`: no more V and F than these;
- `leads`, `duration_s`: how many, and how long;
- `verdict`: this one; without it, any but `unreadable`, where a heart rate is expected;
- `told`: words that a warning or a reason under `quality` has;
- `refused`: the code of the error that is right here.
"""

from __future__ import annotations

import argparse
import csv
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ecgmm.analysis.analyze import analyze
from ecgmm.analysis.reading import Reading
from ecgmm.commands.arguments import add_statements
from ecgmm.errors import InputError
from ecgmm.serving.engines import open_model
from ecgmm.serving.released import released_model
from ecgmm.serving.runtime import Runtime

TRUTH = Path(__file__).with_suffix(".csv")
LARGEST_RATE_ERROR = 0.03
LARGEST_BEAT_ERROR = 1
LARGEST_DURATION_ERROR_S = 0.1

Truth = Mapping[str, str]
"""A line of the table."""


@dataclass(frozen=True)
class Outcome:
    """What came of a case.

    Attributes:
        got: the reading's figures, or the error, in a few words.
        wrong: names of the columns that it does not meet.
    """

    got: str
    wrong: tuple[str, ...]


def try_case(folder: Path, truth: Truth, runtime: Runtime) -> Outcome:
    """Read one case and compare it with what its line expects."""
    stated = _statements().parse_args(truth["options"].split())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            reading = analyze(
                folder / truth["file"],
                runtime,
                sampling_rate_hz=stated.sampling_rate,
                unit=stated.unit,
            )
        except InputError as error:
            wrong = () if error.code == truth["refused"] else ("refused",)
            return Outcome(f"{error.code}: {error.message}", wrong)
    said = [*(str(warning.message) for warning in caught), *reading.quality.reasons]
    return Outcome(_words(reading), tuple(_misses(truth, reading, said)))


def _statements() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    add_statements(parser)
    return parser


def _misses(truth: Truth, reading: Reading, said: list[str]) -> Iterator[str]:
    """Names of the columns that a reading does not meet."""
    summary, counts = reading.summary, reading.summary.beat_counts
    if truth["refused"]:
        yield "refused"
    if truth["verdict"] and summary.verdict != truth["verdict"]:
        yield "verdict"
    if expected := truth["heart_rate_bpm"]:
        rate_bpm = summary.heart_rate_bpm
        if rate_bpm is None or abs(rate_bpm / float(expected) - 1) > LARGEST_RATE_ERROR:
            yield "heart_rate_bpm"
    beats, duration_s = len(reading.beats), reading.duration_s
    if (expected := truth["beats"]) and abs(beats - int(expected)) > LARGEST_BEAT_ERROR:
        yield "beats"
    if (expected := truth["ventricular"]) and counts["V"] + counts["F"] > int(expected):
        yield "ventricular"
    if (expected := truth["leads"]) and len(reading.leads) != int(expected):
        yield "leads"
    expected = truth["duration_s"]
    if expected and abs(duration_s - float(expected)) > LARGEST_DURATION_ERROR_S:
        yield "duration_s"
    if truth["told"] and not any(truth["told"] in sentence for sentence in said):
        yield "told"


def _words(reading: Reading) -> str:
    summary = reading.summary
    ectopic = summary.beat_counts["V"] + summary.beat_counts["F"]
    rate = "no rate" if summary.heart_rate_bpm is None else f"{summary.heart_rate_bpm:g} bpm"
    return (
        f"{rate}, {len(reading.beats)} beats, {ectopic} V, {len(reading.leads)} leads, "
        f"{reading.duration_s:g} s, {summary.verdict}"
    )


def _expected(truth: Truth) -> str:
    return ", ".join(
        f"{name} {value}"
        for name, value in truth.items()
        if value and name not in ("file", "options")
    )


def main() -> int:
    """Try every case of the table; exit status 1 where one is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--truth", type=Path, default=TRUTH, metavar="TABLE")
    parser.add_argument("--only", nargs="+", default=[""], help="names begin with one of these")
    args = parser.parse_args()
    runtime = open_model(released_model())
    with args.truth.open(newline="", encoding="utf-8") as file:
        truths = [
            line for line in csv.DictReader(file) if line["file"].startswith(tuple(args.only))
        ]
    print("| case | expected | got | |\n|---|---|---|---|")
    right = 0
    for truth in truths:
        outcome = try_case(args.folder, truth, runtime)
        word = f"**wrong**: {', '.join(outcome.wrong)}" if outcome.wrong else "right"
        right += not outcome.wrong
        print(f"| {truth['file']} | {_expected(truth)} | {outcome.got} | {word} |", flush=True)
    print(f"\n{right} of {len(truths)} right")
    return int(right < len(truths))


if __name__ == "__main__":
    sys.exit(main())
