"""`ecgmm export`: release a trained model as the next version of a SavedModel."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ecgmm.commands.arguments import add_models_dir
from ecgmm.commands.exit_status import EXIT_OK
from ecgmm.errors import InputError
from ecgmm.export.light import FORMATS
from ecgmm.quiet import silence_libraries, silent_tensorflow_start

_DESCRIPTION = """\
Write a trained model as a SavedModel with a signature for signals and one for pictures, which
TensorFlow Serving and tf.saved_model.load read without this package, with its light form inside; or
write its parts for ONNX Runtime, OpenVINO or LiteRT. A model whose answers differ from the trained
one's is refused."""


def add_parser(subparsers: Any) -> None:
    """Add `export` to the subcommands of `ecgmm`."""
    parser = subparsers.add_parser(
        "export", help="write a trained model for serving", description=_DESCRIPTION
    )
    parser.add_argument(
        "keras_file", type=Path, metavar="FILE", help="a .keras file of ecgmm train"
    )
    add_models_dir(parser)
    parser.add_argument(
        "--version", type=int, metavar="N", help="its number (default: one more than the highest)"
    )
    parser.add_argument(
        "--format",
        choices=("saved_model", *FORMATS),
        default="saved_model",
        help="what to write (default: %(default)s)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder of another format's files (default: FILE's name with the format's)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Export, and say where the new version is."""
    silence_libraries()
    with silent_tensorflow_start():
        from ecgmm.export.agreement import ExportError
        from ecgmm.export.light.forms import export_form
        from ecgmm.export.saved_model import export_model

    if not args.keras_file.is_file():
        raise InputError("model_not_found", f"There is no model in {args.keras_file}.")
    try:
        if args.format == "saved_model":
            print(export_model(args.keras_file, args.models_dir, args.version))
        else:
            folder = args.out or args.keras_file.with_suffix(f".{args.format}")
            print(export_form(args.keras_file, folder, args.format))
    except ExportError as error:
        raise InputError("export_refused", str(error)) from error
    return EXIT_OK
