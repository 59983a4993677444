"""`ecgmm correct`: a reading as a person corrects it."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecgmm.commands.arguments import PLACES, add_beats, add_input_statements, opened_as_stated
from ecgmm.commands.exit_status import EXIT_BAD_INPUT, EXIT_OK
from ecgmm.errors import InputError

if TYPE_CHECKING:
    from ecgmm.analysis.analyze import Opened
    from ecgmm.analysis.reading import Reading
    from ecgmm.readers.signal_file import SignalFile

_DESCRIPTION = """\
Correct a reading, and compute again what follows from it: rhythm in time, rates, intervals,
findings, verdict and statement. The network is not asked again. CORRECTIONS is a JSON list such
as [{"change": "label_alike", "time_s": 3.2, "label": "N"}]; docs/read.md has every change. The
corrections stay with the reading; with --data the corrected beats are kept for
'ecgmm train --data'."""


def add_parser(subparsers: Any) -> None:
    """Add `correct` to the subcommands of `ecgmm`."""
    parser = subparsers.add_parser(
        "correct",
        help="correct a reading, and compute again what follows",
        description=_DESCRIPTION,
        epilog="Not a medical device.",
    )
    parser.add_argument("recording", metavar="RECORDING", help="the ECG that was read" + PLACES)
    parser.add_argument(
        "reading", type=Path, metavar="READING", help="its reading, from 'ecgmm analyze --json'"
    )
    parser.add_argument("corrections", type=Path, metavar="CORRECTIONS", help="a JSON list")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="also write a text and a JSON report"
    )
    add_beats(parser)
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        help="also put the recording and its corrected beats into a labelled folder",
    )
    parser.add_argument(
        "--patient", metavar="NAME", help="who it is from, as FOLDER's labels.csv calls them"
    )
    add_input_statements(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Correct a reading, print it and write what was asked for.

    Raises:
        InputError: when a file cannot be read, or a correction does not fit the reading.
    """
    from ecgmm.quiet import silence_libraries

    silence_libraries()
    if args.data and not args.patient:
        raise InputError("patient_needed", "Expected --patient NAME with --data.")
    with opened_as_stated(args.recording, args) as source:
        reading = _corrected(source, args)
        has_failed = _report(reading, source, args)
        if args.data:
            _keep(args, source, reading)
    return EXIT_BAD_INPUT if has_failed else EXIT_OK


def _corrected(source: Opened, args: argparse.Namespace) -> Reading:
    from ecgmm.analysis.correcting import corrected
    from ecgmm.analysis.correction import corrections_from_json
    from ecgmm.readers.signal_file import SignalFile

    signal = source if isinstance(source, SignalFile) else None
    before = _reading(args.reading)
    _check_belongs(before, signal, args)
    corrections = corrections_from_json(_json(args.corrections))
    return corrected(before, corrections, signal, source.person)


def _report(reading: Reading, source: Opened, args: argparse.Namespace) -> bool:
    """Print the reading and write its files; returns whether one could not be written."""
    from ecgmm.bulk.reporter import Reporter
    from ecgmm.writers.output_folder import OutputFolder
    from ecgmm.writers.report_files import Wanted

    wanted = Wanted(args.out is not None, False, tuple(args.beats), ())
    reporter = Reporter(OutputFolder(args.out or Path()), wanted, as_json=args.json)
    reporter.report_reading(reading, source)
    return reporter.has_failed


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise InputError("not_found", f"{path}: {error.strerror}.") from error
    except ValueError as error:
        raise InputError("bad_json", f"{path}: Expected JSON. {error}.") from error


def _reading(path: Path) -> Reading:
    from ecgmm.analysis.reading_json import reading_from_json

    described = _json(path)
    try:
        return reading_from_json(described)
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(
            "bad_reading", f"{path}: Expected a reading, as 'ecgmm analyze --json' prints it."
        ) from error


def _check_belongs(reading: Reading, signal: SignalFile | None, args: argparse.Namespace) -> None:
    """That the reading is of this recording, as far as its length tells."""
    if signal is not None and abs(signal.duration_s - reading.duration_s) > 0.01:
        raise InputError(
            "bad_reading",
            f"{args.reading}: Expected the reading of {args.recording}, {signal.duration_s:g} s. "
            f"Received one of {reading.duration_s:g} s.",
        )


def _keep(args: argparse.Namespace, source: Opened, reading: Reading) -> None:
    from ecgmm.readers.signal_file import SignalFile
    from ecgmm.writers.labelled_folder import add_to_folder

    if not isinstance(source, SignalFile):
        raise InputError("no_signal", "Expected a recording with --data. Received a picture.")
    recording = replace(source.whole(), lead_names=reading.leads, annotations=None)
    add_to_folder(args.data, Path(args.recording).stem, args.patient, recording, reading)
