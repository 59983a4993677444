"""`ecgmm digitize`: the signal back from a picture."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from ecgmm.commands.arguments import add_page_statements, page_options
from ecgmm.commands.exit_status import EXIT_OK
from ecgmm.commands.recording_files import OUTPUT_HELP, check_output, write_recording
from ecgmm.commands.runtime_arguments import add_runtime_arguments, runtime_opener
from ecgmm.errors import InputError
from ecgmm.quiet import silence_libraries

_DESCRIPTION = """\
Give the signal of a picture back, in millivolts at 500 Hz: every lead that the picture shows, on
the clock of its 10 s rows. What a lead does not show is marked as missing."""

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
        "picture", type=Path, metavar="PICTURE", help="any picture that 'ecgmm analyze' reads"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=OUTPUT_HELP)
    add_runtime_arguments(parser)
    add_page_statements(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read one picture, write its signal, and say what it holds.

    Raises:
        InputError: when there is no picture, no ECG on it, or the file cannot be written.
    """
    silence_libraries()
    check_output(args.out)
    open_runtime = runtime_opener(args)
    from ecgmm.analysis.digitize import digitize_paper
    from ecgmm.paper.reader import read_paper
    from ecgmm.readers.route import read_input
    from ecgmm.recording import Recording

    picture = read_input(args.picture)
    if isinstance(picture, Recording):
        raise InputError("no_picture", f"{args.picture} is a signal already: ecgmm convert.")
    paper = read_paper(picture, options=page_options(args))
    recording = digitize_paper(paper, open_runtime())
    write_recording(recording, args.out)
    for fault in paper.faults:
        print(f"{args.picture}: {fault}", file=sys.stderr)
    leads = ", ".join(recording.lead_names)
    print(f"{args.out}: {recording.duration_s:.1f} s of {leads}. Not a medical device.")
    return EXIT_OK
