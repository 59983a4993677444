"""The results of a search: tables, a plot of what mattered, the winning configuration."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from ecgmm.evaluation.markdown import markdown_table
from tuning.config_file import config_toml
from tuning.plot import plot_what_mattered
from tuning.space import Label, SearchSpace
from tuning.trials import Trial, scores_by_label, share_explained

CSV_NAME = "trials.csv"
MARKDOWN_NAME = "trials.md"
PLOT_NAME = "what_mattered.png"
BEST_CONFIG_NAME = "best.toml"

_COUNTS = ("epochs", "parameters")


def write_tables(
    search_dir: Path, trials: Sequence[Trial], space: SearchSpace, command: str
) -> None:
    """Write the tables anew, and the winning configuration.

    Args:
        search_dir: where they go.
        trials: those that have ended, the best first.
        space: what was searched.
        command: what started the search, for whoever reads the table.
    """
    paths = list(space.choices())
    (search_dir / CSV_NAME).write_text(_csv(trials, paths), encoding="utf-8")
    (search_dir / MARKDOWN_NAME).write_text(_markdown(trials, paths, command), encoding="utf-8")
    scored = _scored(trials)
    if scored:
        best = search_dir / BEST_CONFIG_NAME
        best.write_text(winning_config(scored, space, command), encoding="utf-8")


def write_plot(search_dir: Path, trials: Sequence[Trial], space: SearchSpace) -> None:
    """Draw the plot of what mattered anew, once a trial has a score."""
    scored = _scored(trials)
    if scored:
        plot_what_mattered(scored, space, search_dir / PLOT_NAME)


def winning_config(scored: Sequence[Trial], space: SearchSpace, command: str) -> str:
    """The configuration of the best trial as TOML, for `ecgmm train --config`."""
    best = scored[0]
    heading = (
        f"The best of {len(scored)} trials: val_score {best.score:.4f} on held-out patients "
        f"(trial {best.name}).\n"
        f"Found by: {command}\n\n"
        f"  ecgmm train --config {BEST_CONFIG_NAME} --run-dir runs/best"
    )
    return config_toml(space.config(best.labels), heading)


def _scored(trials: Sequence[Trial]) -> list[Trial]:
    return [trial for trial in trials if trial.score is not None]


def _csv(trials: Sequence[Trial], paths: Sequence[str]) -> str:
    figures = _figure_names(trials)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["trial", "val_score", *figures, *_COUNTS, *paths])
    for trial in trials:
        score = "" if trial.score is None else trial.score
        summary = [trial.summary.get(name, "") for name in (*figures, *_COUNTS)]
        writer.writerow([trial.name, score, *summary, *(trial.labels[path] for path in paths)])
    return text.getvalue()


def _markdown(trials: Sequence[Trial], paths: Sequence[str], command: str) -> str:
    figures = _figure_names(trials)
    headings = ["trial", "val_score", *figures, *_COUNTS, *paths]
    rows = [
        [
            trial.name,
            "failed" if trial.score is None else f"{trial.score:.4f}",
            *(_rounded(trial.summary.get(name), ".3f") for name in figures),
            *(_rounded(trial.summary.get(name), ".0f") for name in _COUNTS),
            *(str(trial.labels[path]) for path in paths),
        ]
        for trial in trials
    ]
    sections = [
        "# Trials",
        f"Made by `{command}`, the best first. `val_score` is the score that training keeps its "
        f"weights by: strips of held-out patients of the training data.",
        markdown_table(headings, rows),
        "## What mattered",
        "Share of the variance of `val_score` between the values of each dimension, and the mean "
        "score of each value.",
        markdown_table(["dimension", "share", "mean score by value"], _ranking(trials, paths)),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _ranking(trials: Sequence[Trial], paths: Sequence[str]) -> list[list[str]]:
    groups = {path: scores_by_label(trials, path) for path in paths}
    ranked = sorted(paths, key=lambda path: -share_explained(groups[path]))
    return [[path, f"{share_explained(groups[path]):.2f}", _means(groups[path])] for path in ranked]


def _means(scores: dict[Label, list[float]]) -> str:
    means = {label: sum(group) / len(group) for label, group in scores.items()}
    best_first = sorted(means, key=lambda label: -means[label])
    return ", ".join(f"{label}: {means[label]:.3f}" for label in best_first)


def _figure_names(trials: Sequence[Trial]) -> list[str]:
    """Names of the validation figures, in the order of the log."""
    names = dict.fromkeys(name for trial in trials for name in trial.summary)
    return [name for name in names if name not in _COUNTS]


def _rounded(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)
