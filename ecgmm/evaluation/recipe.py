"""Figures of how a model was made rather than of the model: controls, folds, seeds.

They need trainings of their own, so they are kept in `controls.json` beside the reports of
the version and are part of each of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ecgmm.evaluation.report import JSON_NAME, FigureRow, plain, read_report, write_values
from ecgmm.scoring.bootstrap import Spread

RECIPE_NAME = "controls.json"


@dataclass(frozen=True)
class RecipeFigures:
    """Parts that were not measured are empty; `EvaluationReport` has the same."""

    controls: tuple[FigureRow, ...] = ()
    cross_validation: tuple[FigureRow, ...] = ()
    unseen: tuple[FigureRow, ...] = ()
    seeds: Mapping[str, Spread] = field(default_factory=dict)


def version_dir(models_dir: Path, version: str) -> Path:
    """Where the reports of a version go: beside the folder of models."""
    return models_dir.parent / "reports" / version


def read_recipe(reports_dir: Path) -> RecipeFigures:
    """What was measured for a version so far.

    Args:
        reports_dir: folder of the version's reports.
    """
    path = reports_dir / RECIPE_NAME
    if not path.exists():
        return RecipeFigures()
    values = json.loads(path.read_text(encoding="utf-8"))
    seeds = {name: _spread(spread) for name, spread in values.pop("seeds").items()}
    return RecipeFigures(seeds=seeds, **{name: _rows(rows) for name, rows in values.items()})


def add_to_recipe(reports_dir: Path, **parts: Any) -> None:
    """Keep newly measured parts and put them into every report of the version.

    Args:
        reports_dir: folder of the version's reports.
        parts: fields of `RecipeFigures`.
    """
    values = plain(replace(read_recipe(reports_dir), **parts))
    reports_dir.mkdir(parents=True, exist_ok=True)
    text = json.dumps(values, indent=1, allow_nan=False) + "\n"
    (reports_dir / RECIPE_NAME).write_text(text, encoding="utf-8")
    for path in sorted(reports_dir.glob(f"*/{JSON_NAME}")):
        write_values(read_report(path) | values, path.parent)


def _rows(rows: Sequence[dict[str, Any]]) -> tuple[FigureRow, ...]:
    return tuple(FigureRow(**row) for row in rows)


def _spread(values: dict[str, Any]) -> Spread:
    return Spread(**(values | {"values": tuple(values["values"])}))
