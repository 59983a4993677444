"""Can the model tell an ECG from everything else that people photograph?

    python -m benchmarks.not_ecg [--model DIR] [--data-dir DIR] [--count 40]

Pictures of strips of patients held out of training, spoiled by every family of faults, against
pictures of each kind that is no ECG. For each kind: the area under the ROC curve, the share that
is taken for an ECG, and whether training has shown the kind. Near misses are those that look most
like an ECG; among them are all kinds that training has not shown.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from ecgmm.analysis.strips import LEAST_ECG, encode_png
from ecgmm.pipeline.not_ecg import HELD_OUT_KINDS, KINDS, not_ecg_picture
from ecgmm.pipeline.pictures import PictureConfig, picture_of
from ecgmm.pipeline.printing.families import FAMILIES
from ecgmm.pipeline.training_set import load_training_records, records_of_folds
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.released import released_model
from ecgmm.training.config import load_config
from ecgmm.training.validation import validation_strips

ALL_FAULTS = PictureConfig(families=FAMILIES)
NEAR_MISSES = {*HELD_OUT_KINDS, "eeg", "plethysmogram", "respiration", "text_on_grid", "line_chart"}
ROWS_PER_CALL = 32


def ecg_probability(pictures: Sequence[NDArray[np.uint8]], runtime: LocalRuntime) -> NDArray:
    """`[pictures]` what the model says."""
    encoded = [encode_png(picture) for picture in pictures]
    calls = range(0, len(encoded), ROWS_PER_CALL)
    return np.concatenate([runtime.digitize(encoded[i : i + ROWS_PER_CALL]).ecg for i in calls])


def ecg_pictures(data_dir: Path, count: int) -> list[NDArray[np.uint8]]:
    """Pictures of strips of the patients that the released model did not learn from."""
    config = load_config()
    records = records_of_folds(load_training_records(data_dir, config.datasets), (config.fold,))
    strips = validation_strips(records, 250, beat_strips=count, rhythm_strips=count)
    rng = np.random.default_rng(0)
    return [picture_of(strip.signal_mv, ALL_FAULTS, rng) for strip in strips]


def main() -> None:
    """Print a row for each kind, then all of them and the near misses."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a SavedModel other than the one that ships")
    parser.add_argument("--data-dir", type=Path, default=Path("~/tensorflow_datasets").expanduser())
    parser.add_argument("--count", type=int, default=40, help="pictures of each kind")
    arguments = parser.parse_args()
    runtime = LocalRuntime(released_model(arguments.model))
    shown = ecg_probability(ecg_pictures(arguments.data_dir, 10 * arguments.count), runtime)
    rng = np.random.default_rng(1)
    others = {
        kind: ecg_probability(
            [not_ecg_picture(rng, ALL_FAULTS, (kind,))[1] for _ in range(arguments.count)], runtime
        )
        for kind in KINDS
    }
    print(f"{len(shown)} pictures of ECG, {(shown < LEAST_ECG).mean():.1%} not taken for one")
    print("kind                  AUROC  taken for an ECG  shown in training")
    for kind, said in sorted(others.items(), key=lambda item: -item[1].mean()):
        print(_row(kind, shown, said, "no" if kind in HELD_OUT_KINDS else "yes"))
    print(_row("all kinds", shown, np.concatenate(list(others.values())), ""))
    near = np.concatenate([said for kind, said in others.items() if kind in NEAR_MISSES])
    print(_row("near misses", shown, near, ""))


def _row(name: str, shown: NDArray, others: NDArray, in_training: str) -> str:
    truth = np.repeat([1, 0], [len(shown), len(others)])
    auroc = roc_auc_score(truth, np.concatenate([shown, others]))
    return f"{name:<20} {auroc:6.4f} {(others >= LEAST_ECG).mean():17.1%}  {in_training}"


if __name__ == "__main__":
    main()
