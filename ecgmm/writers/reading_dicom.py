"""A reading as a DICOM waveform with annotations (PS3.3 C.10.10): beats, measurements, conclusion.

Beats have the codes of context group 3335 (ISO/IEEE 11073-10102), measurements those of LOINC.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ecgmm.analysis.reading import Reading
from ecgmm.readers.optional_library import import_library
from ecgmm.recording import Recording
from ecgmm.writers.clinical import BEAT_CODES, conclusion, measured
from ecgmm.writers.recording_dicom import dicom_file

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_ALL_CHANNELS = [1, 0]
"""Of the first multiplex group."""
_LONGEST_TEXT = 1024
"""Of a value representation ST."""


def reading_dicom(reading: Reading, recording: Recording) -> bytes:
    """The content of a DICOM file; of what is unreadable it says only that.

    Args:
        reading: what was read.
        recording: what it was read from.

    Raises:
        InputError: as `dicom_file` does.
    """
    import_library("pydicom", "and writing DICOM files")
    return dicom_file(recording, list(_annotations(reading, recording.sampling_rate_hz)))


def _annotations(reading: Reading, sampling_rate_hz: float) -> Iterator[Dataset]:
    said = _annotation(group=1)
    said.UnformattedTextValue = conclusion(reading)[:_LONGEST_TEXT]
    yield said
    for quantity, value in measured(reading):
        annotation = _annotation(group=2)
        annotation.ConceptNameCodeSequence = [_code(quantity.loinc, "LN", quantity.words)]
        annotation.NumericValue = f"{value:g}"
        annotation.MeasurementUnitsCodeSequence = [_code(quantity.unit, "UCUM", quantity.unit)]
        yield annotation
    if reading.summary.verdict == "unreadable":
        return
    for beat in reading.beats:
        meant = BEAT_CODES[beat.label]
        annotation = _annotation(group=3)
        annotation.ConceptNameCodeSequence = [_code(meant.code, "MDC", meant.words)]
        annotation.TemporalRangeType = "POINT"
        annotation.ReferencedSamplePositions = [round(beat.time_s * sampling_rate_hz) + 1]
        yield annotation


def _annotation(group: int) -> Dataset:
    from pydicom.dataset import Dataset

    annotation = Dataset()
    annotation.ReferencedWaveformChannels = _ALL_CHANNELS
    annotation.AnnotationGroupNumber = group
    return annotation


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    from pydicom.dataset import Dataset

    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code
