"""`ecgmm analyze`: read ECGs of any kind and say what is in them."""

from __future__ import annotations

import argparse
import contextlib
import functools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecgmm.commands.arguments import add_statements
from ecgmm.commands.beat_formats import BEAT_FORMATS
from ecgmm.commands.runtime_arguments import add_runtime_arguments, runtime_opener
from ecgmm.errors import InputError

if TYPE_CHECKING:
    from ecgmm.analysis.analyze import Source
    from ecgmm.analysis.pieces import Report

EXIT_OK = 0
EXIT_BAD_INPUT = 2

_DESCRIPTION = """\
Read ECGs and say where every beat is, what kind it is, what the rhythm is, what is abnormal,
and how sure that is. What an input is (a WFDB record, a CSV file, a picture) is told from its
content: the README lists the formats."""

_EPILOG = "Exit status: 0 when every input was read, 2 when one was not. Not a medical device."


def add_parser(subparsers: Any) -> None:
    """Add `analyze` to the subcommands of `ecgmm`."""
    parser = subparsers.add_parser(
        "analyze", help="read ECGs and report on them", description=_DESCRIPTION, epilog=_EPILOG
    )
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="a WFDB record (its .hea file or its name without ending), or any other ECG file",
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object a line for each input"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="also write a text and a JSON report of each input"
    )
    parser.add_argument(
        "--plot",
        action="store_true",
        help="also draw each ECG on paper with its beats, as PNG in DIR (here without --out)",
    )
    parser.add_argument(
        "--beats",
        action="append",
        choices=BEAT_FORMATS,
        default=[],
        help="also write the beats alone, as NAME.beats.atr (a WFDB annotation file), .csv or "
        ".json in DIR (here without --out); may be given more than once",
    )
    add_runtime_arguments(parser)
    add_statements(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read every input in turn and report on each as soon as it is read.

    Returns:
        0 when every input was read and every file was written, 2 otherwise.
    """
    from tqdm import tqdm

    from ecgmm.analysis.analyze import analyze_source, open_source
    from ecgmm.commands.faults import own_faults_as_input_errors
    from ecgmm.commands.quiet import silence_libraries
    from ecgmm.commands.reporter import Reporter

    silence_libraries()
    runtime = functools.cache(runtime_opener(args))
    reporter = Reporter(args.out, as_json=args.json, with_plots=args.plot, beat_formats=args.beats)
    hide_progress = len(args.paths) == 1 or not sys.stderr.isatty()
    for path in tqdm(args.paths, unit="ECG", disable=hide_progress):
        try:
            with own_faults_as_input_errors():
                source = open_source(
                    Path(path), sampling_rate_hz=args.sampling_rate, unit=args.unit
                )
                with _hours_bar(source) as report:
                    reading = analyze_source(source, runtime(), name=path, report=report)
                reporter.report_reading(reading, source)
        except InputError as error:
            reporter.report_error(path, error)
    return EXIT_BAD_INPUT if reporter.has_failed else EXIT_OK


@contextlib.contextmanager
def _hours_bar(source: Source) -> Iterator[Report]:
    """Show on a terminal how far the reading of a signal of several pieces is."""
    from tqdm import tqdm

    from ecgmm.readers.signal_file import PIECE_S, SignalFile

    hours = source.duration_s / 3600 if isinstance(source, SignalFile) else 0.0
    is_hidden = hours <= PIECE_S / 3600 or not sys.stderr.isatty()
    with tqdm(total=hours, unit="h", unit_scale=True, leave=False, disable=is_hidden) as bar:
        yield lambda read_s: bar.update(read_s / 3600 - bar.n)
