"""What each choice of the training is worth: `python -m tuning.ablation --help`."""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ecgmm.commands.arguments import add_data_dir
from ecgmm.errors import InputError
from ecgmm.evaluation.markdown import markdown_table
from ecgmm.quiet import silence_libraries, silent_tensorflow_start
from ecgmm.training.config import TrainingConfig, config_of
from tuning.exit_status import exit_status

DEFAULT_VARIANTS = Path(__file__).parent / "ablations.toml"
SCORE_NAME = "held_out.json"
TABLE_NAME = "ablation.md"
BASE_NAME = "base"
FIGURES = ("QRS Se", "QRS +P", "S F1", "V F1", "F F1", "CinC 2017 F1")

_DESCRIPTION = """\
Train the same short training again and again, each time with one thing changed, and read whole
recordings of the patients that it has not learned from."""
_EPILOG = """\
examples:
  python -m tuning.ablation
  python -m tuning.ablation --only base "without CinC 2017"     # the table holds what there is

What is trained already is not trained again; a training that was cut off goes on. Several processes
may share a --run-dir as long as they train different variants (--only).
"""


@dataclass(frozen=True)
class Variant:
    """The base training with something changed.

    Attributes:
        name: what is changed, in a few words.
        config: the training.
    """

    name: str
    config: TrainingConfig


def main(arguments: Sequence[str] | None = None) -> int:
    """Train what is not trained yet, and write the table.

    Args:
        arguments: command line without the program's name; the process's own by default.

    Returns:
        The process's exit status.
    """
    options = _parser().parse_args(arguments)
    return exit_status("tuning.ablation", lambda: _ablate(options))


def _ablate(options: argparse.Namespace) -> int:
    variants = read_variants(options.variants)
    for variant in _chosen(variants, options.only):
        _score(variant, variants[0].config.datasets, options.data_dir, options.run_dir)
    table = _table(variants, options.run_dir)
    (options.run_dir / TABLE_NAME).write_text(table, encoding="utf-8")
    print(table)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tuning.ablation",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--variants",
        type=Path,
        default=DEFAULT_VARIANTS,
        metavar="FILE",
        help="TOML: the table [base] and what is changed (default: tuning/ablations.toml)",
    )
    parser.add_argument(
        "--run-dir",
        type=Path,
        default=Path("runs/ablation"),
        metavar="DIR",
        help="trainings, figures and the table (default: %(default)s)",
    )
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", help="variants to train (default: all)"
    )
    add_data_dir(parser)
    return parser


def read_variants(path: Path) -> tuple[Variant, ...]:
    """The base and everything that is tried, in the order of the file.

    Raises:
        InputError: if the file cannot be read, or changes something that there is not.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("config_invalid", f"Cannot read {path}: {error}.") from error
    if "base" not in values:
        raise InputError("config_invalid", f"Expected a table [base] in {path}. Received none.")
    base, changes = values["base"], {BASE_NAME: {}} | values.get("change", {})
    return tuple(
        Variant(name, config_of(_changed(base, change))) for name, change in changes.items()
    )


def _changed(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Tables are merged, `stages` one by one; anything else is replaced."""
    merged = dict(base)
    for name, value in change.items():
        if isinstance(value, Mapping):
            merged[name] = _changed(base.get(name, {}), value)
        elif name == "stages":
            merged[name] = [_changed(*stages) for stages in zip(base[name], value, strict=True)]
        else:
            merged[name] = value
    return merged


def _chosen(variants: Sequence[Variant], names: Sequence[str] | None) -> Iterable[Variant]:
    strange = sorted(set(names or ()) - {variant.name for variant in variants})
    if strange:
        known = ", ".join(variant.name for variant in variants)
        raise InputError("unknown_variant", f"Expected variants among {known}. Received {strange}.")
    return [variant for variant in variants if names is None or variant.name in names]


def _score(variant: Variant, scored: tuple[str, ...], data_dir: Path, run_dir: Path) -> None:
    """Train a variant and keep its figures on the data sets `scored`, unless that is done."""
    folder = _folder(variant, run_dir)
    score = folder / SCORE_NAME
    if score.exists():
        return
    silence_libraries()
    with silent_tensorflow_start():
        from ecgmm.experiments.controls import held_out_figures
        from ecgmm.training.train import train
    print(f"\n{variant.name}", flush=True)
    best = train(variant.config, data_dir, folder)
    figures = held_out_figures(best, replace(variant.config, datasets=scored), data_dir)
    score.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _folder(variant: Variant, run_dir: Path) -> Path:
    return run_dir / "-".join("".join(c if c.isalnum() else " " for c in variant.name).split())


def _table(variants: Sequence[Variant], run_dir: Path) -> str:
    """What was measured, as Markdown; the first row is the base, the others differ from it."""
    rows = []
    for variant in variants:
        score = _folder(variant, run_dir) / SCORE_NAME
        if score.exists():
            figures = json.loads(score.read_text(encoding="utf-8"))
            rows.append([variant.name, *(_percent(figures.get(name)) for name in FIGURES)])
    note = (
        "Figures in percent, of whole recordings of the held-out fifth of the patients, all leads "
        "together; beats by EC57, first five minutes left out. Rows that differ from the base "
        "in their seed alone say how much chance there is in a row."
    )
    made = "Made by `python -m tuning.ablation`, which trains what is not here yet."
    return f"{made}\n\n{markdown_table(['changed', *FIGURES], rows)}\n\n{note}\n"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}"


if __name__ == "__main__":
    sys.exit(main())
