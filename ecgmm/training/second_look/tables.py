"""Annotated recordings as networks read them that were not trained on their patients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ecgmm.analysis.beat_features import BeatTable
from ecgmm.analysis.pieces import read_in_pieces
from ecgmm.analysis.raw_reading import lasting_gaps
from ecgmm.labels import AAMI_CLASSES, aami_class
from ecgmm.pipeline.training_set import FOLDS, held_out_recordings
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.scoring.matching import Matching, match_beats
from ecgmm.serving.runtime import Runtime
from ecgmm.training.second_look.splices import UNKNOWN, LabelledBeats

DATASETS = ("mitdb", "svdb")


@dataclass(frozen=True)
class ReadRecord:
    """A recording as it was read, beside its reference.

    Attributes:
        beats: as they were read, with what they are.
        fold: the fold whose network read it, which is the fold of its patient.
        reference_labels: class of each reference beat.
        matching: which beats were read, missed and invented.
    """

    beats: LabelledBeats
    fold: int
    reference_labels: tuple[str, ...]
    matching: Matching


def read_record(recording: Recording, dataset: str, fold: int, runtime: Runtime) -> ReadRecord:
    """Read an annotated recording with the first look alone.

    Raises:
        ValueError: if it is not annotated.
    """
    truth = recording.annotations
    if truth is None:
        raise ValueError(f"Expected an annotated recording. Received {recording.name!r} without.")
    read = read_in_pieces(SignalFile.in_memory(recording), runtime)
    named = [aami_class(symbol) for symbol in truth.beat_symbols]
    times_s = truth.beat_samples[[name is not None for name in named]] / recording.sampling_rate_hz
    classes = tuple(name for name in named if name is not None)
    matching = match_beats(times_s, read.beats.time_s)
    labels = np.full(len(read.beats), UNKNOWN)
    labels[matching.test_indices] = [
        AAMI_CLASSES.index(classes[index]) for index in matching.reference_indices
    ]
    table = BeatTable(
        read.beats.time_s,
        read.class_probability,
        read.shapes,
        tuple(lasting_gaps(read.unreadable)),
    )
    beats = LabelledBeats(
        f"{dataset}/{recording.name}", f"{dataset}/{recording.patient}", table, labels
    )
    return ReadRecord(beats, fold, classes, matching)


def read_records(data_dir: Path, networks: Sequence[Runtime]) -> Iterator[ReadRecord]:
    """Every recording with annotated beats, read by the network that its patient was kept from.

    Args:
        data_dir: prepared data sets.
        networks: one a fold.
    """
    if len(networks) != FOLDS:
        raise ValueError(f"Expected a network for each of {FOLDS} folds. Received {len(networks)}.")
    for fold, network in enumerate(networks):
        for dataset in DATASETS:
            for recording in held_out_recordings(data_dir, (dataset,), fold):
                yield read_record(recording, dataset, fold, network)
