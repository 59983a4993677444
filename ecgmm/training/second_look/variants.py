"""What the second look learns from: each recording as it is, and changed in several ways."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ecgmm.analysis.beat_features import beat_features
from ecgmm.labels import AAMI_CLASSES
from ecgmm.training.second_look.network import Example
from ecgmm.training.second_look.splices import (
    LabelledBeats,
    stretch,
    with_ectopic_runs,
    with_wandering_sinus,
)
from ecgmm.training.second_look.tables import ReadRecord

SHORT_VARIANTS, WANDERING_VARIANTS, SPLICED_VARIANTS = 8, 2, 3
"""Of each recording; drawn once, since reading their features takes longer than learning."""

Kinds = dict[str, list[Example]]


def kinds_of(record: ReadRecord, donors: Sequence[LabelledBeats], seed: int) -> Kinds:
    """A recording as it is and changed, as `network.rows` draws it.

    Args:
        record: as it was read.
        donors: others of the same fold, so that no fold knows anything of another.
        seed: of what is drawn.
    """
    rng = np.random.default_rng((seed, *record.beats.record.encode()))
    beats = record.beats

    def spliced() -> LabelledBeats:
        ground = with_wandering_sinus(beats, rng) if rng.random() < 0.5 else beats
        return with_ectopic_runs(ground, donors[int(rng.integers(len(donors)))], rng)

    return {
        "as_they_are": [_example(beats)],
        "short": [_example(stretch(beats, rng)) for _ in range(SHORT_VARIANTS)],
        "wandering": [
            _example(with_wandering_sinus(beats, rng)) for _ in range(WANDERING_VARIANTS)
        ],
        "spliced": [_example(spliced()) for _ in range(SPLICED_VARIANTS)],
    }


def all_kinds(records: Sequence[ReadRecord], seed: int = 0) -> list[Kinds]:
    """The kinds of every recording; donors have beats of class S to lend."""
    early = AAMI_CLASSES.index("S")
    lenders = [r for r in records if (r.beats.labels == early).any()]
    return [
        kinds_of(
            record,
            [r.beats for r in lenders if r.fold == record.fold and r is not record],
            seed,
        )
        for record in records
    ]


def joined(kinds: Sequence[Kinds]) -> Kinds:
    """The kinds of several recordings together."""
    return {name: [e for one in kinds for e in one[name]] for name in kinds[0]}


def _example(beats: LabelledBeats) -> Example:
    return Example(beat_features(beats.table), beats.labels)
