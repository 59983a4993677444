"""Arguments that several subcommands share."""

from __future__ import annotations

import argparse
import contextlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.options import PageOptions
from ecgmm.paper.style import GAINS_MM_PER_MV, SPEEDS_MM_PER_S
from ecgmm.person import Person
from ecgmm.writers.beat_formats import BEAT_FORMATS

if TYPE_CHECKING:
    from ecgmm.analysis.analyze import Opened

DEFAULT_DATA_DIR = Path("~/tensorflow_datasets")
DEFAULT_MODELS_DIR = Path("saved_models/ecgmm")
PLACES = "; also '-' for standard input, ARCHIVE.zip/MEMBER, or an address (https://, s3://)"
"""Where every command finds an input beside in files, as its help says it."""


def add_data_dir(parser: argparse.ArgumentParser) -> None:
    """Add `--data-dir`."""
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=DEFAULT_DATA_DIR,
        metavar="DIR",
        help="data sets that python -m datasets.build prepared (default: %(default)s)",
    )


def add_models_dir(parser: argparse.ArgumentParser) -> None:
    """Add `--models-dir`."""
    parser.add_argument(
        "--models-dir",
        type=Path,
        default=DEFAULT_MODELS_DIR,
        metavar="DIR",
        help="folder of the model's versions (default: %(default)s)",
    )


def add_statements(parser: argparse.ArgumentParser) -> None:
    """Add `--sampling-rate` and `--unit`, what the user states of a file that does not."""
    parser.add_argument(
        "--sampling-rate",
        type=_positive,
        metavar="HZ",
        help="samples a second, for a file that does not say",
    )
    parser.add_argument(
        "--unit", choices=("uV", "mV", "V"), help="unit of a file that does not say"
    )


def add_person(parser: argparse.ArgumentParser) -> None:
    """Add `--age` and `--sex`, which some criteria ask for."""
    parser.add_argument(
        "--age",
        type=_positive,
        metavar="YEARS",
        help="of the person, for criteria that ask for it; what the file says otherwise",
    )
    parser.add_argument("--sex", choices=("female", "male"), help="likewise")


def stated_person(args: argparse.Namespace) -> Person:
    """What the user stated of the person."""
    return Person(args.age, args.sex)


def add_page_statements(parser: argparse.ArgumentParser) -> None:
    """Add `--speed`, `--gain` and `--layout`, what the user states of a picture of paper."""
    for option, choices, unit in (
        ("--speed", SPEEDS_MM_PER_S, "mm/s"),
        ("--gain", GAINS_MM_PER_MV, "mm/mV"),
    ):
        parser.add_argument(
            option,
            type=float,
            choices=choices,
            metavar="{" + ",".join(f"{choice:g}" for choice in choices) + "}",
            help=f"{unit} of a picture's paper, whatever is found on it",
        )
    parser.add_argument(
        "--layout", choices=tuple(LAYOUTS), help="where which lead is on a picture's paper"
    )


def page_options(args: argparse.Namespace) -> PageOptions:
    """What the user stated of a picture's paper."""
    return PageOptions(args.speed, args.gain, args.layout)


def add_beats(parser: argparse.ArgumentParser) -> None:
    """Add `--beats`, the files of a reading's beats."""
    parser.add_argument(
        "--beats",
        action="append",
        choices=BEAT_FORMATS,
        default=[],
        help="also write the beats alone, as NAME.beats.atr (a WFDB annotation file), .csv or "
        ".json in DIR (here without --out); may be given more than once",
    )


def add_input_statements(parser: argparse.ArgumentParser) -> None:
    """Add all that the user may state of an input, whatever it turns out to be."""
    add_statements(parser)
    add_page_statements(parser)
    add_person(parser)


@contextlib.contextmanager
def opened_as_stated(place: str, args: argparse.Namespace) -> Iterator[Opened]:
    """Open an input wherever it is, with what `add_input_statements` lets the user state of it.

    Args:
        place: what `PLACES` says.
        args: of the command line.

    Raises:
        InputError: when it cannot be read.
    """
    from ecgmm.readers.places import local_path

    with local_path(place) as path:
        yield open_as_stated(path, args)


def open_as_stated(path: Path, args: argparse.Namespace) -> Opened:
    """The same of a file on this machine."""
    from ecgmm.analysis.analyze import open_source

    return open_source(
        path,
        sampling_rate_hz=args.sampling_rate,
        unit=args.unit,
        page=page_options(args),
        person=stated_person(args),
    )


def whole_number(text: str) -> int:
    """A number of things, as an argument says it."""
    with contextlib.suppress(ValueError):
        if int(text) >= 1:
            return int(text)
    raise argparse.ArgumentTypeError(f"Expected a whole number from 1. Received '{text}'.")


def _positive(text: str) -> float:
    with contextlib.suppress(ValueError):
        number = float(text)
        if 0 < number < math.inf:
            return number
    raise argparse.ArgumentTypeError(f"Expected a positive number. Received '{text}'.")
