"""A folder of recordings of your own, with a table of labels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import tensorflow_datasets as tfds

from datasets import records
from ecgmm.errors import InputError
from ecgmm.grid import STRIP_HEIGHT_PX, STRIP_WIDTH_PX
from ecgmm.own_data.folder import OwnFile, read_folder
from ecgmm.own_data.labels import LabelledFile, read_labels
from ecgmm.own_data.table import LABELS_NAME
from ecgmm.paper.strips import PaperStrips
from ecgmm.recording import Recording
from ecgmm.resampling import bridge_gaps
from ecgmm.training.own_config import load_own_config
from ecgmm.writers.recording_wfdb import quantize

PICTURES_SPLIT = "pictures"


class Builder(tfds.core.GeneratorBasedBuilder):
    """Whole recordings and strips of pictures, labelled as `labels.csv` says.

    What is wrong in the table or in a file is printed, a line each, and left out. Signals are the
    split `records`, laid out as in the other data sets; pictures are the split `pictures`, whose
    `strips` are 160 x 1000 px each, and whose signal is empty.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES: ClassVar[dict[str, str]] = {"1.0.0": "Recordings, pictures, their labels."}

    def __init__(
        self, *, archive_dir: Path | None = None, classes: Path | None = None, **kwargs: Any
    ) -> None:
        """Names the folder.

        Args:
            archive_dir: holds `labels.csv` and the recordings.
            classes: a TOML file whose `[classes]` says what the labels mean.
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
        self._vocabulary = load_own_config(classes).vocabulary
        self.record_count = len(read_labels(archive_dir, self._vocabulary)[0])
        self._files: list[OwnFile] = []

    def _info(self) -> tfds.core.DatasetInfo:
        strips = tfds.features.Tensor(
            shape=(None, STRIP_HEIGHT_PX, STRIP_WIDTH_PX),
            dtype=np.uint8,
            encoding=tfds.features.Encoding.ZLIB,
        )
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict({**records.features(), "strips": strips})
        )

    def _split_generators(self, dl_manager: tfds.download.DownloadManager) -> dict[str, Any]:
        self._files, faults = read_folder(self._folder, self._vocabulary)
        for fault in faults:
            print(f"{self.name}: {fault}")
        return {
            records.SPLIT: self._generate_examples(are_signals=True),
            PICTURES_SPLIT: self._generate_examples(are_signals=False),
        }

    def _generate_examples(self, *, are_signals: bool) -> Iterator[tuple[str, dict[str, Any]]]:
        for file in self._files:
            if file.is_signal == are_signals:
                yield file.label.name, _example(file)


def _example(file: OwnFile) -> dict[str, Any]:
    """One example; gaps of a signal are bridged, as training bridges them."""
    match file.content:
        case Recording() as recording:
            counts, gains, baselines = quantize(bridge_gaps(recording.signal_mv))
            leads, rate_hz = recording.lead_names, recording.sampling_rate_hz
            strips = np.empty((0, STRIP_HEIGHT_PX, STRIP_WIDTH_PX), np.uint8)
        case PaperStrips() as paper:
            counts, gains, baselines = quantize(np.empty((0, 0), np.float32))
            leads, rate_hz = (), 0.0
            strips = np.stack([strip.grey for strip in paper.strips])
    return {
        "record": file.label.name,
        "patient": file.label.patient,
        "sampling_rate_hz": np.float32(rate_hz),
        "lead_names": list(leads),
        "signal": counts,
        "units": ["mV"] * len(leads),
        "gain_adu_per_mv": gains.astype(np.float32),
        "baseline_adu": baselines.astype(np.int32),
        "strips": strips,
        **_truth(file.label, rate_hz),
    }


def _truth(label: LabelledFile, rate_hz: float) -> dict[str, Any]:
    times_s = np.array([time_s for time_s, _ in label.beats], np.float64)
    nothing: list[Any] = []
    return {
        "beat_samples": np.round(times_s * rate_hz).astype(np.int64),
        "beat_symbols": [symbol for _, symbol in label.beats],
        "rhythm_samples": np.array(nothing, np.int64),
        "rhythm_names": nothing,
        "quality_samples": np.array(nothing, np.int64),
        "quality_subtypes": np.array(nothing, np.int32),
        "marker_samples": np.array(nothing, np.int64),
        "marker_symbols": nothing,
        "rhythm_class": label.rhythm_class,
    }
