"""What came out of the trials, read from their folders."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tuning.space import Label

TRIALS_NAME = "trials"
SUMMARY_NAME = "summary.json"
ENDED = ("COMPLETED", "FAILED")


@dataclass(frozen=True)
class Trial:
    """One trial that has ended.

    Attributes:
        name: its number as text.
        folder: where its log and, as long as it is kept, its model are.
        score: `val_score` of its best epoch, None if it failed.
        labels: what was tried, by dimension.
        summary: `epochs` trained in all, `parameters` of the model, and the validation
            figures of the best epoch by the names that training logs them under.
    """

    name: str
    folder: Path
    score: float | None
    labels: dict[str, Label]
    summary: dict[str, float]


def read_trials(search_dir: Path) -> list[Trial]:
    """The trials of a search that have ended, the best first, those that failed last."""
    trials = []
    for path in sorted((search_dir / TRIALS_NAME).glob("trial_*/trial.json")):
        state = json.loads(path.read_text(encoding="utf-8"))
        if state["status"] not in ENDED:
            continue
        summary = path.with_name(SUMMARY_NAME)
        trials.append(
            Trial(
                name=state["trial_id"],
                folder=path.parent,
                score=state["score"] if state["status"] == "COMPLETED" else None,
                labels=state["hyperparameters"]["values"],
                summary=json.loads(summary.read_text(encoding="utf-8")) if summary.exists() else {},
            )
        )
    return sorted(trials, key=lambda trial: -np.inf if trial.score is None else trial.score)[::-1]


def scores_by_label(trials: Sequence[Trial], path: str) -> dict[Label, list[float]]:
    """Scores of the trials that did not fail, by what they tried of one dimension."""
    scores: dict[Label, list[float]] = {}
    for trial in trials:
        if trial.score is not None and path in trial.labels:
            scores.setdefault(trial.labels[path], []).append(trial.score)
    return scores


def share_explained(scores: dict[Label, list[float]]) -> float:
    """Share of the scores' variance that lies between the values of a dimension.

    This is the correlation ratio, eta squared (Fisher, Statistical Methods for Research
    Workers, 1925). It takes each dimension for itself, and of few trials it makes too much.
    """
    everything = [score for group in scores.values() for score in group]
    total = len(everything) * np.var(everything) if everything else 0.0
    if total == 0.0:
        return 0.0
    middle = np.mean(everything)
    between = sum(len(group) * (np.mean(group) - middle) ** 2 for group in scores.values())
    return float(between / total)
