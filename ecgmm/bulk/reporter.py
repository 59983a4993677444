"""What `ecgmm analyze` leaves of each input: lines on stdout and stderr, files, rows of tables."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from tqdm import tqdm

from ecgmm.errors import InputError
from ecgmm.workers.faults import own_faults_as_input_errors
from ecgmm.writers.output_folder import OutputFolder
from ecgmm.writers.report_files import (
    RESULT_ENDING,
    TEXT_ENDING,
    File,
    Wanted,
    error_line,
    error_object,
    error_words,
    files_of_error,
    files_of_reading,
    printed_text,
)

if TYPE_CHECKING:
    from ecgmm.analysis.analyze import Opened
    from ecgmm.analysis.reading import Reading
    from ecgmm.bulk.tables import ParquetTables


class Reporter:
    """Reports on one input after the other.

    Args:
        folder: gets the files of each input.
        wanted: which files.
        as_json: print JSON Lines rather than text.
        tables: gets a row for each input, where tables are wanted.

    Attributes:
        has_failed: whether an input could not be read or a file could not be written.
    """

    def __init__(
        self,
        folder: OutputFolder,
        wanted: Wanted,
        *,
        as_json: bool,
        tables: ParquetTables | None = None,
    ) -> None:
        self.has_failed = False
        self._folder = folder
        self._wanted = wanted
        self._as_json = as_json
        self._tables = tables

    def report_reading(self, reading: Reading, source: Opened) -> None:
        """Print a reading and write its files."""
        from ecgmm.analysis.json_line import json_line

        self._print(json_line(reading) if self._as_json else [printed_text(reading), "\n"])
        if self._tables is not None:
            self._tables.add(reading.to_dict())
        self._write(reading.input, files_of_reading(reading, source, self._wanted))

    def report_error(self, path: str, error: InputError) -> None:
        """Say why an input could not be read."""
        described = error_object(path, error)
        if self._as_json:
            self._print([error_line(described)])
        if self._tables is not None:
            self._tables.add(described)
        self.complain(error_words(described))
        self._write(path, files_of_error(path, error, self._wanted))

    def report_stored(self, stem: str) -> None:
        """Print what the files of this name say, which another process has written."""
        line = self._folder.read(stem + RESULT_ENDING)
        result = json.loads(line)
        if self._as_json:
            self._print([line.decode()])
        elif "error" not in result:
            text = self._folder.read(stem + TEXT_ENDING)
            self._print([text.decode(errors="surrogateescape"), "\n"])
        if self._tables is not None:
            self._tables.add(result)
        if "error" in result:
            self.complain(error_words(result))

    def complain(self, message: str) -> None:
        """Say what went wrong."""
        self.has_failed = True
        _write_past_progress([f"ecgmm: {message}\n"], sys.stderr)

    def _write(self, path: str, files: Iterable[File]) -> None:
        stem = self._folder.stem(path)
        try:
            with own_faults_as_input_errors():
                for suffix, content in files:
                    self._folder.write(stem + suffix, content)
        except InputError as error:
            self.complain(error.message)

    def _print(self, parts: Iterable[str]) -> None:
        _write_past_progress(parts, sys.stdout)


def _write_past_progress(parts: Iterable[str], stream: TextIO) -> None:
    """Write lines without breaking a progress bar, and at once."""
    with tqdm.external_write_mode(file=stream):
        stream.writelines(parts)
    stream.flush()
