"""What a worker process does: read an upload, read a picture again, draw an export."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ecgmm.analysis import words
from ecgmm.analysis.analyze import analyze_source
from ecgmm.analysis.documents import document_reading
from ecgmm.analysis.reading import Reading
from ecgmm.analysis.strips import LEAST_ECG, window_starts
from ecgmm.errors import InputError, InputWarning
from ecgmm.grid import STEP_S
from ecgmm.paper.document import document_faults, read_document_page
from ecgmm.paper.options import NOTHING_STATED, PageOptions
from ecgmm.paper.picture import Document, Picture
from ecgmm.paper.strips import PaperStrips
from ecgmm.readers.route import open_input
from ecgmm.readers.signal_file import SignalFile
from ecgmm.serving.runtime import Conditions, Digitized, Probabilities, Runtime, judging
from ecgmm.web.correction import Correction, read_corrected
from ecgmm.web.pieces_file import write_pieces
from ecgmm.web.pixels import decode_rgb
from ecgmm.web.settings import Limits
from ecgmm.web.views import Shown, picture_view, signal_view
from ecgmm.workers.task import Report

_OPENED, _READ = 0.2, 0.9
"""Shares of a task's time at which a file is open, and at which it is read."""


@dataclass(frozen=True)
class ReadTask:
    """Read one upload.

    Attributes:
        name: what the reading calls it.
        path: where it lies, in a folder of its own together with files that belong to it.
        limits: how large it may be.
        out: folder for the pieces.
        sampling_rate_hz: for a table that does not state it.
        unit: uV, mV or V, for a table that does not state it.
        page: what is known of a picture's paper.
    """

    name: str
    path: Path
    limits: Limits
    out: Path
    sampling_rate_hz: float | None = None
    unit: str | None = None
    page: PageOptions = NOTHING_STATED

    def run(self, runtime: Runtime, report: Report) -> dict[str, Any]:
        """Read it; see `workers.task.Task`."""
        report(0.0, "Opening the file")
        content, notes = self._open()
        match content:
            case SignalFile():
                _check_length(content, self.limits, self.name)
                result = _read_signal(content, self.name, self.out, runtime, report)
            case Picture():
                result = _kept(*self._read_page(content, runtime, report), self.out)
            case Document():
                result = self._read_document(content, runtime, report)
        for page in (result, *result.get("other_pages", ())):
            page["view"] |= {"notes": notes, "stated": asdict(self.page)}
        return result

    def _read_document(
        self, document: Document, runtime: Runtime, report: Report
    ) -> dict[str, Any]:
        """Read its pages in turn; the first with an ECG is the result, which has the others."""
        readings: list[Reading] = []
        shown: dict[int | None, Shown] = {}
        for number, picture in enumerate(document.pages(), 1):
            told = _report_of_page(report, number, document.page_count)
            reading, shown[number] = self._read_page(picture, runtime, told)
            readings.append(reading)
        first = document_reading(readings, document_faults(document))
        others = [_kept(page, shown[page.page], self.out) for page in first.other_pages]
        return {**_kept(first, shown[first.page], self.out), "other_pages": others}

    def _read_page(
        self, picture: Picture | None, runtime: Runtime, report: Report
    ) -> tuple[Reading, Shown]:
        """A page, and how it is shown: as a blank one where it cannot be drawn."""
        rgb = _blank_page() if picture is None else picture.rgb
        _check_pixels(rgb, self.limits, self.name)
        report(_OPENED / 2, "Looking for the rows")
        found = read_document_page(picture, self.name, self.page)
        return _read_rows(rgb, found, None, self.name, runtime, report)

    def _open(self) -> tuple[SignalFile | Picture | Document, list[str]]:
        """What lies there, and what its reader has to say of it."""
        with warnings.catch_warnings(record=True) as noted:
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", InputWarning)
            try:
                content = open_input(
                    self.path, sampling_rate_hz=self.sampling_rate_hz, unit=self.unit
                )
            except InputError as error:
                raise InputError(
                    error.code, self._without_folder(error.message), error.missing
                ) from error
        return content, [self._without_folder(str(note.message)) for note in noted]

    def _without_folder(self, message: str) -> str:
        """The message with the upload's own name in the place of where it lies here."""
        return message.replace(str(self.path), self.name).replace(f"{self.path.parent}/", "")


@dataclass(frozen=True)
class CorrectTask:
    """Read a picture again where a person says that the ECG is.

    Attributes:
        name: what the reading calls it.
        encoded: the picture as it was kept.
        correction: where the ECG is in it.
        stated: what is known of its paper.
        page: which page of a document it is; None for a picture alone.
        pages: the readings of the document's pages, as the view of each lists them.
        out: folder for the pieces.
    """

    name: str
    encoded: bytes
    correction: Correction
    stated: PageOptions
    page: int | None
    pages: list[dict[str, Any]]
    out: Path

    def run(self, runtime: Runtime, report: Report) -> dict[str, Any]:
        """Read it; see `workers.task.Task`."""
        report(_OPENED / 2, "Looking for the rows")
        rgb = decode_rgb(self.encoded)
        found = read_corrected(Picture(rgb, self.name), self.correction, self.stated)
        reading, shown = _read_rows(rgb, found, self.correction, self.name, runtime, report)
        result = _kept(replace(reading, page=self.page), shown, self.out)
        result["view"] |= {"pages": self.pages, "stated": asdict(self.stated)}
        return result


Answer = TypeVar("Answer", Probabilities, Digitized)


@dataclass
class CountingRuntime:
    """A runtime that reports how much of its work is done.

    Attributes:
        inner: does the work.
        total: how many windows there are to read, about.
        report: is told after each batch.
        done: how many have been read.
        not_ecg: numbers, from 0, of pictures that did not look like an ECG when first read.
    """

    inner: Runtime
    total: int
    report: Report
    done: int = 0
    not_ecg: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.model_name = self.inner.model_name
        self.model_version = self.inner.model_version

    def signal(self, signal: NDArray[np.float32]) -> Probabilities:
        """Read leads; see `Runtime`."""
        return self._counted(self.inner.signal(signal))

    def image(self, image_bytes: Sequence[bytes]) -> Probabilities:
        """Read pictures of strips; see `Runtime`."""
        return self._counted(self.inner.image(image_bytes))

    def digitize(self, image_bytes: Sequence[bytes]) -> Digitized:
        """Read pictures of strips and give their signal back; see `Runtime`."""
        read = self.inner.digitize(image_bytes)
        if self.done < self.total:
            self.not_ecg += (self.done + np.flatnonzero(read.ecg < LEAST_ECG)).tolist()
        return self._counted(read)

    def conditions(self, leads_mv: NDArray[np.float32]) -> Conditions:
        """Judge sets of leads; see `ConditionsRuntime`."""
        return judging(self.inner).conditions(leads_mv)

    def page_conditions(self, lead_images: Sequence[Sequence[bytes]]) -> Conditions:
        """Judge sets of leads from pictures; see `ConditionsRuntime`."""
        return judging(self.inner).page_conditions(lead_images)

    def _counted(self, answer: Answer) -> Answer:
        self.done += len(answer.rhythm)
        share = min(1.0, self.done / self.total)
        self.report(_OPENED + (_READ - _OPENED) * share, "Reading the beats")
        return answer


def _check_length(file: SignalFile, limits: Limits, name: str) -> None:
    if file.duration_s > limits.recording_s:
        raise InputError(
            "too_long",
            f"{name}: Expected up to {limits.recording_s / 3600:g} hours of ECG. "
            f"Received {file.duration_s / 3600:.1f}.",
        )


def _check_pixels(rgb: NDArray[np.uint8], limits: Limits, name: str) -> None:
    height, width = rgb.shape[:2]
    if width * height > limits.pixels:
        raise InputError(
            "too_large",
            f"{name}: Expected up to {limits.pixels / 1e6:.0f} megapixels. "
            f"Received {width} x {height}.",
        )


def _report_of_page(report: Report, number: int, count: int) -> Report:
    """Tells how far a document is from how far one of its pages is."""
    return lambda share, stage: report((number - 1 + share) / count, f"Page {number}: {stage}")


def _read_signal(
    file: SignalFile, name: str, out: Path, runtime: Runtime, report: Report
) -> dict[str, Any]:
    report(_OPENED, "Reading the beats")
    windows, _ = window_starts(int(file.duration_s / STEP_S))
    counting = CountingRuntime(runtime, len(windows) * len(file.lead_names), report)
    reading = analyze_source(file, counting, name=name)
    report(_READ, "Preparing the view")
    return _kept(reading, signal_view(reading, file), out)


def _read_rows(
    rgb: NDArray[np.uint8],
    found: PaperStrips,
    correction: Correction | None,
    name: str,
    runtime: Runtime,
    report: Report,
) -> tuple[Reading, Shown]:
    report(_OPENED, "Reading the beats")
    counting = CountingRuntime(runtime, max(1, len(found.strips)), report)
    reading = analyze_source(found, counting, name=name)
    report(_READ, "Preparing the view")
    shown = picture_view(
        reading,
        rgb,
        found,
        not_ecg=counting.not_ecg,
        corners=correction.corners if correction else None,
    )
    return reading, shown


def _blank_page() -> NDArray[np.uint8]:
    """A pixel a millimetre of A4."""
    return np.full((297, 210, 3), 255, np.uint8)


def _kept(reading: Reading, shown: Shown, out: Path) -> dict[str, Any]:
    """What `Jobs.keep` takes."""
    view, pieces = shown
    name = f"pieces-{reading.page or 1}"
    write_pieces(out / name, pieces)
    said = words.verdict_of_page(reading)
    return {"reading": reading.to_dict(), "view": view, "words": said, "pieces": name}
