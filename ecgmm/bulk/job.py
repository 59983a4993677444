"""`ecgmm analyze` over an archive: several processes, resumable, results in input order."""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ecgmm.analysis.analyze import Opened, analyze_source, open_source
from ecgmm.analysis.reading import Reading
from ecgmm.bulk.archive import ArchivedInput, find_inputs, single_input
from ecgmm.bulk.journal import Journal
from ecgmm.bulk.reporter import Reporter
from ecgmm.errors import InputError
from ecgmm.paper.options import NOTHING_STATED, PageOptions
from ecgmm.person import NOBODY, Person
from ecgmm.readers.places import STANDARD_INPUT, local_path
from ecgmm.serving.runtime import OpenRuntime, Runtime
from ecgmm.workers.faults import own_faults_as_input_errors
from ecgmm.workers.pool import Pool
from ecgmm.workers.task import no_report
from ecgmm.writers.output_folder import OutputFolder
from ecgmm.writers.report_files import RESULT_ENDING, Wanted, files_of_error, files_of_reading

Explain = Callable[[InputError], InputError]

READING_LIMIT_S = 4 * 3600.0
"""Longer than any reading takes; a file that keeps a process busy that long is given up."""

_NOT_FINAL = ("internal_error", "crashed", "too_slow", "stopped", "cannot_write", "serving_")
"""How the codes of errors begin that are no fault of the input: it is read again with the job."""

_LOOK_EVERY_S = 0.5
"""How soon it is seen that no process can load the model."""
_THREADS_VARIABLES = (
    "TF_NUM_INTRAOP_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
)


def is_archive(path: Path) -> bool:
    """Whether a path is a folder to look into, and no record's name."""
    return path.is_dir() and not single_input(str(path)).files


def list_inputs(paths: Iterable[str], leave_out: Path) -> list[ArchivedInput]:
    """Every input in order, those of a folder in its place; a folder without any stands itself."""
    inputs: list[ArchivedInput] = []
    for path in paths:
        found = find_inputs(Path(path), leave_out) if is_archive(Path(path)) else ()
        inputs += list(found) or [single_input(path)]
    return inputs


@dataclass(frozen=True)
class ReadTask:
    """Read one input of an archive in a worker process and write its files.

    Attributes:
        folder: where the files go.
        wanted: which files.
        sampling_rate_hz: for a table that does not state it.
        unit: uV, mV or V, for a table that does not state it.
        page: what is known of a picture's paper.
        name: what its reading calls it.
        place: where it is, as `readers.places` knows it.
        stem: what its files are called.
    """

    folder: Path
    wanted: Wanted
    sampling_rate_hz: float | None = None
    unit: str | None = None
    page: PageOptions = NOTHING_STATED
    person: Person = NOBODY
    name: str = ""
    place: str = ""
    stem: str = ""

    def run(self, runtime: Runtime, report: Any) -> dict[str, Any]:
        """Read it.

        Returns:
            `complaint`: why a file could not be written, or nothing.

        Raises:
            InputError: when it cannot be read.
        """
        if is_archive(Path(self.place)):
            raise InputError("no_recordings", f"{self.place} holds no recording of a known format.")
        if self.place == STANDARD_INPUT:
            raise InputError(
                "standard_input", "Standard input is read alone, not with folders or --jobs."
            )
        with local_path(self.place) as path:
            source = open_source(
                path,
                sampling_rate_hz=self.sampling_rate_hz,
                unit=self.unit,
                page=self.page,
                person=self.person,
            )
            reading = analyze_source(source, runtime, name=self.name)
            return {"complaint": self._write(reading, source)}

    def _write(self, reading: Reading, source: Opened) -> str:
        """Write the files of a reading; why one could not be written, or nothing."""
        folder = OutputFolder(self.folder)
        try:
            with own_faults_as_input_errors():
                for ending, content in files_of_reading(reading, source, self.wanted):
                    folder.write(self.stem + ending, content)
        except InputError as error:
            return error.message
        return ""


class BulkJob:
    """Reads many inputs in several processes.

    Files are written as soon as an input is read, lines in input order.

    Args:
        task: what the tasks of all inputs share.
        open_runtime: gives each process its runtime.
        folder: where the task's files go.
        journal: what is done already.
        reporter: prints what has been written.
        explain: words an error for whoever started the job.
    """

    def __init__(
        self,
        task: ReadTask,
        open_runtime: OpenRuntime,
        folder: OutputFolder,
        journal: Journal,
        reporter: Reporter,
        explain: Explain,
    ) -> None:
        self._task = task
        self._open_runtime = open_runtime
        self._folder = folder
        self._journal = journal
        self._reporter = reporter
        self._explain = explain
        self._lock = threading.Lock()

    def run(self, inputs: Sequence[ArchivedInput], jobs: int) -> None:
        """Read what is not done yet, and report on everything.

        Args:
            inputs: what to read.
            jobs: in how many processes.

        Raises:
            InputError: `model_unreadable` when no process can open its runtime, `cannot_write`
                when there is no room for a result.
        """
        stems = [self._stem(one) for one in inputs]
        waiting = {n for n, one in enumerate(inputs) if not self._is_done(one, stems[n])}
        with self._read(inputs, stems, waiting, jobs) as next_done, _bar(len(inputs)) as bar:
            for number, stem in enumerate(stems):
                while number in waiting:
                    done, complaint = next_done()
                    waiting.discard(done)
                    if complaint:
                        self._reporter.complain(complaint)
                self._reporter.report_stored(stem)
                bar.update()

    def _stem(self, one: ArchivedInput) -> str:
        return self._journal.stem_of(one) or self._folder.stem(one.name, one.below)

    def _is_done(self, one: ArchivedInput, stem: str) -> bool:
        return self._journal.is_done(one) and self._folder.has(stem + RESULT_ENDING)

    @contextlib.contextmanager
    def _read(
        self, inputs: Sequence[ArchivedInput], stems: Sequence[str], numbers: set[int], jobs: int
    ) -> Iterator[Callable[[], tuple[int, str]]]:
        """Start reading; gives what waits for the next input that is done, and a complaint."""
        done: queue.Queue[tuple[int, str] | Exception] = queue.Queue()
        with _started_pool(self._open_runtime, min(jobs, len(numbers)), len(numbers)) as pool:
            for number in sorted(numbers):
                one, stem = inputs[number], stems[number]
                task = replace(self._task, name=one.name, place=one.place, stem=stem)
                on_done = partial(self._note, done, number, one, stem)
                pool.submit([(task, no_report, on_done)])

            def next_done() -> tuple[int, str]:
                while True:
                    with contextlib.suppress(queue.Empty):
                        item = done.get(timeout=_LOOK_EVERY_S)
                        if isinstance(item, Exception):
                            raise item
                        return item
                    if pool.fault and not pool.ready:
                        raise InputError("model_unreadable", pool.fault)

            yield next_done

    def _note(
        self,
        done: queue.Queue[tuple[int, str] | Exception],
        number: int,
        one: ArchivedInput,
        stem: str,
        outcome: dict[str, Any] | InputError,
    ) -> None:
        """Take down that an input is done, before its process is given another.

        What goes wrong here is raised where the job waits.
        """
        complaint = ""
        try:
            with self._lock:
                if isinstance(outcome, InputError):
                    is_final = self._write_error(one, stem, outcome)
                else:
                    complaint = outcome["complaint"]
                    is_final = not complaint
                if is_final:
                    self._journal.add(one, stem)
            done.put((number, complaint))
        except Exception as error:
            done.put(error)

    def _write_error(self, one: ArchivedInput, stem: str, error: InputError) -> bool:
        """Write why an input could not be read; returns whether that will not change."""
        if error.code == "crashed":
            error = InputError("crashed", f"{one.name} ended the process that read it.")
        for ending, content in files_of_error(one.name, self._explain(error), self._task.wanted):
            self._folder.write(stem + ending, content)
        return not error.code.startswith(_NOT_FINAL)


@contextlib.contextmanager
def _started_pool(open_runtime: OpenRuntime, jobs: int, tasks: int) -> Iterator[Pool]:
    pool = Pool(open_runtime, workers=jobs, pending_limit=tasks, time_limit_s=READING_LIMIT_S)
    with _threads_shared_out(jobs):
        pool.start()
        try:
            yield pool
        finally:
            pool.stop()


def _bar(inputs: int) -> tqdm:
    return tqdm(total=inputs, unit="ECG", disable=not sys.stderr.isatty())


@contextlib.contextmanager
def _threads_shared_out(jobs: int) -> Iterator[None]:
    """Keep processes that each count on every core from getting into each other's way."""
    threads = max(1, len(os.sched_getaffinity(0)) // max(1, jobs))
    new = {name: str(threads) for name in _THREADS_VARIABLES if name not in os.environ}
    os.environ.update(new)
    try:
        yield
    finally:
        for name in new:
            del os.environ[name]
