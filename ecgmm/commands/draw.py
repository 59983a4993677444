"""`ecgmm draw`: print a recording on ECG paper, to scale."""

from __future__ import annotations

import argparse
import contextlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecgmm.commands.arguments import PLACES, add_statements
from ecgmm.commands.exit_status import EXIT_OK
from ecgmm.commands.runtime_arguments import add_runtime_arguments, runtime_opener
from ecgmm.errors import InputError
from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.style import GAINS_MM_PER_MV, GRID_RGB, SPEEDS_MM_PER_S, STYLES

if TYPE_CHECKING:
    from ecgmm.recording import Recording

FILE_FORMATS = ("png", "pdf", "svg")
MIN_DPI, MAX_DPI = 20.0, 600.0
"""Below, a small box is less than a pixel; above, a page of A4 takes 100 MB."""

_DESCRIPTION = """\
Print a recording on ECG paper, to scale. A row is 250 mm long: 10 s at 25 mm/s, 5 s at 50. Of a
picture its digitized leads are printed, as far as it shows them."""

_EPILOG = """\
Layouts are rows by columns, and the rhythm rows below them: all but 6x1, of the limb leads, need
twelve leads; 'strip' is one row of one lead, 'watch' three such rows, one after the other."""


def add_parser(subparsers: Any) -> None:
    """Add `draw` to the subcommands of `ecgmm`."""
    parser = subparsers.add_parser(
        "draw", help="print a recording on ECG paper", description=_DESCRIPTION, epilog=_EPILOG
    )
    parser.add_argument(
        "record",
        metavar="RECORD",
        help="a WFDB record (its .hea file or its name without ending), any other ECG file, or a "
        "picture" + PLACES,
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="ends in .png, .pdf or .svg"
    )
    parser.add_argument("--layout", choices=tuple(LAYOUTS), default="3x4+1", help=_default("3x4+1"))
    parser.add_argument(
        "--lead", metavar="NAME", help="the lead of a strip (default: the first one recorded)"
    )
    for option, choices, usual, unit in (
        ("--speed", SPEEDS_MM_PER_S, "25", "mm/s"),
        ("--gain", GAINS_MM_PER_MV, "10", "mm/mV"),
    ):
        parser.add_argument(
            option,
            type=float,
            choices=choices,
            default=float(usual),
            metavar="{" + ",".join(f"{choice:g}" for choice in choices) + "}",
            help=_default(usual, unit),
        )
    parser.add_argument(
        "--style", choices=tuple(STYLES), default="report", help=_default("report", "whose print")
    )
    parser.add_argument(
        "--grid", choices=tuple(GRID_RGB), help="colour of the grid (default: as the style has it)"
    )
    parser.add_argument(
        "--start", type=float, default=0.0, metavar="S", help=_default("0", "seconds")
    )
    parser.add_argument(
        "--dpi", type=_dpi, default=200.0, help=_default("200", "dots an inch of a PNG")
    )
    add_statements(parser)
    add_runtime_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Draw one recording and write the file.

    Raises:
        InputError: when the recording cannot be read, does not fit the layout, or the file
            cannot be written.
    """
    from ecgmm.paper.typeset import lay_out
    from ecgmm.paper.vector import render
    from ecgmm.quiet import silence_libraries
    from ecgmm.writers.output_folder import OutputFolder

    silence_libraries()
    file_format = args.out.suffix.lower().removeprefix(".")
    if file_format not in FILE_FORMATS:
        raise InputError(
            "bad_output", f"Expected --out to end in .png, .pdf or .svg. Received '{args.out}'."
        )
    recording = _recording(args)
    style = replace(
        STYLES[args.style],
        speed_mm_per_s=args.speed,
        gain_mm_per_mv=args.gain,
        grid=args.grid or STYLES[args.style].grid,
    )
    layout = LAYOUTS[args.layout]
    page = lay_out(recording, layout, style, start_s=args.start, lead=args.lead)
    OutputFolder(args.out.parent).write(args.out.name, render(page, file_format, args.dpi))
    return EXIT_OK


def _recording(args: argparse.Namespace) -> Recording:
    """The recording; of a picture, or of the first page with an ECG, the digitized leads."""
    from ecgmm.analysis.analyze import open_source
    from ecgmm.analysis.digitize import digitize_paper
    from ecgmm.paper.strips import PaperDocument
    from ecgmm.readers.places import local_path
    from ecgmm.readers.signal_file import SignalFile

    open_runtime = runtime_opener(args)
    with local_path(args.record) as path:
        source = open_source(path, sampling_rate_hz=args.sampling_rate, unit=args.unit)
        if isinstance(source, SignalFile):
            return source.whole()
    if isinstance(source, PaperDocument):
        source = next((page for page in source.pages if page.strips), source.pages[0])
    return digitize_paper(source, open_runtime())


def _dpi(text: str) -> float:
    with contextlib.suppress(ValueError):
        dpi = float(text)
        if MIN_DPI <= dpi <= MAX_DPI:
            return dpi
    raise argparse.ArgumentTypeError(
        f"Expected {MIN_DPI:g} to {MAX_DPI:g} dots an inch. Received '{text}'."
    )


def _default(value: str, unit: str = "") -> str:
    return f"{unit} (default: {value})".strip()
