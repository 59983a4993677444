"""`ecgmm convert`: write a recording in another format."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecgmm.commands.arguments import add_statements
from ecgmm.commands.output_folder import OutputFolder
from ecgmm.commands.quiet import silence_libraries
from ecgmm.commands.runtime_arguments import add_runtime_arguments, runtime_opener
from ecgmm.errors import InputError

if TYPE_CHECKING:
    from ecgmm.recording import Recording

EXIT_OK = 0
SUFFIXES = (".hea", ".edf", ".csv")

_DESCRIPTION = """\
Write a recording as a WFDB record, an EDF file or a CSV file. All leads and all samples are kept;
what was not recorded stays marked as missing. A picture is digitized: its traces become leads."""

_EPILOG = "Not a medical device."


def add_parser(subparsers: Any) -> None:
    """Add `convert` to the subcommands of `ecgmm`."""
    parser = subparsers.add_parser(
        "convert",
        help="write a recording in another format",
        description=_DESCRIPTION,
        epilog=_EPILOG,
    )
    parser.add_argument("input", type=Path, metavar="IN", help="any ECG that 'ecgmm analyze' reads")
    parser.add_argument(
        "output",
        type=Path,
        metavar="OUT",
        help="ends in .hea (WFDB; the .dat and .atr go beside it), .edf or .csv",
    )
    add_statements(parser)
    add_runtime_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read, convert, and write the files of the new recording."""
    silence_libraries()
    suffix = args.output.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(
            "bad_output", f"Expected OUT to end in .hea, .edf or .csv. Received '{args.output}'."
        )
    files = _files(_recording(args), args.output, suffix)
    folder = OutputFolder(args.output.parent)
    for name, content in files.items():
        folder.write(name, content)
    return EXIT_OK


def _recording(args: argparse.Namespace) -> Recording:
    """What a file holds; of a picture the signal that the model follows in it."""
    from ecgmm.readers.route import read_input
    from ecgmm.recording import Recording

    content = read_input(args.input, sampling_rate_hz=args.sampling_rate, unit=args.unit)
    if isinstance(content, Recording):
        return content
    open_runtime = runtime_opener(args)
    from ecgmm.analysis.digitize import digitize_paper
    from ecgmm.paper.reader import read_paper

    return digitize_paper(read_paper(content), open_runtime())


def _files(recording: Recording, output: Path, suffix: str) -> dict[str, bytes]:
    """Content of each file by its name, the one that names the record last."""
    from ecgmm.writers.recording_csv import csv_file
    from ecgmm.writers.recording_edf import edf_file
    from ecgmm.writers.recording_wfdb import wfdb_files

    match suffix:
        case ".hea":
            files = wfdb_files(recording, output.stem)
            return dict(sorted(files.items(), key=lambda file: file[0].endswith(".hea")))
        case ".edf":
            return {output.name: edf_file(recording)}
        case _:
            return {output.name: csv_file(recording)}
