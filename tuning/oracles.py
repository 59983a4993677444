"""What proposes the next trial: KerasTuner's oracles, which also see to the results."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import keras_tuner
from keras_tuner.oracles import BayesianOptimizationOracle, HyperbandOracle

from ecgmm.training.callbacks import WATCHED
from tuning.space import SearchSpace

HALVING_FACTOR = 3
NOISE_VARIANCE = 0.1
"""Share of the scores' variance that the Gaussian process takes for chance."""

NEVER = sys.maxsize
"""An oracle that gives up on failures raises in whichever process asks it; the tuner does."""

AfterTrial = Callable[[set[str]], object]


class _RecordedOracle(keras_tuner.Oracle):
    """Calls `after_trial` when a trial has ended, whichever process it ran in.

    Attributes:
        after_trial: told the names of the trials that others may still go on from.
    """

    after_trial: AfterTrial

    def end_trial(self, trial: Any) -> None:
        """End the trial, then see to the results."""
        super().end_trial(trial)
        self.after_trial(self._needed())

    def _needed(self) -> set[str]:
        """Trials of Hyperband's open brackets, and what they went on from."""
        return {
            name
            for bracket in self.get_state().get("brackets", ())
            for halving in bracket["rounds"]
            for info in halving
            for name in (info["id"], info["past_id"])
            if name is not None
        }


class RecordedHyperband(_RecordedOracle, HyperbandOracle):
    """Hyperband (Li et al., JMLR 18, 2018)."""


class RecordedBayesianOptimization(_RecordedOracle, BayesianOptimizationOracle):
    """Bayesian optimization: a Gaussian process and its upper confidence bound."""


def make_oracle(
    tuner: str, space: SearchSpace, *, trials: int, sweeps: int, after_trial: AfterTrial
) -> keras_tuner.Oracle:
    """The oracle of a search, seeded as its training is.

    Args:
        tuner: `"hyperband"` or `"bayesian"`.
        space: what is searched.
        trials: Bayesian optimization stops after this many; as many as there are
            dimensions are drawn at random before it models anything.
        sweeps: how often Hyperband goes through its brackets.
        after_trial: called when a trial has ended.
    """
    objective = keras_tuner.Objective(WATCHED, "max")
    oracle: _RecordedOracle
    if tuner == "hyperband":
        oracle = RecordedHyperband(
            objective=objective,
            max_epochs=space.base.stages[0].epochs,
            factor=HALVING_FACTOR,
            hyperband_iterations=sweeps,
            seed=space.base.seed,
            max_consecutive_failed_trials=NEVER,
        )
    else:
        oracle = RecordedBayesianOptimization(
            objective=objective,
            max_trials=trials,
            num_initial_points=max(3, len(space.choices())),
            alpha=NOISE_VARIANCE,
            seed=space.base.seed,
            max_consecutive_failed_trials=NEVER,
        )
    oracle.after_trial = after_trial
    oracle.verbose = 0
    return oracle
