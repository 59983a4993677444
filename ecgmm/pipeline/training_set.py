"""The records that may be trained on, and how patients are held out of them.

No record of DS2 is ever returned by this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.grid import SAMPLING_RATE_HZ
from ecgmm.labels import STEP_CLASSES
from ecgmm.pipeline.records import GridRecord, load_recordings, to_grid
from ecgmm.pipeline.splits import DS1
from ecgmm.recording import Recording
from ecgmm.resampling import bridge_gaps, resample

FOLDS = 5
"""One of five tests, one chooses epochs, three are learned from."""
TRAINING_DATASETS = ("mitdb", "svdb", "cinc2017", "folder")
NOISE_FOR_TRAINING_S = 20 * 60
"""Of the 30 minutes of each recording of NSTDB; the last ten are the stress test's."""


def load_training_records(data_dir: Path, datasets: Sequence[str]) -> list[GridRecord]:
    """Every record of the named data sets that training may see: of MIT-BIH, DS1 alone.

    Raises:
        ValueError: if a name is no data set to train on.
        InputError: if a data set is not prepared.
    """
    strange = sorted(set(datasets) - set(TRAINING_DATASETS))
    if strange:
        raise ValueError(f"Expected data sets among {TRAINING_DATASETS}. Received {strange}.")
    return [to_grid(recording, dataset) for dataset, recording in _may_train(data_dir, datasets)]


def held_out_recordings(data_dir: Path, datasets: Sequence[str], fold: int) -> list[Recording]:
    """The recordings, as stored, of the patients of a fold."""
    pairs = list(_may_train(data_dir, datasets))
    records = records_of_folds([to_grid(r, dataset) for dataset, r in pairs], (fold,))
    held_out = {(record.dataset, record.name) for record in records}
    return [recording for dataset, recording in pairs if (dataset, recording.name) in held_out]


def training_recordings(data_dir: Path, dataset: str) -> list[Recording]:
    """Every recording of a data set, as stored, that training may see."""
    return [recording for _, recording in _may_train(data_dir, (dataset,))]


def _may_train(data_dir: Path, datasets: Sequence[str]) -> Iterator[tuple[str, Recording]]:
    for dataset in datasets:
        for recording in load_recordings(data_dir, dataset):
            if dataset != "mitdb" or recording.name in DS1:
                yield dataset, recording


def load_training_noise(data_dir: Path) -> NDArray[np.float32]:
    """`[samples, sources]` noise at 125 Hz: the first 20 of NSTDB's 30 minutes.

    The last ten minutes are left for measuring how a model copes with noise.
    """
    leads = []
    for recording in load_recordings(data_dir, "nstdb"):
        noise = resample(recording.signal_mv, recording.sampling_rate_hz, SAMPLING_RATE_HZ)
        leads.append(bridge_gaps(noise)[: NOISE_FOR_TRAINING_S * SAMPLING_RATE_HZ])
    return np.concatenate(leads, axis=1)


def split_by_patient(
    records: Sequence[GridRecord], fold: int
) -> tuple[list[GridRecord], list[GridRecord]]:
    """Records to train on and records of other patients to validate on.

    Args:
        records: all of the training data.
        fold: which fold is held out, 0 to 4.
    """
    validation = records_of_folds(records, (fold,))
    held_out = {record.patient for record in validation}
    return [record for record in records if record.patient not in held_out], validation


def records_of_folds(records: Sequence[GridRecord], folds: Sequence[int]) -> list[GridRecord]:
    """The records of the patients of some folds.

    Patients are dealt to five folds within each data set, those with the rarest beats
    first, so that every fold has its share of them.

    Args:
        records: all of the training data, whatever the folds wanted.
        folds: from 0 to 4.
    """
    strange = sorted(set(folds) - set(range(FOLDS)))
    if strange:
        raise ValueError(f"Expected folds from 0 to {FOLDS - 1}. Received {strange}.")
    dealt = [
        _deal(record for record in records if record.dataset == dataset)
        for dataset in {record.dataset for record in records}
    ]
    wanted = {patient for patients in dealt for fold in folds for patient in patients[fold::FOLDS]}
    return [record for record in records if record.patient in wanted]


def _deal(records: Iterable[GridRecord]) -> list[str]:
    """Patients of one data set, those with most S, then V beats first, then by rhythm."""
    keys: dict[str, tuple[int, int, int]] = {}
    for record in records:
        s_beats = np.count_nonzero(record.beat_class == STEP_CLASSES.index("S"))
        v_beats = np.count_nonzero(record.beat_class == STEP_CLASSES.index("V"))
        rhythm = int(record.rhythm[0]) if len(record.rhythm) else 0
        keys[record.patient] = (-int(s_beats), -int(v_beats), rhythm)
    return sorted(keys, key=lambda patient: (keys[patient], patient))
