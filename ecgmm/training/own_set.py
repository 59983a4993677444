"""A folder of your own as what a training learns from and is validated on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.grid import SAMPLING_RATE_HZ, STRIP_SAMPLES
from ecgmm.labels import RHYTHM_CLASSES, STEP_CLASSES, aami_class
from ecgmm.own_data.folder import OwnFile
from ecgmm.own_data.labels import LabelledFile
from ecgmm.paper.strips import PaperStrip, PaperStrips
from ecgmm.pipeline.records import UNKNOWN_RHYTHM, GridRecord, to_grid
from ecgmm.pipeline.strips import Strip
from ecgmm.pipeline.training_set import split_by_patient

DATASET = "own"


@dataclass(frozen=True)
class PictureStrip:
    """A strip of a picture, with its truth.

    Attributes:
        grey: `[160, 1000]` uint8.
        truth: its beats and rhythm; the signal, which nobody knows, is zero.
        step_weight: `[250]`, how much each step is to count.
    """

    grey: NDArray[np.uint8]
    truth: Strip
    step_weight: NDArray[np.float32]


@dataclass(frozen=True)
class OwnSet:
    """One side of the split.

    Attributes:
        records: signals at 125 Hz.
        pictures: strips of pictures.
    """

    records: tuple[GridRecord, ...]
    pictures: tuple[PictureStrip, ...]


def split_files(files: Sequence[OwnFile], fold: int) -> tuple[list[OwnFile], list[OwnFile]]:
    """Files to learn from, and files of other patients to validate on.

    Args:
        files: the whole folder.
        fold: which fifth of the patients is held out, 0 to 4.

    Raises:
        InputError: when either would be empty.
    """
    kinds = sorted({file.label.new_class for file in files})
    stand_ins = [_stand_in(file.label, kinds.index(file.label.new_class)) for file in files]
    _, held_out = split_by_patient(stand_ins, fold)
    patients = {record.patient for record in held_out}
    validation = [file for file in files if file.label.patient in patients]
    training = [file for file in files if file.label.patient not in patients]
    if not training or not validation:
        raise InputError(
            "too_few_patients",
            "Expected patients to learn from and others to validate on: two at least, five or "
            f"more to be of use. Received {len({file.label.patient for file in files})}.",
        )
    return training, validation


def own_set(files: Sequence[OwnFile]) -> OwnSet:
    """The records and the strips of pictures of some files."""
    records = (to_grid(file.recording, DATASET) for file in files if file.is_signal)
    return OwnSet(
        tuple(record for record in records if len(record.signal_mv) >= STRIP_SAMPLES // 2),
        tuple(
            picture_strip(strip, file.label)
            for file in files
            if isinstance(file.content, PaperStrips)
            for strip in file.content.strips
        ),
    )


def picture_strip(strip: PaperStrip, label: LabelledFile) -> PictureStrip:
    """A strip with the beats that are labelled in it, times counted from its row's left end."""
    inside = [
        ((time_s - strip.start_s) * SAMPLING_RATE_HZ, _class_of(symbol))
        for time_s, symbol in label.beats
        if 0 <= time_s - strip.start_s < strip.duration_s
    ]
    truth = Strip(
        signal_mv=np.zeros(STRIP_SAMPLES, np.float32),
        beat_position=np.array([position for position, _ in inside], np.float64),
        beat_class=np.array([index for _, index in inside], np.int64),
        has_beats=bool(label.beats),
        rhythm=_rhythm_of(label),
    )
    return PictureStrip(strip.grey, truth, strip.say.astype(np.float32))


def _stand_in(label: LabelledFile, kind: int) -> GridRecord:
    """What the dealing of patients looks at: who it is, and how rare what is labelled."""
    order = len(RHYTHM_CLASSES) + kind if label.new_class else _rhythm_of(label)
    return GridRecord(
        dataset=DATASET,
        name=label.name,
        patient=label.patient,
        signal_mv=np.empty((0, 0), np.float32),
        beat_position=np.array([time_s for time_s, _ in label.beats], np.float64),
        beat_class=np.array([_class_of(symbol) for _, symbol in label.beats], np.int64),
        has_beats=bool(label.beats),
        rhythm=np.array([order], np.int8),
    )


def _rhythm_of(label: LabelledFile) -> int:
    return RHYTHM_CLASSES.index(label.rhythm_class) if label.rhythm_class else UNKNOWN_RHYTHM


def _class_of(symbol: str) -> int:
    return STEP_CLASSES.index(aami_class(symbol) or "")
