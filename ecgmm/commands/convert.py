"""`ecgmm convert`: write a recording in another format."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ecgmm.commands.arguments import PLACES, add_statements
from ecgmm.commands.exit_status import EXIT_OK
from ecgmm.commands.recording_files import OUTPUT_HELP, check_output, write_recording
from ecgmm.errors import InputError
from ecgmm.quiet import silence_libraries

_DESCRIPTION = """\
Write a recording as a WFDB record, an EDF, a DICOM or a CSV file. All leads and all samples are
kept; what was not recorded stays marked as missing."""


def add_parser(subparsers: Any) -> None:
    """Add `convert` to the subcommands of `ecgmm`."""
    parser = subparsers.add_parser(
        "convert",
        help="write a recording in another format",
        description=_DESCRIPTION,
    )
    parser.add_argument("input", metavar="IN", help="any ECG that 'ecgmm analyze' reads" + PLACES)
    parser.add_argument(
        "output",
        type=Path,
        metavar="OUT",
        help=OUTPUT_HELP,
    )
    add_statements(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read, convert, and write the files of the new recording."""
    from ecgmm.readers.places import local_path
    from ecgmm.readers.route import read_input
    from ecgmm.recording import Recording

    silence_libraries()
    check_output(args.output)
    with local_path(args.input) as local:
        content = read_input(local, sampling_rate_hz=args.sampling_rate, unit=args.unit)
        if not isinstance(content, Recording):
            raise InputError(
                "no_signal", f"{args.input} is a picture. To get its signal: ecgmm digitize."
            )
        write_recording(content, args.output)
    return EXIT_OK
