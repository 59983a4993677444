"""Prepared TFDS data sets as records on the time grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.grid import SAMPLES_PER_STEP, SAMPLING_RATE_HZ
from ecgmm.labels import (
    ATRIAL_FIBRILLATION_AUX,
    RHYTHM_CLASSES,
    SINUS_RHYTHM_AUX,
    STEP_CLASSES,
    aami_class,
)
from ecgmm.recording import Annotations, Recording
from ecgmm.resampling import bridge_gaps, resample

DATASET_VERSION = "1.0.0"
UNKNOWN_RHYTHM = -1
"""No index of a class."""


@dataclass(frozen=True)
class GridRecord:
    """One record at 125 Hz with its truth on the time grid.

    Attributes:
        dataset: name of the data set it comes from.
        name: name of the record in it.
        patient: identity of the person, unique over data sets.
        signal_mv: `[samples, leads]` float32, millivolts at 125 Hz, without NaN.
        beat_position: `[beats]` float64, in samples at 125 Hz, ascending.
        beat_class: `[beats]` int64, index into `labels.STEP_CLASSES`, 1 to 5.
        has_beats: whether the record's beats are annotated at all.
        rhythm: `[steps]` int8, index into `labels.RHYTHM_CLASSES`; -1 where unknown.
    """

    dataset: str
    name: str
    patient: str
    signal_mv: NDArray[np.float32]
    beat_position: NDArray[np.float64]
    beat_class: NDArray[np.int64]
    has_beats: bool
    rhythm: NDArray[np.int8]


def load_recordings(data_dir: Path, dataset: str) -> Iterator[Recording]:
    """Read a prepared data set, one recording after the other, as stored.

    Args:
        data_dir: folder that `python -m datasets.build` wrote.
        dataset: `"mitdb"`, `"svdb"`, `"nstdb"` or `"cinc2017"`.

    Raises:
        InputError: if the data set is not there; it names the command that prepares it.
    """
    return map(recording_of, load_examples(data_dir, dataset))


def load_examples(data_dir: Path, dataset: str) -> Iterator[dict[str, Any]]:
    """The examples of a prepared data set, as its builder laid them out.

    Raises:
        InputError: if the data set is not there; it names the command that prepares it.
    """
    import tensorflow_datasets as tfds

    folder = data_dir.expanduser() / dataset / DATASET_VERSION
    if not folder.is_dir():
        raise InputError(
            "data_not_prepared",
            f"The data set {dataset} is not prepared in {data_dir}. "
            f"Run: python -m datasets.build {dataset} --data-dir {data_dir}",
        )
    builder = tfds.builder_from_directory(folder)
    examples = tfds.as_numpy(builder.as_dataset(split="records", shuffle_files=False))
    return iter(examples)


def recording_of(example: dict[str, Any]) -> Recording:
    """One example of a prepared data set as a recording in millivolts."""
    counts = example["signal"].astype(np.float32)
    signal_mv = (counts - example["baseline_adu"]) / example["gain_adu_per_mv"]
    return Recording(
        signal_mv=signal_mv.astype(np.float32),
        sampling_rate_hz=float(example["sampling_rate_hz"]),
        lead_names=tuple(name.decode() for name in example["lead_names"]),
        name=example["record"].decode(),
        patient=example["patient"].decode(),
        annotations=Annotations(
            beat_samples=example["beat_samples"],
            beat_symbols=tuple(symbol.decode() for symbol in example["beat_symbols"]),
            rhythm_samples=example["rhythm_samples"],
            rhythm_names=tuple(name.decode() for name in example["rhythm_names"]),
            rhythm_class=example["rhythm_class"].decode() or None,
            marker_samples=example["marker_samples"],
            marker_symbols=tuple(symbol.decode() for symbol in example["marker_symbols"]),
            quality_samples=example["quality_samples"],
            quality_subtypes=example["quality_subtypes"].astype(np.int64),
        ),
    )


def to_grid(recording: Recording, dataset: str) -> GridRecord:
    """Bring an annotated recording to 125 Hz and its truth onto the time grid.

    Raises:
        ValueError: if the recording has no annotations.
    """
    truth = recording.annotations
    if truth is None:
        raise ValueError(f"Expected an annotated recording. Received {recording.name!r} without.")
    signal = resample(recording.signal_mv, recording.sampling_rate_hz, SAMPLING_RATE_HZ)
    to_grid_rate = SAMPLING_RATE_HZ / recording.sampling_rate_hz
    classes = [aami_class(symbol) for symbol in truth.beat_symbols]
    known = [index for index, name in enumerate(classes) if name is not None]
    return GridRecord(
        dataset=dataset,
        name=recording.name,
        patient=f"{dataset}/{recording.patient}",
        signal_mv=bridge_gaps(signal),
        beat_position=(truth.beat_samples[known] * to_grid_rate).astype(np.float64),
        beat_class=np.array([STEP_CLASSES.index(classes[i] or "") for i in known], np.int64),
        has_beats=truth.rhythm_class is None,
        rhythm=_rhythm_steps(truth, len(signal) // SAMPLES_PER_STEP, to_grid_rate),
    )


def _rhythm_steps(truth: Annotations, steps: int, to_grid_rate: float) -> NDArray[np.int8]:
    """Rhythm class of every step, from a class of the whole or from annotated changes."""
    rhythm = np.full(steps, UNKNOWN_RHYTHM, np.int8)
    if truth.rhythm_class is not None:
        rhythm[:] = RHYTHM_CLASSES.index(truth.rhythm_class)
    starts = np.round(truth.rhythm_samples * to_grid_rate / SAMPLES_PER_STEP).astype(int)
    for start, name in zip(starts, truth.rhythm_names, strict=True):
        rhythm[start:] = RHYTHM_CLASSES.index(rhythm_class_of_aux(name))
    return rhythm


def rhythm_class_of_aux(name: str) -> str:
    """CinC 2017 class of a rhythm as MIT-BIH annotates it (`"(N"`, `"(AFIB"`, ...)."""
    if name in SINUS_RHYTHM_AUX:
        return "normal"
    return "af" if name in ATRIAL_FIBRILLATION_AUX else "other"
