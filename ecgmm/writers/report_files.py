"""The files that one input gets."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal

from ecgmm.errors import InputError, InputWarning
from ecgmm.writers.beat_formats import BeatFormat
from ecgmm.writers.report_formats import ReportFormat

if TYPE_CHECKING:
    from ecgmm.analysis.analyze import Opened
    from ecgmm.analysis.reading import Reading

File = tuple[str, bytes | Iterable[bytes]]
"""Ending of a file's name, and its content, at once or in parts."""

RESULT_ENDING, TEXT_ENDING = ".json", ".txt"

_ENDINGS: dict[ReportFormat, str] = {
    "fhir": ".fhir.json",
    "gdt": ".gdt",
    "edf": ".reading.edf",
    "dicom": ".reading.dcm",
    "aecg": ".aecg.xml",
}
"""None is the ending of an input, which stays what it is."""

PICTURE_RATE_HZ = 500.0
"""The clock of the beats of a picture, which has no samples of its own."""


@dataclass(frozen=True)
class Wanted:
    """Which files an input gets.

    Attributes:
        reports: a JSON report, and a text report of a reading.
        plot: the reading, drawn.
        beats: the beats alone, in these formats.
        to: the reading for other systems, in these formats.
        page: the reading as a page of A4.
    """

    reports: bool
    plot: bool = False
    beats: tuple[BeatFormat, ...] = ()
    to: tuple[ReportFormat, ...] = ()
    page: bool = False


def files_of_reading(reading: Reading, source: Opened, wanted: Wanted) -> Iterator[File]:
    """The files of one reading, one after the other.

    A document has one report, and for each page with an ECG its other files: those of the page
    that the reading is of are called as usual, those of page 3 `.page3.png` and so on.
    """
    from ecgmm.analysis.json_line import json_line

    if wanted.reports:
        yield RESULT_ENDING, (part.encode() for part in json_line(reading))
        yield TEXT_ENDING, printed_text(reading).encode(errors="surrogateescape")
    for page in reading.pages_with_ecg:
        of_page = "" if page is reading else f".page{page.page}"
        for ending, content in _files_of_page(page, source, wanted):
            yield of_page + ending, content


def _files_of_page(reading: Reading, source: Opened, wanted: Wanted) -> Iterator[File]:
    for beat_format in wanted.beats:
        yield f".beats.{beat_format}", _beats(reading, source, beat_format)
    for report_format in wanted.to:
        content = _for_clinics(reading, source, report_format)
        if content is not None:
            yield _ENDINGS[report_format], content
    if wanted.page:
        yield ".pdf", _page(reading, source)
    if wanted.plot:
        yield ".png", _plot(reading, source)


def files_of_error(path: str, error: InputError, wanted: Wanted) -> Iterator[File]:
    """The file of an input that could not be read."""
    if wanted.reports:
        yield RESULT_ENDING, error_line(error_object(path, error)).encode()


def error_object(path: str, error: InputError) -> dict[str, Any]:
    """What stands in the place of a reading."""
    message = " ".join(error.message.split())
    return {"input": path, "error": {"code": error.code, "message": message}}


def error_line(described: dict[str, Any]) -> str:
    """The same as a line of JSON."""
    return json.dumps(described) + "\n"


def error_words(described: dict[str, Any]) -> str:
    """The same for people."""
    path, message = described["input"], described["error"]["message"]
    return message if PurePath(path).name in message else f"{path}: {message}"


def printed_text(reading: Reading) -> str:
    """The text report, as a file holds it."""
    from ecgmm.analysis.text_report import text_report

    return text_report(reading) + "\n"


def _beats(reading: Reading, source: Opened, beat_format: BeatFormat) -> bytes | Iterable[bytes]:
    from ecgmm.readers.signal_file import SignalFile
    from ecgmm.writers.beats_text import beats_csv, beats_json
    from ecgmm.writers.beats_wfdb import annotation_file, reading_annotations

    match beat_format:
        case "atr":
            rate_hz = source.sampling_rate_hz if isinstance(source, SignalFile) else PICTURE_RATE_HZ
            return annotation_file(reading_annotations(reading, rate_hz), rate_hz)
        case "csv":
            return beats_csv(reading)
        case "json":
            return beats_json(reading)


def _for_clinics(reading: Reading, source: Opened, report_format: ReportFormat) -> bytes | None:
    """The reading for other systems; None, with a warning, where the format cannot hold it."""
    if report_format == "fhir":
        from ecgmm.writers.reading_fhir import reading_fhir

        return reading_fhir(reading, source)
    if report_format == "gdt":
        from ecgmm.writers.reading_gdt import reading_gdt

        return reading_gdt(reading)
    try:
        return _with_signal(reading, source, report_format)
    except InputError as error:
        if error.code not in ("bad_output", "no_signal"):
            raise
        message = f"{reading.input}: no {report_format} file. {error.message}"
        warnings.warn(message, InputWarning, stacklevel=2)
        return None


def _with_signal(
    reading: Reading, source: Opened, report_format: Literal["edf", "dicom", "aecg"]
) -> bytes:
    """The reading with the signal that it is of."""
    from ecgmm.readers.signal_file import SignalFile
    from ecgmm.writers.reading_aecg import reading_aecg
    from ecgmm.writers.reading_dicom import reading_dicom
    from ecgmm.writers.reading_edf import reading_edf

    if not isinstance(source, SignalFile):
        raise InputError("no_signal", "A picture has no signal; ecgmm digitize makes one of it.")
    match report_format:
        case "edf":
            return reading_edf(reading, source.whole())
        case "dicom":
            return reading_dicom(reading, source.whole())
        case "aecg":
            return reading_aecg(reading, source.whole())


def _page(reading: Reading, source: Opened) -> bytes:
    from ecgmm.report.pdf import report_pdf

    return report_pdf(reading, source)


def _plot(reading: Reading, source: Opened) -> bytes:
    from ecgmm.analysis.plot import plot_reading

    png = io.BytesIO()
    plot_reading(reading, source).savefig(png, format="png")
    return png.getvalue()
