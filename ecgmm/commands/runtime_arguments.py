"""Where a command's probabilities come from, as its user says."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ecgmm.serving.engines import ENGINES

if TYPE_CHECKING:
    from ecgmm.serving.runtime import OpenRuntime, Runtime


def add_runtime_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `--model`, `--serving` and `--engine`."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--model", type=Path, metavar="DIR", help="a SavedModel other than the one that ships"
    )
    group.add_argument(
        "--serving",
        metavar="URL",
        help="ask a TensorFlow Serving instead: grpc://host:8500 or http://host:8501, grpcs and "
        "https too, then /v1/models/NAME/versions/N or /labels/LABEL where needed "
        "(default: $ECGMM_SERVING)",
    )
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        help="what runs the model in this process (default: light, unless the model was exported "
        "without it)",
    )


def runtime_opener(args: argparse.Namespace) -> OpenRuntime:
    """How to open the runtime that was asked for, quietly; it can be called in another process.

    Raises:
        InputError: if there is no such model, or the address is none.
    """
    from ecgmm.serving.choice import choose_runtime

    return partial(_open_quietly, choose_runtime(args.model, args.serving, args.engine))


def runtime_identity(args: argparse.Namespace) -> str:
    """What was asked for, in a form that differs where readings may.

    Raises:
        InputError: if there is no such model.
    """
    import hashlib

    from ecgmm.serving.choice import serving_address
    from ecgmm.serving.released import released_model

    address = serving_address(args.model, args.serving)
    if address:
        return address
    model = released_model(args.model).resolve()
    content = (model / "fingerprint.pb", model / "saved_model.pb")
    stored = next(path for path in content if path.exists())
    return f"{model} {hashlib.sha256(stored.read_bytes()).hexdigest()}"


def _open_quietly(open_runtime: OpenRuntime) -> Runtime:
    from ecgmm.quiet import silent_tensorflow_start

    with silent_tensorflow_start():
        return open_runtime()
