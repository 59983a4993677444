"""A folder of recordings of your own, with a table of labels."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import tensorflow_datasets as tfds

from datasets import records
from datasets.folder.labels import LABELS_NAME, LabelledFile, read_labels
from ecgmm.errors import InputError, InputWarning
from ecgmm.readers.doubts import recording_doubts
from ecgmm.readers.route import read_input
from ecgmm.recording import Recording
from ecgmm.resampling import bridge_gaps
from ecgmm.writers.recording_wfdb import quantize

FEWEST_PATIENTS = 5


class Builder(tfds.core.GeneratorBasedBuilder):
    """Whole recordings with a rhythm class or with annotated beats, as `labels.csv` says.

    What is wrong in the table or in a recording is printed, a line each, and left out. Pictures
    are left out too: training prints its own.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES: ClassVar[dict[str, str]] = {"1.0.0": "Recordings and their labels."}

    def __init__(self, *, archive_dir: Path | None = None, **kwargs: Any) -> None:
        """Names the folder.

        Args:
            archive_dir: holds `labels.csv` and the recordings.
            **kwargs: what TFDS's builders take, such as `data_dir`.

        Raises:
            InputError: if no folder is given.
        """
        super().__init__(**kwargs)
        if archive_dir is None:
            raise InputError(
                "no_labels", f"name the folder that holds {LABELS_NAME} with --archive-dir"
            )
        self._folder = archive_dir
        self.RECORDS = tuple(file.name for file in read_labels(archive_dir)[0])

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(features=records.features())

    def _split_generators(self, dl_manager: tfds.download.DownloadManager) -> dict[str, Any]:
        return {records.SPLIT: self._generate_examples()}

    def _generate_examples(self) -> Iterator[tuple[str, dict[str, Any]]]:
        files, faults = read_labels(self._folder)
        good = 0
        patients = {file.patient for file in files}
        if len(patients) < FEWEST_PATIENTS:
            faults.append(
                f"{len(patients)} patients; training holds every fifth out and needs "
                f"{FEWEST_PATIENTS} or more"
            )
        for file in files:
            try:
                recording = _read_recording(file)
            except InputError as error:
                faults.append(f"{file.name}: {error.message}")
                continue
            faults += [f"{file.name}: {doubt}" for doubt in recording_doubts(recording)]
            good += 1
            yield file.name, _example(file, recording)
        for fault in faults:
            print(f"{self.name}: {fault}")
        if not good:
            raise InputError("no_records", f"{self._folder}: holds no readable labelled recording")


def _read_recording(file: LabelledFile) -> Recording:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        recording = read_input(file.path)
    if not isinstance(recording, Recording):
        raise InputError("no_signal", "is a picture; training prints its own from signals.")
    if file.beats and not file.beats[-1][0] < recording.duration_s:
        raise InputError(
            "bad_label",
            f"a beat is labelled at {file.beats[-1][0]:g} s, the recording ends at "
            f"{recording.duration_s:g} s.",
        )
    return recording


def _example(file: LabelledFile, recording: Recording) -> dict[str, Any]:
    """One example of `records.features`; gaps are bridged, as training bridges them."""
    counts, gains, baselines = quantize(bridge_gaps(recording.signal_mv))
    times_s = np.array([time_s for time_s, _ in file.beats])
    nothing: list[Any] = []
    return {
        "record": file.name,
        "patient": file.patient,
        "sampling_rate_hz": np.float32(recording.sampling_rate_hz),
        "lead_names": list(recording.lead_names),
        "signal": counts,
        "units": ["mV"] * len(recording.lead_names),
        "gain_adu_per_mv": gains.astype(np.float32),
        "baseline_adu": baselines.astype(np.int32),
        "beat_samples": np.round(times_s * recording.sampling_rate_hz).astype(np.int64),
        "beat_symbols": [symbol for _, symbol in file.beats],
        "rhythm_samples": np.array(nothing, np.int64),
        "rhythm_names": nothing,
        "quality_samples": np.array(nothing, np.int64),
        "quality_subtypes": np.array(nothing, np.int32),
        "marker_samples": np.array(nothing, np.int64),
        "marker_symbols": nothing,
        "rhythm_class": file.rhythm_class,
    }
