"""Keeps the best model of a search and lets go of the others."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from pathlib import Path

from ecgmm.training.callbacks import BEST_NAME
from tuning.trials import Trial


def keep_best(search_dir: Path, trials: Sequence[Trial], needed: Collection[str]) -> None:
    """Copy the best trial's model to `best.keras`, and remove models nobody needs.

    Args:
        search_dir: folder of the search.
        trials: those that have ended, the best first.
        needed: names of trials that another trial may still go on from.
    """
    for rank, trial in enumerate(trials):
        model = trial.folder / BEST_NAME
        if rank == 0 and trial.score is not None and model.exists():
            partial = search_dir / f"{BEST_NAME}.partial"
            shutil.copyfile(model, partial)
            partial.replace(search_dir / BEST_NAME)
        if trial.name not in needed:
            model.unlink(missing_ok=True)
