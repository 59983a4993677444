"""Search for a better training configuration: `python -m tuning.search --help`."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ecgmm.commands.arguments import add_data_dir
from ecgmm.errors import InputError
from ecgmm.quiet import silence_libraries, silent_tensorflow_start
from ecgmm.training.config import Modality, TrainingConfig, load_config
from tuning.exit_status import exit_status
from tuning.space import PARTS, SearchSpace

RECORD_NAME = "search.json"
PACKAGES = ("keras_tuner", "sklearn", "tensorboard", "tensorflow_datasets")
DISTRIBUTION = ("KERASTUNER_TUNER_ID", "KERASTUNER_ORACLE_IP", "KERASTUNER_ORACLE_PORT")

_DESCRIPTION = """\
Search for a training configuration that reads held-out patients better. Every trial is a short
training of one stage, as `ecgmm train` would do it; what counts is val_score."""
_EPILOG = """\
examples:
  python -m tuning.search --hours 6
  python -m tuning.search --modality image --tune branches loss --tuner bayesian --trials 40

A search that was stopped, by --hours, Ctrl-C or kill -9, goes on when the same command is given
again; another search needs another --search-dir. In it, after every trial, the plot at the end:
  trials.csv, trials.md   the table of all trials
  what_mattered.png       score against everything that was tried
  best.toml               the winner: ecgmm train --config best.toml
  best.keras              its model

Several processes share a search through the environment variables of KerasTuner; see
tuning/README.md. Exit status: 0 when the search or its time has come to an end, 1 when no trial
has succeeded, 2 on bad usage or bad input, 130 when interrupted.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Search.

    Args:
        arguments: command line without the program's name; the process's own by default.

    Returns:
        The process's exit status.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(arguments)
    command = shlex.join(["python", "-m", "tuning.search", *arguments])
    return exit_status("tuning.search", lambda: _search(options, command))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tuning.search",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--search-dir",
        type=Path,
        default=Path("runs/search"),
        metavar="DIR",
        help="trials and results (default: %(default)s)",
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="TOML configuration to start from (default: that of the released model); its first "
        "stage of the modality is what is searched",
    )
    add_data_dir(parser)
    parser.add_argument(
        "--modality",
        choices=("signal", "image", "both"),
        default="signal",
        help="what is trained (default: %(default)s)",
    )
    parser.add_argument(
        "--tune",
        nargs="+",
        choices=tuple(PARTS),
        default=list(PARTS),
        metavar="PART",
        help=f"what may change, of: {', '.join(PARTS)} (default: all)",
    )
    _add_limits(parser)
    return parser


def _add_limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--tuner",
        choices=("hyperband", "bayesian"),
        default="hyperband",
        help="hyperband: many short trials, the better ones go on; bayesian: whole trials where "
        "a model of the scores expects most (default: %(default)s)",
    )
    parser.add_argument(
        "--hours",
        type=_above_zero(float),
        metavar="H",
        help="stop after this long (default: never)",
    )
    parser.add_argument(
        "--epochs",
        type=_above_zero(int),
        metavar="N",
        help="epochs of the longest trial (default: those of the stage)",
    )
    parser.add_argument(
        "--trials",
        type=_above_zero(int),
        default=100,
        metavar="N",
        help="bayesian: stop after this many (default: %(default)s)",
    )
    parser.add_argument(
        "--sweeps",
        type=_above_zero(int),
        default=1,
        metavar="N",
        help="hyperband: times through all its brackets (default: %(default)s)",
    )
    parser.add_argument(
        "--seed", type=int, metavar="N", help="of proposals, weights, strips and noise"
    )


def _above_zero(kind: type) -> Any:
    def parse(text: str) -> Any:
        value = kind(text)
        if not value > 0:
            raise argparse.ArgumentTypeError(f"Expected a number above 0. Received {text}.")
        return value

    parse.__name__ = kind.__name__
    return parse


def starting_config(
    config: TrainingConfig, modality: Modality, epochs: int | None = None, seed: int | None = None
) -> TrainingConfig:
    """The configuration that a search starts from: one stage, of the modality.

    Raises:
        InputError: if no stage of the configuration trains the modality.
    """
    config = config.overridden(modality=modality, epochs=epochs, seed=seed)
    if not config.stages:
        raise InputError("nothing_to_search", f"No stage of the configuration trains {modality}.")
    stage = replace(config.stages[0], name=modality, modality=modality)
    return replace(config, stages=(stage,))


def _search(options: argparse.Namespace, command: str) -> int:
    _require_packages()
    role = _role()
    base = starting_config(
        load_config(options.config), options.modality, options.epochs, options.seed
    )
    _claim(options.search_dir, _identity(options, base))
    silence_libraries()
    with silent_tensorflow_start():
        from tuning.run import Search, run_search
    search = Search(
        search_dir=options.search_dir,
        space=SearchSpace(base, options.tune),
        tuner=options.tuner,
        trials=options.trials,
        sweeps=options.sweeps,
        hours=options.hours,
        command=command,
    )
    return run_search(search, options.data_dir, role)


def _require_packages() -> None:
    """KerasTuner fails late and in many words where one of these is missing."""
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise InputError(
            "package_missing",
            f"The search needs {', '.join(missing)}. Run: pip install -e '.[train]'",
        )


def _role() -> str:
    """`"alone"`, or what KerasTuner's environment variables make of this process."""
    given = [name for name in DISTRIBUTION if os.environ.get(name)]
    if not given:
        return "alone"
    if len(given) < len(DISTRIBUTION):
        raise InputError(
            "distribution_incomplete",
            f"Expected all of {', '.join(DISTRIBUTION)} in the environment, or none. "
            f"Received {', '.join(given)}.",
        )
    return "chief" if "chief" in os.environ[DISTRIBUTION[0]] else "worker"


def _identity(options: argparse.Namespace, base: TrainingConfig) -> dict[str, Any]:
    """What may not change between two starts of one search."""
    identity = {"tuner": options.tuner, "tune": sorted(set(options.tune)), "base": asdict(base)}
    if options.tuner == "hyperband":
        identity["sweeps"] = options.sweeps
    return json.loads(json.dumps(identity))


def _claim(search_dir: Path, identity: dict[str, Any]) -> None:
    """Write the search down, or refuse to mix two of them in one folder."""
    search_dir.mkdir(parents=True, exist_ok=True)
    record = search_dir / RECORD_NAME
    if record.exists():
        if json.loads(record.read_text(encoding="utf-8")) != identity:
            raise InputError(
                "search_dir_taken",
                f"{search_dir} holds another search. Choose another --search-dir, or remove it.",
            )
        return
    partial = record.with_suffix(f".{os.getpid()}.partial")
    partial.write_text(json.dumps(identity, indent=2) + "\n", encoding="utf-8")
    partial.replace(record)


if __name__ == "__main__":
    sys.exit(main())
