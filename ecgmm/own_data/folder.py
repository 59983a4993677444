"""A labelled folder as recordings and strips of pictures, and all that is wrong in it."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError, InputWarning
from ecgmm.own_data.labels import LabelledFile, Vocabulary, read_labels
from ecgmm.own_data.table import LABELS_NAME, Fault
from ecgmm.paper.reader import read_paper
from ecgmm.paper.strips import PaperStrips
from ecgmm.readers.doubts import recording_doubts
from ecgmm.readers.route import read_input
from ecgmm.recording import Annotations, Recording

FEWEST_PATIENTS = 5
"""One of five is held out."""
Content = Recording | PaperStrips


@dataclass(frozen=True)
class OwnFile:
    """A file that was read.

    Attributes:
        label: what the table says of it.
        content: the annotated recording, or the strips of a picture.
    """

    label: LabelledFile
    content: Content

    @property
    def recording(self) -> Recording:
        """The recording of a signal.

        Raises:
            ValueError: of a picture.
        """
        if not isinstance(self.content, Recording):
            raise ValueError(f"Expected a signal. Received the picture {self.label.name}.")
        return self.content

    @property
    def is_signal(self) -> bool:
        """Whether it is a signal and no picture."""
        return isinstance(self.content, Recording)


def read_folder(
    folder: Path, vocabulary: Vocabulary | None = None
) -> tuple[list[OwnFile], list[Fault]]:
    """Read every labelled file of a folder.

    Args:
        folder: holds `labels.csv`, and signals and pictures, usually in `signals/` and `images/`.
        vocabulary: which labels there are beside ours.

    Returns:
        The files that can be used, and everything that is wrong: rows, files that cannot be read
        or whose labels do not fit them, doubts about files that are used nevertheless.

    Raises:
        InputError: `no_labels` when there is no table, `no_records` when no file can be used.
    """
    labelled, faults = read_labels(folder, vocabulary)
    files = []
    for label in labelled:
        try:
            content = read_labelled(label)
        except InputError as error:
            hint = f" State it in the column {error.missing}." if error.missing else ""
            faults.append(Fault(error.message + hint, label.line, label.name))
            continue
        faults += [Fault(doubt, label.line, label.name) for doubt in _doubts(content)]
        files.append(OwnFile(label, content))
    faults += _twins(labelled)
    if not files:
        raise InputError(
            "no_records",
            f"{folder}: {LABELS_NAME} names no file that can be used. "
            + " ".join(str(fault) for fault in faults[:3]),
        )
    patients = len({file.label.patient for file in files})
    if patients < FEWEST_PATIENTS:
        faults.append(
            Fault(
                f"{patients} patient{'s' * (patients > 1)}; a fifth of them is held out, which "
                f"needs {FEWEST_PATIENTS} or more to say anything."
            )
        )
    return files, faults


def read_labelled(label: LabelledFile) -> Content:
    """Read one file and put its labels on it.

    Raises:
        InputError: when it cannot be read, shows no ECG, or a beat lies behind its end.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        content = read_input(label.path, sampling_rate_hz=label.sampling_rate_hz, unit=label.unit)
    if not isinstance(content, Recording):
        paper = read_paper(content)
        if not paper.strips:
            raise InputError("no_ecg", " ".join(paper.faults) or "No ECG was found in it.")
        _check_beats(label, max(strip.start_s + strip.duration_s for strip in paper.strips))
        return paper
    _check_beats(label, content.duration_s)
    return _annotated(content, label)


def _check_beats(label: LabelledFile, duration_s: float) -> None:
    if label.beats and not label.beats[-1][0] < duration_s:
        raise InputError(
            "bad_label",
            f"a beat is labelled at {label.beats[-1][0]:g} s, it ends at {duration_s:g} s.",
        )


def _annotated(recording: Recording, label: LabelledFile) -> Recording:
    times_s = np.array([time_s for time_s, _ in label.beats], np.float64)
    return Recording(
        signal_mv=recording.signal_mv,
        sampling_rate_hz=recording.sampling_rate_hz,
        lead_names=recording.lead_names,
        name=label.name,
        patient=label.patient,
        annotations=Annotations(
            beat_samples=_samples(times_s, recording.sampling_rate_hz),
            beat_symbols=tuple(symbol for _, symbol in label.beats),
            rhythm_class=label.rhythm_class or None,
        ),
    )


def _samples(times_s: NDArray[np.float64], rate_hz: float) -> NDArray[np.int64]:
    return np.round(times_s * rate_hz).astype(np.int64)


def _doubts(content: Content) -> tuple[str, ...]:
    return recording_doubts(content) if isinstance(content, Recording) else content.faults


def _twins(labelled: list[LabelledFile]) -> Iterator[Fault]:
    """The same content under two patients' names would be learned from and tested on."""
    seen: dict[str, LabelledFile] = {}
    for label in labelled:
        if not label.path.is_file():
            continue
        content = hashlib.sha256(label.path.read_bytes()).hexdigest()
        twin = seen.setdefault(content, label)
        if twin.patient != label.patient:
            yield Fault(
                f"holds the same as {twin.name} of patient '{twin.patient}'.",
                label.line,
                label.name,
            )


def folder_counts(files: list[OwnFile]) -> str:
    """What a folder holds, in a line."""
    signals = sum(file.is_signal for file in files)
    beats = sum(len(file.label.beats) for file in files)
    patients = len({file.label.patient for file in files})
    return (
        f"{signals} signals and {len(files) - signals} pictures of {patients} patients, "
        f"{beats} labelled beats"
    )
