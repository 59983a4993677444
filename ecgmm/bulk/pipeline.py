"""The bulk job as an Apache Beam pipeline, for archives that one machine is too small for.

It writes the same rows as `ecgmm analyze FOLDER --parquet FOLDER`, in as many files and in whatever
order the runner likes.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.utils.shared import Shared

from ecgmm.analysis.analyze import analyze
from ecgmm.bulk.archive import group_files, is_recording
from ecgmm.bulk.job import Explain
from ecgmm.bulk.tables import beat_rows, beats_schema, recording_rows, recordings_schema
from ecgmm.errors import InputError
from ecgmm.quiet import silence_libraries
from ecgmm.serving.runtime import OpenRuntime
from ecgmm.workers.faults import own_faults_as_input_errors
from ecgmm.writers.report_files import error_object


class Statements(NamedTuple):
    """What the user says of tables that do not."""

    sampling_rate_hz: float | None = None
    unit: str | None = None


class ReadArchive(beam.PTransform):
    """From folders to the objects that `ecgmm analyze --json` prints, one a recording.

    Args:
        open_runtime: gives each process its runtime.
        statements: what holds for files that do not say.
        explain: words an error for whoever started the job; it has to be picklable.
    """

    def __init__(self, open_runtime: OpenRuntime, statements: Statements, explain: Explain) -> None:
        super().__init__()
        self._reader = _Read(open_runtime, statements, explain)

    def expand(self, folders: beam.PCollection) -> beam.PCollection:
        """List on one worker, read on all."""
        return (
            folders
            | "List" >> beam.FlatMap(list_groups)
            | "Spread" >> beam.Reshuffle()
            | "Read" >> beam.ParDo(self._reader)
        )


def build(pipeline: beam.Pipeline, folder: str, output: str, read: ReadArchive) -> None:
    """Put the whole job into a pipeline.

    Args:
        pipeline: where it goes.
        folder: what to read.
        output: folder of the tables.
        read: how.
    """
    results = pipeline | beam.Create([folder]) | read
    tables: dict[str, tuple[Any, Any]] = {
        "recordings": (beam.FlatMap(recording_rows), recordings_schema()),
        "beats": (beam.FlatMap(beat_rows), beats_schema()),
    }
    for name, (rows, schema) in tables.items():
        write = beam.io.WriteToParquet(
            FileSystems.join(output, name), schema, codec="zstd", file_name_suffix=".parquet"
        )
        _ = results | f"To rows of {name}" >> rows | f"Write {name}" >> write


def list_groups(folder: str) -> Iterator[tuple[str, ...]]:
    """The files of each recording that may lie below a folder, the one that names it first."""
    (matched,) = FileSystems.match([FileSystems.join(folder, "**")])
    names_in: dict[str, list[str]] = {}
    for file in matched.metadata_list:
        place, name = FileSystems.split(file.path)
        if not _is_hidden(place, folder):
            names_in.setdefault(place, []).append(name)
    for place, names in sorted(names_in.items()):
        groups = group_files(names, partial(_text, place))
        for files in groups.values():
            yield tuple(FileSystems.join(place, file) for file in files)


def _is_hidden(place: str, folder: str) -> bool:
    below = place.removeprefix(folder.rstrip("/")).strip("/")
    return any(part.startswith(".") for part in below.split("/"))


class _Read(beam.DoFn):
    """Reads one group of files, if it is a recording."""

    def __init__(self, open_runtime: OpenRuntime, statements: Statements, explain: Explain) -> None:
        self._open_runtime = open_runtime
        self._statements = statements
        self._explain = explain
        self._shared = Shared()
        self._runtime: Any = None

    def setup(self) -> None:
        """One model for all threads of a process."""
        silence_libraries()
        self._runtime = self._shared.acquire(lambda: _Held(self._open_runtime()))

    def process(self, files: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Copy the files here, and read them."""
        name = files[0]
        with tempfile.TemporaryDirectory(prefix="ecgmm-") as here:
            try:
                with own_faults_as_input_errors():
                    paths = [_copied(file, Path(here)) for file in files]
                    if is_recording(paths[0]):
                        yield self._reading(paths[0], name)
            except InputError as error:
                described = self._explain(error).message.replace(here, FileSystems.split(name)[0])
                yield error_object(name, InputError(error.code, described))

    def _reading(self, path: Path, name: str) -> dict[str, Any]:
        reading = analyze(path, self._runtime.runtime, **self._statements._asdict())
        return {**reading.to_dict(), "input": name}


class _Held:
    """A runtime that several threads hold, by a reference that may be weak."""

    def __init__(self, runtime: Any) -> None:
        self.runtime = runtime


def _copied(file: str, folder: Path) -> Path:
    path = folder / FileSystems.split(file)[1]
    with FileSystems.open(file) as stored, path.open("wb") as copy:
        shutil.copyfileobj(stored, copy)
    return path


def _text(place: str, name: str) -> str:
    with FileSystems.open(FileSystems.join(place, name)) as stored:
        return stored.read().decode("latin-1")
