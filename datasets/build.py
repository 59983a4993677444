"""Prepare data sets: `python -m datasets.build mitdb svdb nstdb cinc2017 ptbxl`."""

import argparse
import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ecgmm.errors import InputError

if TYPE_CHECKING:
    from datasets.folder.folder_dataset_builder import Builder as FolderBuilder
    from datasets.physionet_builder import PhysioNetBuilder

    Builder = PhysioNetBuilder | FolderBuilder

NAMES = ("mitdb", "svdb", "nstdb", "cinc2017", "ptbxl", "folder")
DEFAULT_DATA_DIR = Path("~/tensorflow_datasets")

_DESCRIPTION = "Prepare public ECG databases as TFDS data sets, for training and evaluation."
_NAMES_HELP = """\
mitdb     MIT-BIH Arrhythmia Database: 48 half-hours, every beat annotated
svdb      MIT-BIH Supraventricular Arrhythmia Database: 78 half-hours, every beat annotated
nstdb     MIT-BIH Noise Stress Test Database: baseline wander, electrode motion, muscle noise
cinc2017  PhysioNet/CinC Challenge 2017: 8,528 short recordings, one rhythm class each
ptbxl     PTB-XL: 21,799 twelve-lead recordings of 10 s, with diagnoses, forms and rhythms
folder    your own recordings, with labels.csv, in --archive-dir
"""
_EPILOG = """\
examples:
  python -m datasets.build mitdb svdb nstdb cinc2017 ptbxl
  python -m datasets.build mitdb --archive-dir ~/Downloads --data-dir /data/tfds
  python -m datasets.build folder --archive-dir my_ecgs --classes classes.toml

A data set that is already prepared is left as it is; delete its folder to prepare it anew.
Records that are missing from an archive or damaged in it are named and left out.
Exit status: 0 when all are prepared, 2 on bad usage or bad input, 130 when interrupted.
"""


def main(arguments: list[str] | None = None) -> int:
    """Prepares the named data sets.

    Args:
        arguments: command line without the program's name; the process's own by default.

    Returns:
        The process's exit status.
    """
    options = _parser().parse_args(arguments)
    try:
        for name in options.names:
            _prepare(name, options)
    except InputError as error:
        return _fail(error.message)
    except OSError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        print("\ndatasets.build: interrupted", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m datasets.build",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("names", nargs="+", choices=NAMES, metavar="NAME", help=_NAMES_HELP)
    parser.add_argument(
        "--archive-dir",
        type=_folder,
        metavar="DIR",
        help="where the publisher's archives are, under their own file names,\n"
        "or, for ptbxl, unpacked;\n"
        "without it they are downloaded from physionet.org",
    )
    parser.add_argument(
        "--data-dir",
        type=_folder,
        metavar="DIR",
        default=DEFAULT_DATA_DIR.expanduser(),
        help=f"where the prepared data sets go (default: {DEFAULT_DATA_DIR})",
    )
    parser.add_argument(
        "--classes",
        type=_folder,
        metavar="FILE",
        help="a TOML file whose [classes] says what the labels of a folder of your own mean",
    )
    parser.add_argument(
        "--ptbxl-rate-hz",
        type=int,
        choices=(100, 500),
        default=100,
        help="which of the publisher's two forms of ptbxl (default: 100)",
    )
    return parser


def _folder(text: str) -> Path:
    return Path(text).expanduser()


def _prepare(name: str, options: argparse.Namespace) -> None:
    builder = _builder(name, options)
    state = "already prepared"
    if not builder.data_path.exists():
        _download_and_prepare(builder, show_download=options.archive_dir is None)
        state = "prepared"
    elif not builder.is_prepared():
        raise InputError(
            "bad_data_dir", f"{builder.data_path}: not a prepared data set; delete this folder"
        )
    count = sum(split.num_examples for split in builder.info.splits.values())
    print(f"{name}: {state}, {count} of {builder.record_count} records, in {builder.data_path}")


def _builder(name: str, options: argparse.Namespace) -> "Builder":
    module = importlib.import_module(f"datasets.{name}.{name}_dataset_builder")
    own = {
        "folder": {"classes": options.classes},
        "ptbxl": {"sampling_rate_hz": options.ptbxl_rate_hz},
    }
    return module.Builder(
        data_dir=options.data_dir, archive_dir=options.archive_dir, **own.get(name, {})
    )


def _download_and_prepare(builder: "Builder", *, show_download: bool) -> None:
    import tensorflow_datasets as tfds

    if not show_download:
        tfds.disable_progress_bar()
    builder.download_and_prepare(
        download_config=tfds.download.DownloadConfig(try_download_gcs=False)
    )


def _fail(message: str) -> int:
    print(f"datasets.build: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
