"""Train the second look: `python -m ecgmm.experiments.second_look --networks RUN_DIR`.

The first look must be that of patients whom the network never saw, or the second learns to trust
it too much. So `ecgmm evaluate --cross-validate RUN_DIR` trains five networks first, each without a
fifth of the patients, and each fifth is read by the network that has not seen it. These networks
are weaker than the released one, so the same recordings as that one reads them are learned from
too.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis.fusion import with_fusion
from ecgmm.experiments.controls import SignalModel, fold_dir
from ecgmm.labels import AAMI_CLASSES
from ecgmm.pipeline.training_set import FOLDS
from ecgmm.scoring.beat_scores import class_scores
from ecgmm.scoring.matching import confusion_matrix
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.released import released_model
from ecgmm.training.callbacks import BEST_NAME
from ecgmm.training.config import load_config
from ecgmm.training.opencv_onnx import to_onnx
from ecgmm.training.second_look.network import SecondLookConfig, second_opinion, train
from ecgmm.training.second_look.tables import DATASETS, ReadRecord, read_records
from ecgmm.training.second_look.variants import Kinds, all_kinds, joined

SHOWN_ALONE = ("svdb/865", "svdb/822")
"""The one patient who lives in an ectopic rhythm, and one whose premature beats are hardly so."""
_SCORED = ("N", "S", "V", "F")

Confusions = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True)
class Look:
    """A recording as one first look read it, and what the second learns from it."""

    record: ReadRecord
    kinds: Kinds


def held_out_confusions(
    strangers: Sequence[Look],
    released: Sequence[Look],
    config: SecondLookConfig,
    released_fold: int,
) -> dict[str, Confusions]:
    """Before and after a second look that never saw the patient, by record.

    Args:
        strangers: read by networks that did not know the patients.
        released: the same recordings read by the released model, which knew most of them.
        config: the training.
        released_fold: the fold that the released model did not know; its records are told as
            `released/...` too.
    """
    confusions = {}
    for fold in range(FOLDS):
        learned = [look for look in (*strangers, *released) if look.record.fold != fold]
        network = train(joined([look.kinds for look in learned]), config)
        tested = [("", look) for look in strangers if look.record.fold == fold]
        if fold == released_fold:
            tested += [("released/", look) for look in released if look.record.fold == fold]
        for prefix, look in tested:
            record, features = look.record, look.kinds["as_they_are"][0].features
            table = record.beats.table
            after = second_opinion(network, features)
            confusions[prefix + record.beats.record] = (
                _confusion(record, table.class_probability),
                _confusion(record, with_fusion(after, table.shapes, table.class_probability)),
            )
    return confusions


def table_lines(confusions: dict[str, Confusions], fold_of: dict[str, int]) -> Iterator[str]:
    """F1 of each class before and after, by fold, by data set, of single patients, and of all."""
    strangers = [name for name in confusions if not name.startswith("released/")]
    groups = {f"fold {fold}": [n for n in strangers if fold_of[n] == fold] for fold in range(FOLDS)}
    groups |= {name: [n for n in strangers if n.startswith(name)] for name in DATASETS}
    groups |= {name: [name] for name in SHOWN_ALONE if name in confusions}
    groups["all"] = strangers
    groups["released model, its own held-out fold"] = [n for n in confusions if n not in strangers]
    yield "| held out | " + " | ".join(_SCORED) + " |"
    yield "| --- |" + " --- |" * len(_SCORED)
    for name, members in groups.items():
        before, after = (
            class_scores(np.sum([confusions[member][place] for member in members], axis=0))
            for place in (0, 1)
        )
        cells = " | ".join(f"{before[c].f1:.3f} -> {after[c].f1:.3f}" for c in _SCORED)
        yield f"| {name} | {cells} |"


def looks(records: Sequence[ReadRecord], seed: int) -> list[Look]:
    """Recordings with what the second look learns from them."""
    return [Look(*pair) for pair in zip(records, all_kinds(records, seed), strict=True)]


def _confusion(record: ReadRecord, probability: NDArray[np.float32]) -> NDArray[np.int64]:
    labels = [AAMI_CLASSES[index] for index in probability.argmax(axis=1)]
    return confusion_matrix(record.reference_labels, labels, record.matching)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train on every patient and write the network, or print what it does for held-out ones."""
    parser = argparse.ArgumentParser(
        prog="python -m ecgmm.experiments.second_look", description=__doc__
    )
    parser.add_argument("--networks", type=Path, required=True, metavar="RUN_DIR")
    parser.add_argument("--data-dir", type=Path, default=Path("~/tensorflow_datasets"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], metavar="SEED")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--out", type=Path, metavar="FILE.onnx", help="with the first of the seeds")
    what.add_argument("--cross-validate", action="store_true", help="a table for each seed")
    options = parser.parse_args(arguments)
    networks = [SignalModel(fold_dir(options.networks, k) / BEST_NAME) for k in range(FOLDS)]
    released = [LocalRuntime(released_model())] * FOLDS
    strangers = looks(list(read_records(options.data_dir, networks)), seed=0)
    known = looks(list(read_records(options.data_dir, released)), seed=1)
    for seed in options.seeds if options.cross_validate else ():
        config = replace(SecondLookConfig(), seed=seed)
        confusions = held_out_confusions(strangers, known, config, load_config().fold)
        fold_of = {look.record.beats.record: look.record.fold for look in strangers}
        print(f"\nSeed {seed}\n", *table_lines(confusions, fold_of), sep="\n")
    if options.out is not None:
        config = replace(SecondLookConfig(), seed=options.seeds[0])
        network = train(joined([look.kinds for look in (*strangers, *known)]), config)
        options.out.write_bytes(to_onnx(network, "beats"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
