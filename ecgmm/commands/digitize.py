"""`ecgmm digitize`: the signal back from a picture."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecgmm.commands.arguments import PLACES, add_page_statements, page_options
from ecgmm.commands.exit_status import EXIT_OK
from ecgmm.commands.recording_files import OUTPUT_HELP, check_output, write_recording
from ecgmm.commands.runtime_arguments import add_runtime_arguments, runtime_opener
from ecgmm.errors import InputError
from ecgmm.quiet import silence_libraries

if TYPE_CHECKING:
    from ecgmm.paper.strips import PaperDocument, PaperStrips
    from ecgmm.recording import Recording
    from ecgmm.serving.runtime import Runtime

_DESCRIPTION = """\
Give the signal of a picture back, in millivolts at 500 Hz: every lead that the picture shows, on
the clock of its 10 s rows. What a lead does not show is marked as missing. Of a document each page
with an ECG is written: the first to FILE, page 3 to FILE with -page3 before its ending."""

_EPILOG = "Not a medical device: thin waves and exact voltages are lost on paper."


def add_parser(subparsers: Any) -> None:
    """Add `digitize` to the subcommands of `ecgmm`."""
    parser = subparsers.add_parser(
        "digitize",
        help="give the signal of a picture back",
        description=_DESCRIPTION,
        epilog=_EPILOG,
    )
    parser.add_argument(
        "picture", metavar="PICTURE", help="any picture that 'ecgmm analyze' reads" + PLACES
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=OUTPUT_HELP)
    add_runtime_arguments(parser)
    add_page_statements(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read a picture or a document, write the signal of each page, and say what it holds.

    Raises:
        InputError: when there is no picture, no ECG on it, or the file cannot be written.
    """
    silence_libraries()
    check_output(args.out)
    open_runtime = runtime_opener(args)
    from ecgmm.analysis.analyze import open_source
    from ecgmm.analysis.digitize import digitize_paper
    from ecgmm.paper.strips import PaperStrips
    from ecgmm.readers.places import local_path
    from ecgmm.readers.signal_file import SignalFile

    with local_path(args.picture) as path:
        source = open_source(path, page=page_options(args))
    if isinstance(source, SignalFile):
        raise InputError("no_picture", f"{args.picture} is a signal already: ecgmm convert.")
    runtime = open_runtime()
    if isinstance(source, PaperStrips):
        _write(digitize_paper(source, runtime), source, args.out, args.picture)
    else:
        _write_pages(source, runtime, args.out, args.picture)
    return EXIT_OK


def _write_pages(document: PaperDocument, runtime: Runtime, output: Path, name: str) -> None:
    """Write each page with an ECG: the first as was asked for, page 3 as `OUT-page3` and so on."""
    from ecgmm.analysis.digitize import digitize_paper

    written = 0
    for number, paper in enumerate(document.pages, 1):
        try:
            recording = digitize_paper(paper, runtime)
        except InputError as error:
            if error.code != "no_ecg":
                raise
            print(f"{name}: no ECG on page {number}.", file=sys.stderr)
            continue
        of_page = output.with_stem(f"{output.stem}-page{number}") if written else output
        _write(recording, paper, of_page, f"{name}, page {number}")
        written += 1
    if not written:
        raise InputError("no_ecg", f"{name}: none of its {len(document.pages)} pages shows an ECG.")
    for fault in document.faults:
        print(f"{name}: {fault}", file=sys.stderr)


def _write(recording: Recording, paper: PaperStrips, output: Path, name: str) -> None:
    """Write the signal of a page, and say what it holds."""
    write_recording(recording, output)
    for fault in paper.faults:
        print(f"{name}: {fault}", file=sys.stderr)
    leads = ", ".join(recording.lead_names)
    print(f"{output}: {recording.duration_s:.1f} s of {leads}. Not a medical device.")
