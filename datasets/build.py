"""Prepare data sets: `python -m datasets.build mitdb svdb nstdb cinc2017`."""

import argparse
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ecgmm.errors import InputError

if TYPE_CHECKING:
    from datasets.physionet_builder import PhysioNetBuilder

NAMES = ("mitdb", "svdb", "nstdb", "cinc2017")
DEFAULT_DATA_DIR = "~/tensorflow_datasets"


def main(arguments: list[str] | None = None) -> int:
    """Prepares the named data sets; returns the process's exit status."""
    options = _parser().parse_args(arguments)
    try:
        for name in options.names:
            _prepare(name, options.data_dir.expanduser(), options.archive_dir)
    except InputError as error:
        print(f"datasets.build: {error.message}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m datasets.build",
        description="Prepare public ECG databases as TFDS data sets for training and evaluation.",
    )
    parser.add_argument("names", nargs="+", choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--archive-dir", type=Path)
    parser.add_argument("--data-dir", type=Path, default=Path(DEFAULT_DATA_DIR))
    return parser


def _prepare(name: str, data_dir: Path, archive_dir: Path | None) -> None:
    builder = _builder(name, data_dir, archive_dir)
    if builder.is_prepared():
        print(f"{name}: already prepared in {builder.data_path}")
        return
    builder.download_and_prepare()
    print(f"{name}: prepared in {builder.data_path}")


def _builder(name: str, data_dir: Path, archive_dir: Path | None) -> "PhysioNetBuilder":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow_datasets as tfds

    tfds.disable_progress_bar()
    module = importlib.import_module(f"datasets.{name}.{name}_dataset_builder")
    return module.Builder(data_dir=data_dir, archive_dir=archive_dir)


if __name__ == "__main__":
    sys.exit(main())
