"""One process of a search: alone, chief or worker."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import grpc

from ecgmm.errors import InputError
from ecgmm.training.train import load_training_data
from tuning.keeping import keep_best
from tuning.oracles import make_oracle
from tuning.results import BEST_CONFIG_NAME, write_plot, write_tables
from tuning.space import SearchSpace
from tuning.time_box import TimeBox, TimeUp
from tuning.trials import Trial, read_trials
from tuning.tuner import TrainingTuner, TrialsFailError

CHIEF_GRACE_S = 60.0


@dataclass(frozen=True)
class Search:
    """A search.

    Attributes:
        search_dir: its folder.
        space: what is searched.
        tuner: `"hyperband"` or `"bayesian"`.
        trials: Bayesian optimization stops after this many.
        sweeps: how often Hyperband goes through its brackets.
        hours: how long this start of it may take, or None.
        command: what started it.
    """

    search_dir: Path
    space: SearchSpace
    tuner: str
    trials: int
    sweeps: int
    hours: float | None
    command: str


def run_search(search: Search, data_dir: Path, role: str) -> int:
    """Run the process that `role` names, until the search or its time is at an end.

    Returns:
        The exit status.

    Raises:
        InputError: if a data set is not prepared, or a worker's chief does not answer.
    """
    time_box = TimeBox(search.hours)
    data = [] if role == "chief" else [load_training_data(search.space.base, data_dir)]
    tuner = _tuner(search, time_box)
    if role == "chief":
        time_box.alarm(CHIEF_GRACE_S)
    try:
        tuner.search(*data)
        return 0 if role == "worker" else _conclude(search)
    except TimeUp:
        print("\nTime is up. The same command goes on.")
        return 0
    except TrialsFailError as error:
        print(f"tuning.search: {error}", file=sys.stderr)
        return 1
    except grpc.RpcError as error:
        raise InputError(
            "chief_lost", "The chief does not answer. Start it again, then this worker."
        ) from error
    finally:
        if role != "worker":
            write_plot(search.search_dir, read_trials(search.search_dir), search.space)


def _tuner(search: Search, time_box: TimeBox) -> TrainingTuner:
    oracle = make_oracle(
        search.tuner,
        search.space,
        trials=search.trials,
        sweeps=search.sweeps,
        after_trial=lambda needed: _record(search, needed),
    )
    return TrainingTuner(oracle, search.space, search.search_dir, time_box)


def _record(search: Search, needed: set[str]) -> list[Trial]:
    """Bring tables and best model up to date after a trial."""
    trials = read_trials(search.search_dir)
    write_tables(search.search_dir, trials, search.space, search.command)
    keep_best(search.search_dir, trials, needed)
    return trials


def _conclude(search: Search) -> int:
    """Let go of what only another trial would have needed, and name the winner."""
    scored = [trial for trial in _record(search, set()) if trial.score is not None]
    if not scored:
        print(f"tuning.search: no trial has succeeded in {search.search_dir}", file=sys.stderr)
        return 1
    best = scored[0]
    print(
        f"\n{len(scored)} trials; the best is {best.name} with val_score {best.score:.4f}. "
        f"Tables and plot: {search.search_dir}. To train it: "
        f"ecgmm train --config {search.search_dir / BEST_CONFIG_NAME}"
    )
    return 0
