"""`ecgmm compare`: an ECG beside an earlier one."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecgmm.commands.arguments import PLACES, add_input_statements, opened_as_stated
from ecgmm.commands.exit_status import EXIT_OK
from ecgmm.commands.runtime_arguments import add_runtime_arguments, runtime_opener
from ecgmm.errors import InputError

if TYPE_CHECKING:
    from ecgmm.analysis.analyze import Opened
    from ecgmm.report.comparison import Comparison

FILE_FORMATS = ("pdf", "png", "svg")

_DESCRIPTION = """\
Read two ECGs of one person and say what has changed: rate, intervals, axes and ST level then and
now, findings that are new, gone or as before. With --out their median beats are drawn on each
other."""


def add_parser(subparsers: Any) -> None:
    """Add `compare` to the subcommands of `ecgmm`."""
    parser = subparsers.add_parser(
        "compare",
        help="say what has changed since an earlier ECG",
        description=_DESCRIPTION,
        epilog="Not a medical device.",
    )
    parser.add_argument("old", metavar="OLD", help="the earlier ECG, of any format" + PLACES)
    parser.add_argument("new", metavar="NEW", help="the later ECG, likewise")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="also draw a page; ends in .pdf, .png or .svg"
    )
    add_runtime_arguments(parser)
    add_input_statements(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read both and report on the difference.

    Raises:
        InputError: when one of them cannot be read, or the page cannot be written.
    """
    from ecgmm.analysis.analyze import analyze_source
    from ecgmm.quiet import silence_libraries
    from ecgmm.report.comparison import compare, text_comparison

    silence_libraries()
    if args.out and args.out.suffix.lower().removeprefix(".") not in FILE_FORMATS:
        raise InputError(
            "bad_output", f"Expected --out to end in .pdf, .png or .svg. Received '{args.out}'."
        )
    runtime = runtime_opener(args)()
    with opened_as_stated(args.old, args) as old, opened_as_stated(args.new, args) as new:
        comparison = compare(
            analyze_source(old, runtime, name=args.old), analyze_source(new, runtime, name=args.new)
        )
        if args.out:
            _write_page(args.out, comparison, old, new)
    print(json.dumps(comparison.to_dict()) if args.json else text_comparison(comparison))
    return EXIT_OK


def _write_page(path: Path, comparison: Comparison, old: Opened, new: Opened) -> None:
    from ecgmm.report.a4 import as_file
    from ecgmm.report.comparison_page import comparison_page
    from ecgmm.writers.output_folder import OutputFolder

    page = comparison_page(comparison, old, new)
    content = as_file(page, path.suffix.lower().removeprefix("."), "ECG beside an earlier one")
    OutputFolder(path.parent).write(path.name, content)
