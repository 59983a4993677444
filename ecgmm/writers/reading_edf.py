"""A reading as EDF+: the signal, an annotation a beat, one a rhythm and one with the conclusion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ecgmm.analysis.reading import Reading
from ecgmm.readers.optional_library import import_library
from ecgmm.recording import Recording
from ecgmm.writers.clinical import BEAT_CODES, conclusion
from ecgmm.writers.recording_edf import edf_file

if TYPE_CHECKING:
    from edfio import EdfAnnotation


def reading_edf(reading: Reading, recording: Recording) -> bytes:
    """The content of an EDF+ file; of what is unreadable it says only that.

    Args:
        reading: what was read.
        recording: what it was read from.

    Raises:
        InputError: as `edf_file` does.
    """
    return edf_file(recording, list(_annotations(reading)))


def _annotations(reading: Reading) -> Iterator[EdfAnnotation]:
    edfio = import_library("edfio", "and writing EDF files")
    yield edfio.EdfAnnotation(0.0, None, conclusion(reading))
    if reading.summary.verdict == "unreadable":
        return
    for episode in reading.rhythm.in_time.episodes:
        length_s = round(episode.end_s - episode.start_s, 3)
        text = f"Rhythm: {episode.label}"
        yield edfio.EdfAnnotation(round(episode.start_s, 3), length_s, text)
    for beat in reading.beats:
        text = f"{beat.label}: {BEAT_CODES[beat.label].words}"
        yield edfio.EdfAnnotation(round(beat.time_s, 3), None, text)
