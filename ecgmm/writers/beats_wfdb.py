"""Beats as a WFDB annotation file (`.atr`), which every WFDB tool reads.

Format MIT: https://physionet.org/physiotools/wag/annot-5.htm.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from ecgmm.analysis.reading import Reading
from ecgmm.recording import Annotations

_EXTENSION = "atr"
_RHYTHM_CHANGE = "+"
_RHYTHM_NOTE = {"normal": "(N", "af": "(AFIB"}
_NO_ANNOTATION = b"\0\0"


def reading_annotations(reading: Reading, sampling_rate_hz: float) -> Annotations:
    """The beats of a reading, and its rhythm where WFDB has a name for it.

    The AAMI classes N, S, V, F and Q are WFDB symbols too.

    Args:
        reading: what was read.
        sampling_rate_hz: of the recording that was read; of a picture any rate, such as 500.
    """
    note = _RHYTHM_NOTE.get(reading.rhythm.label)
    return Annotations(
        beat_samples=np.array(
            [round(beat.time_s * sampling_rate_hz) for beat in reading.beats], np.int64
        ),
        beat_symbols=tuple(beat.label for beat in reading.beats),
        rhythm_samples=np.zeros(1 if note else 0, np.int64),
        rhythm_names=(note,) if note else (),
    )


def annotation_file(annotations: Annotations, sampling_rate_hz: float) -> bytes:
    """Beats and rhythm changes as the content of an `.atr` file.

    Args:
        annotations: what to write; marks and signal quality are left out.
        sampling_rate_hz: the clock of their samples; it is written into the file.
    """
    import wfdb

    marks = [
        *zip(annotations.rhythm_samples, annotations.rhythm_names, strict=True),
        *((at, "") for at in annotations.beat_samples),
    ]
    symbols = [_RHYTHM_CHANGE] * len(annotations.rhythm_samples) + list(annotations.beat_symbols)
    if not marks:
        return _NO_ANNOTATION
    order = sorted(range(len(marks)), key=lambda mark: (int(marks[mark][0]), mark))
    with tempfile.TemporaryDirectory() as folder:
        wfdb.wrann(
            "beats",
            _EXTENSION,
            sample=np.array([marks[mark][0] for mark in order], np.int64),
            symbol=[symbols[mark] for mark in order],
            aux_note=[marks[mark][1] for mark in order],
            fs=sampling_rate_hz,
            write_dir=folder,
        )
        return (Path(folder) / f"beats.{_EXTENSION}").read_bytes()
