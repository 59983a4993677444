"""`ecgmm analyze`: read ECGs of any kind and say what is in them."""

from __future__ import annotations

import argparse
import contextlib
import functools
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecgmm.errors import InputError

if TYPE_CHECKING:
    from ecgmm.serving.runtime import Runtime

EXIT_OK = 0
EXIT_BAD_INPUT = 2

_DESCRIPTION = """\
Read ECGs and say where every beat is, what kind it is, what the rhythm is, what is abnormal,
and how sure that is. What an input is (a WFDB record, a CSV file, a picture) is told from its
content."""

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
        help="a WFDB record (its .hea file or its name without ending), a CSV file, a PNG or JPEG",
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
        "--model", type=Path, metavar="DIR", help="a SavedModel other than the one that ships"
    )
    parser.add_argument(
        "--sampling-rate",
        type=_positive,
        metavar="HZ",
        help="samples a second, for a CSV file that does not say",
    )
    parser.add_argument(
        "--unit", choices=("uV", "mV", "V"), help="unit of a CSV file that does not say"
    )
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
    from ecgmm.serving.released import released_model

    silence_libraries()
    runtime = functools.cache(functools.partial(_load, released_model(args.model)))
    reporter = Reporter(args.out, as_json=args.json, with_plots=args.plot)
    hide_progress = len(args.paths) == 1 or not sys.stderr.isatty()
    for path in tqdm(args.paths, unit="ECG", disable=hide_progress):
        try:
            with own_faults_as_input_errors():
                source = open_source(
                    Path(path), sampling_rate_hz=args.sampling_rate, unit=args.unit
                )
                reading = analyze_source(source, runtime(), name=path)
                reporter.report_reading(reading, source)
        except InputError as error:
            reporter.report_error(path, error)
    return EXIT_BAD_INPUT if reporter.has_failed else EXIT_OK


def _load(model: Path) -> Runtime:
    from ecgmm.commands.quiet import silent_tensorflow_start
    from ecgmm.serving.local import LocalRuntime

    try:
        with silent_tensorflow_start():
            return LocalRuntime(model)
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            "model_unreadable", f"{model} is no model that 'ecgmm export' wrote: {error}"
        ) from error


def _positive(text: str) -> float:
    with contextlib.suppress(ValueError):
        number = float(text)
        if 0 < number < math.inf:
            return number
    raise argparse.ArgumentTypeError(f"Expected a positive number. Received '{text}'.")
