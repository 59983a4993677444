"""Prepared data sets of simulated patients, as TensorFlow Datasets would hand them out."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ecgmm.pipeline.records import DATASET_VERSION
from ecgmm.recording import Annotations, Recording

GAIN_ADU_PER_MV = 1000.0


def prepare(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, data_sets: Mapping[str, Sequence[Recording]]
) -> Path:
    """Stands in for TFDS until the test is over, so that only these records can be read.

    Args:
        data_dir: where the data sets seem to be.
        monkeypatch: of the test.
        data_sets: recordings by name of the data set.
    """
    for name in data_sets:
        (data_dir / name / DATASET_VERSION).mkdir(parents=True)

    def builder_from_directory(folder: Path) -> Any:
        examples = [example_of(recording) for recording in data_sets[folder.parent.name]]
        return SimpleNamespace(as_dataset=lambda split, shuffle_files: examples)

    stand_in = SimpleNamespace(
        builder_from_directory=builder_from_directory, as_numpy=lambda examples: examples
    )
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", stand_in)
    return data_dir


def example_of(recording: Recording) -> dict[str, Any]:
    """A recording as an example of `datasets.records.features`."""
    truth = recording.annotations or Annotations(np.empty(0, np.int64), ())
    leads = len(recording.lead_names)
    return {
        "record": recording.name.encode(),
        "patient": recording.patient.encode(),
        "sampling_rate_hz": np.float32(recording.sampling_rate_hz),
        "lead_names": [name.encode() for name in recording.lead_names],
        "signal": np.round(recording.signal_mv * GAIN_ADU_PER_MV).astype(np.int16),
        "gain_adu_per_mv": np.full(leads, GAIN_ADU_PER_MV, np.float32),
        "baseline_adu": np.zeros(leads, np.int32),
        "beat_samples": truth.beat_samples,
        "beat_symbols": [symbol.encode() for symbol in truth.beat_symbols],
        "rhythm_samples": truth.rhythm_samples,
        "rhythm_names": [name.encode() for name in truth.rhythm_names],
        "rhythm_class": (truth.rhythm_class or "").encode(),
        "marker_samples": truth.marker_samples,
        "marker_symbols": [symbol.encode() for symbol in truth.marker_symbols],
        "quality_samples": truth.quality_samples,
        "quality_subtypes": truth.quality_subtypes,
    }
