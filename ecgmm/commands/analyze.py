"""`ecgmm analyze`: read ECGs of any kind and say what is in them."""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecgmm import __version__
from ecgmm.commands.arguments import (
    PLACES,
    add_beats,
    add_input_statements,
    open_as_stated,
    page_options,
    stated_person,
    whole_number,
)
from ecgmm.commands.exit_status import EXIT_BAD_INPUT, EXIT_OK
from ecgmm.commands.hints import with_option
from ecgmm.commands.runtime_arguments import (
    add_runtime_arguments,
    runtime_identity,
    runtime_opener,
)
from ecgmm.errors import InputError
from ecgmm.writers.report_formats import REPORT_FORMATS

if TYPE_CHECKING:
    from ecgmm.analysis.analyze import Opened
    from ecgmm.analysis.pieces import Report
    from ecgmm.analysis.reading import Reading
    from ecgmm.bulk.tables import ParquetTables
    from ecgmm.serving.runtime import Runtime


_DESCRIPTION = """\
Read ECGs and say where every beat is, what kind it is, what the rhythm is, what is abnormal,
and how sure that is. What an input is (a WFDB record, a CSV file, a picture) is told from its
content: docs/formats.md has the formats. Of a folder, every recording in it and below it is
read, by several processes; with --out such a job that was stopped, even by kill -9, goes on when
it is started again."""

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
        help="a WFDB record (its .hea file or its name without ending), any other ECG file, or a "
        "folder of them" + PLACES,
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
        "--report",
        action="store_true",
        help="also write each reading as a page of A4, to scale and to be signed, as PDF in DIR "
        "(here without --out)",
    )
    add_beats(parser)
    parser.add_argument(
        "--to",
        action="append",
        choices=REPORT_FORMATS,
        default=[],
        help="also write the reading for other systems, as NAME.fhir.json (HL7 FHIR R4), NAME.gdt "
        "(GDT 2.1), NAME.reading.edf (EDF+), NAME.reading.dcm (DICOM waveform with annotations) or "
        "NAME.aecg.xml (HL7 aECG) in DIR (here without --out); may be given more than once",
    )
    parser.add_argument(
        "--parquet",
        type=Path,
        metavar="DIR",
        help="also write recordings.parquet, one row an input or page, and beats.parquet, one row "
        "a beat",
    )
    parser.add_argument(
        "--jobs",
        type=whole_number,
        metavar="N",
        help="processes that read (default: one a core for a folder, otherwise this one alone)",
    )
    add_runtime_arguments(parser)
    add_input_statements(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read every input and report on each as soon as it is read.

    Returns:
        0 when every input was read and every file was written, 2 otherwise.
    """
    from ecgmm.quiet import silence_libraries

    silence_libraries()
    with _tables(args.parquet) as tables:
        if args.jobs is not None or any(Path(path).is_dir() for path in args.paths):
            has_failed = _read_archive(args, tables)
        else:
            has_failed = _read_in_turn(args, tables)
    return EXIT_BAD_INPUT if has_failed else EXIT_OK


def _read_in_turn(args: argparse.Namespace, tables: ParquetTables | None) -> bool:
    """Read every input in this process; returns whether anything failed."""
    from tqdm import tqdm

    from ecgmm.bulk.reporter import Reporter
    from ecgmm.readers.places import local_path
    from ecgmm.workers.faults import own_faults_as_input_errors
    from ecgmm.writers.output_folder import OutputFolder
    from ecgmm.writers.report_files import Wanted

    wanted = Wanted(
        args.out is not None, args.plot, tuple(args.beats), tuple(args.to), page=args.report
    )
    folder = OutputFolder(args.out or Path())
    reporter = Reporter(folder, wanted, as_json=args.json, tables=tables)
    runtime = functools.cache(runtime_opener(args))
    hide_progress = len(args.paths) == 1 or not sys.stderr.isatty()
    for path in tqdm(args.paths, unit="ECG", disable=hide_progress):
        try:
            with own_faults_as_input_errors(), local_path(path) as local:
                reporter.report_reading(*_read(local, path, args, runtime))
        except InputError as error:
            reporter.report_error(path, with_option(error))
    return reporter.has_failed


def _read(
    path: Path, name: str, args: argparse.Namespace, runtime: Callable[[], Runtime]
) -> tuple[Reading, Opened]:
    """Read one input. What reads it is loaded once there is something to read."""
    from ecgmm.readers.presence import check_something_there

    with contextlib.suppress(OSError):  # opening it says why
        check_something_there(path)
    from ecgmm.analysis.analyze import analyze_source

    source = open_as_stated(path, args)
    with _hours_bar(source) as report:
        return analyze_source(source, runtime(), name=name, report=report), source


def _read_archive(args: argparse.Namespace, tables: ParquetTables | None) -> bool:
    """Read every input, those of folders too, in other processes; returns what failed."""
    from ecgmm.bulk.job import BulkJob, ReadTask, list_inputs
    from ecgmm.bulk.journal import Journal
    from ecgmm.bulk.reporter import Reporter
    from ecgmm.writers.output_folder import OutputFolder
    from ecgmm.writers.report_files import Wanted

    if args.out is None and (args.plot or args.report or args.beats or args.to):
        raise InputError(
            "out_needed", "Expected --out DIR with --plot, --report, --beats and --to of a folder."
        )
    wanted = Wanted(True, args.plot, tuple(args.beats), tuple(args.to), page=args.report)
    with _folder_or_temporary(args.out) as path:
        folder = OutputFolder(path)
        with Journal(path, _job(args)) as journal:
            folder.take_over(journal.stems())
            reporter = Reporter(folder, wanted, as_json=args.json, tables=tables)
            task = ReadTask(
                path,
                wanted,
                args.sampling_rate,
                args.unit,
                page_options(args),
                stated_person(args),
            )
            jobs = args.jobs or len(os.sched_getaffinity(0))
            job = BulkJob(task, runtime_opener(args), folder, journal, reporter, with_option)
            job.run(list_inputs(args.paths, leave_out=path), jobs)
    return reporter.has_failed


@contextlib.contextmanager
def _folder_or_temporary(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="ecgmm-") as temporary:
        yield Path(temporary)


def _job(args: argparse.Namespace) -> dict[str, Any]:
    """What results depend on beside the inputs."""
    return {
        "ecgmm": __version__,
        "runtime": runtime_identity(args),
        "plot": args.plot,
        "report": args.report,
        "beats": sorted(args.beats),
        "to": sorted(args.to),
        "sampling_rate_hz": args.sampling_rate,
        "unit": args.unit,
        "page": asdict(page_options(args)),
        "person": asdict(stated_person(args)),
    }


def _tables(folder: Path | None) -> contextlib.AbstractContextManager[ParquetTables | None]:
    if folder is None:
        return contextlib.nullcontext()
    from ecgmm.bulk.tables import ParquetTables

    return ParquetTables(folder)


@contextlib.contextmanager
def _hours_bar(source: Opened) -> Iterator[Report]:
    """Show on a terminal how far the reading of a signal of several pieces is."""
    from tqdm import tqdm

    from ecgmm.readers.signal_file import PIECE_S, SignalFile

    hours = source.duration_s / 3600 if isinstance(source, SignalFile) else 0.0
    is_hidden = hours <= PIECE_S / 3600 or not sys.stderr.isatty()
    with tqdm(total=hours, unit="h", unit_scale=True, leave=False, disable=is_hidden) as bar:
        yield lambda read_s: bar.update(read_s / 3600 - bar.n)
