"""What `ecgmm analyze` leaves of each input: lines on stdout and stderr, files in a folder."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import Any, TextIO

from tqdm import tqdm

from ecgmm.analysis.analyze import Source
from ecgmm.analysis.json_line import json_line
from ecgmm.analysis.reading import Reading
from ecgmm.analysis.text_report import text_report
from ecgmm.commands.beat_formats import BeatFormat
from ecgmm.commands.faults import own_faults_as_input_errors
from ecgmm.commands.output_folder import OutputFolder
from ecgmm.errors import InputError
from ecgmm.readers.signal_file import SignalFile

File = tuple[str, bytes | Iterable[bytes]]
"""Ending of a file's name, and its content, at once or in parts."""

PICTURE_RATE_HZ = 500.0
"""The clock of the beats of a picture, which has no samples of its own."""


class Reporter:
    """Reports on one input after the other.

    Args:
        folder: gets a JSON report of each input and a text report of each reading, and the plots.
        as_json: print JSON Lines rather than text.
        with_plots: draw each reading, in the working directory where there is no `folder`.
        beat_formats: also write the beats alone, in these formats and in the same place.

    Attributes:
        has_failed: whether an input could not be read or a file could not be written.

    Raises:
        InputError: with code `"cannot_write"` when the folder cannot be made.
    """

    def __init__(
        self,
        folder: Path | None,
        *,
        as_json: bool,
        with_plots: bool,
        beat_formats: Sequence[BeatFormat] = (),
    ) -> None:
        self.has_failed = False
        self._as_json = as_json
        self._with_plots = with_plots
        self._beat_formats = beat_formats
        self._with_reports = folder is not None
        self._folder = OutputFolder(folder or Path())

    def report_reading(self, reading: Reading, source: Source) -> None:
        """Print a reading and write its files."""
        text = text_report(reading) + "\n"
        self._print(json_line(reading) if self._as_json else [text, "\n"])
        self._write(reading.input, lambda: self._files(reading, text, source))

    def report_error(self, path: str, error: InputError) -> None:
        """Say why an input could not be read."""
        message = " ".join(error.message.split())
        described = {"input": path, "error": {"code": error.code, "message": message}}
        if self._as_json:
            self._print([_error_line(described)])
        self._complain(message if PurePath(path).name in message else f"{path}: {message}")
        files = [(".json", _error_line(described).encode())] if self._with_reports else []
        self._write(path, lambda: files)

    def _files(self, reading: Reading, text: str, source: Source) -> Iterator[File]:
        """Ending of the name and content of each file of one reading, one after the other."""
        if self._with_reports:
            yield ".json", (part.encode() for part in json_line(reading))
            yield ".txt", text.encode(errors="surrogateescape")
        for beat_format in self._beat_formats:
            yield f".beats.{beat_format}", _beats(reading, source, beat_format)
        if self._with_plots:
            yield ".png", _plot(reading, source)

    def _write(self, path: str, files: Callable[[], Iterable[File]]) -> None:
        stem = self._folder.stem(path)
        try:
            with own_faults_as_input_errors():
                for suffix, content in files():
                    self._folder.write(stem + suffix, content)
        except InputError as error:
            self._complain(error.message)

    def _print(self, parts: Iterable[str]) -> None:
        _write_past_progress(parts, sys.stdout)

    def _complain(self, message: str) -> None:
        self.has_failed = True
        _write_past_progress([f"ecgmm: {message}\n"], sys.stderr)


def _write_past_progress(parts: Iterable[str], stream: TextIO) -> None:
    """Write lines without breaking a progress bar, and at once."""
    with tqdm.external_write_mode(file=stream):
        stream.writelines(parts)
    stream.flush()


def _error_line(described: dict[str, Any]) -> str:
    return json.dumps(described) + "\n"


def _beats(reading: Reading, source: Source, beat_format: BeatFormat) -> bytes | Iterable[bytes]:
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


def _plot(reading: Reading, source: Source) -> bytes:
    from ecgmm.analysis.plot import plot_reading

    png = io.BytesIO()
    plot_reading(reading, source).savefig(png, format="png")
    return png.getvalue()
