"""Train the rhythm of short recordings: `python -m ecgmm.experiments.strip_rhythm`.

The features begin with what the released model says, and it says it too surely of recordings that
it learned from. So only those of CinC 2017 are learned from that it was kept from.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from ecgmm.analysis.raw_reading import RawReading, mean_rhythm, read_source
from ecgmm.analysis.strip_features import strip_features
from ecgmm.analysis.strip_rhythm import AdditiveModel, is_strip, seen_as_a_whole
from ecgmm.labels import RHYTHM_CLASSES
from ecgmm.pipeline.training_set import held_out_recordings
from ecgmm.readers.signal_file import SignalFile
from ecgmm.recording import Recording
from ecgmm.scoring.rhythm import cinc2017_scores
from ecgmm.serving.local import LocalRuntime
from ecgmm.serving.released import released_model
from ecgmm.training.config import load_config
from ecgmm.training.strip_rhythm import parts_of, train_tables

PARTS = 5


@dataclass(frozen=True)
class ReadRecording:
    """A recording as the released model read it.

    Attributes:
        raw: what it read.
        features: of a strip; None of what stays as it was read.
        rhythm: index into `labels.RHYTHM_CLASSES`, by experts.
    """

    raw: RawReading
    features: NDArray[np.float32] | None
    rhythm: int


def read_all(recordings: Iterable[Recording]) -> Iterator[ReadRecording]:
    """Read the recordings whose rhythm as a whole is known."""
    runtime = LocalRuntime(released_model())
    for recording in recordings:
        name = recording.annotations.rhythm_class if recording.annotations else None
        if name is not None:
            raw = read_source(SignalFile.in_memory(recording), runtime)
            features = strip_features(raw) if is_strip(raw) else None
            yield ReadRecording(raw, features, RHYTHM_CLASSES.index(name))


def tables_from(read: Iterable[ReadRecording], seed: int) -> AdditiveModel:
    """The tables that these recordings teach."""
    known = [(each.features, each.rhythm) for each in read if each.features is not None]
    features, rhythm = zip(*known, strict=True)
    return train_tables(np.stack(features), np.array(rhythm, np.int64), seed)


def held_out_names(read: Sequence[ReadRecording], seed: int) -> list[str]:
    """The rhythm of each recording by tables that it was kept from."""
    part = parts_of(np.array([each.rhythm for each in read], np.int64), PARTS, seed)
    names = [""] * len(read)
    for kept in range(PARTS):
        tables = tables_from((read[n] for n in np.flatnonzero(part != kept).tolist()), seed)
        for number in np.flatnonzero(part == kept).tolist():
            windows = seen_as_a_whole(read[number].raw, tables)
            names[number] = mean_rhythm(windows).label
    return names


def table_lines(read: Sequence[ReadRecording], seeds: Sequence[int]) -> Iterator[str]:
    """F1 of each class and the mean of N, A and O, before and after."""
    reference = [RHYTHM_CLASSES[each.rhythm] for each in read]
    told = {"network": [each.raw.rhythm.label for each in read]}
    told |= {f"seed {seed}": held_out_names(read, seed) for seed in seeds}
    yield "| | N | A | O | mean |"
    yield "| --- | --- | --- | --- | --- |"
    for name, test in told.items():
        scores = cinc2017_scores(reference, test)
        cells = (f"{f1:.3f}" for f1 in (scores.f1n, scores.f1a, scores.f1o, scores.f1))
        yield f"| {name} | {' | '.join(cells)} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what tables do for recordings that they were kept from, and write those of all."""
    parser = argparse.ArgumentParser(
        prog="python -m ecgmm.experiments.strip_rhythm", description=__doc__
    )
    parser.add_argument("--data-dir", type=Path, default=Path("~/tensorflow_datasets"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], metavar="SEED")
    parser.add_argument("--out", type=Path, metavar="FILE.npz", help="with the first of the seeds")
    options = parser.parse_args(arguments)
    data_dir = options.data_dir.expanduser()
    recordings = held_out_recordings(data_dir, ("cinc2017",), load_config().fold)
    read = list(tqdm(read_all(recordings), total=len(recordings), unit="recording"))
    print(*table_lines(read, options.seeds), sep="\n")
    if options.out is not None:
        tables_from(read, options.seeds[0]).save(options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
