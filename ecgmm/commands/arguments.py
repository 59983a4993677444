"""Arguments that several subcommands share."""

from __future__ import annotations

import argparse
from pathlib import Path

DEFAULT_DATA_DIR = Path("~/tensorflow_datasets")
DEFAULT_MODELS_DIR = Path("saved_models/ecgmm")


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
