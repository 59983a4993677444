"""What was asked for and how far it is."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
import tempfile
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ecgmm.errors import InputError
from ecgmm.web.metrics import Metrics
from ecgmm.web.pieces_file import read_pieces
from ecgmm.web.store import Store
from ecgmm.workers.pool import OnDone, Place, Pool
from ecgmm.workers.task import Report, Task

State = Literal["queued", "reading", "done", "failed"]
MakeTask = Callable[[Path], Task]
"""Makes a task that leaves its pieces in the folder that it is given."""

_MOST_JOBS = 2000
"""The oldest go: a few kB each, results are kept by the store."""


def new_id() -> str:
    """A name that nobody guesses: 128 random bits."""
    return secrets.token_urlsafe(16)


@dataclass
class Input:
    """One input of a job.

    Attributes:
        name: what its reading calls it.
        reading_id: name of its reading, once there is one.
        state: how far it is.
        progress: the share that is done, from 0 to 1.
        stage: what is being done, in words.
        error: why there is no reading.
    """

    name: str
    reading_id: str = field(default_factory=new_id)
    state: State = "queued"
    progress: float = 0.0
    stage: str = "Waiting"
    error: InputError | None = None

    def to_json(self) -> dict[str, Any]:
        """The input as the API shows it."""
        return {
            "name": self.name,
            "state": self.state,
            "progress": round(self.progress, 3),
            "stage": self.stage,
            "reading_id": self.reading_id if self.state == "done" else None,
            "error": self.error
            and {
                "code": self.error.code,
                "message": self.error.message,
                "missing": self.error.missing,
            },
        }


class Job:
    """Inputs that came together.

    Args:
        inputs: in the order in which they came.
        folder: private folder of their files, removed when the last one is read.
    """

    def __init__(self, inputs: list[Input], folder: Path) -> None:
        self.id = new_id()
        self.inputs = inputs
        self.folder = folder
        self._changed = asyncio.Event()

    @property
    def is_done(self) -> bool:
        """Whether every input was read or has failed."""
        return all(entry.state in ("done", "failed") for entry in self.inputs)

    def to_json(self) -> dict[str, Any]:
        """The job as the API shows it, without its results."""
        return {
            "id": self.id,
            "state": "done" if self.is_done else "reading",
            "inputs": [entry.to_json() for entry in self.inputs],
        }

    def tell(self) -> None:
        """Wake everyone who follows the job; call in the event loop."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def changes(self, heartbeat_s: float) -> AsyncIterator[bool]:
        """One item at once and at each change until the job is done.

        Yields:
            True for a change, False when nothing changed for `heartbeat_s`.
        """
        is_news = True
        while True:
            was_done, changed = self.is_done, self._changed
            yield is_news
            if was_done:
                return
            try:
                await asyncio.wait_for(changed.wait(), heartbeat_s)
                is_news = True
            except TimeoutError:
                is_news = False


class Jobs:
    """Every job of late.

    Args:
        pool: does the work.
        store: gets the readings.
        metrics: counts them.
        folder: private folder for uploads.
    """

    def __init__(self, pool: Pool, store: Store, metrics: Metrics, folder: Path) -> None:
        self._pool = pool
        self._store = store
        self._metrics = metrics
        self._folder = folder
        self._jobs: OrderedDict[str, Job] = OrderedDict()

    def get(self, job_id: str) -> Job | None:
        """A job of late, or None."""
        return self._jobs.get(job_id)

    @contextlib.contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder for one request's files, which goes when the block fails.

        Otherwise it is the job's, which has to be started in it and removes it when it is done.

        Raises:
            OSError: when there is no room for one.
        """
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def start(
        self, folder: Path, named_tasks: list[tuple[str, MakeTask]], place: Place | None = None
    ) -> Job:
        """Start a job; call in the event loop.

        Args:
            folder: private folder of its files, see `folder`.
            named_tasks: name of each input, and what makes its task; one at least.
            place: room in the queue that is held for the first of them.

        Raises:
            OverloadedError: when there is no room for all of its inputs.
            OSError: when there is no room on the disk.
        """
        loop = asyncio.get_running_loop()
        job = Job([Input(name) for name, _ in named_tasks], folder)
        entries: list[tuple[Task, Report, OnDone]] = []
        for number, (entry, (_, make_task)) in enumerate(zip(job.inputs, named_tasks, strict=True)):
            out = folder / f"out-{number}"
            out.mkdir()
            work = _Work(self, job, entry, out, loop)
            entries.append((make_task(out), work.report, work.finish))
        self._pool.submit(entries, place)
        self._jobs[job.id] = job
        while len(self._jobs) > _MOST_JOBS:
            self._jobs.popitem(last=False)
        return job

    def results(self, job: Job) -> list[dict[str, Any]]:
        """The JSON contract's object of each input, in input order."""
        return [self._result(entry) for entry in job.inputs]

    def _result(self, entry: Input) -> dict[str, Any]:
        stored = self._store.get(entry.reading_id) if entry.state == "done" else None
        if stored is not None:
            return stored.reading
        error = entry.error or InputError("forgotten", "This reading is no longer kept.")
        return {
            "input": entry.name,
            "error": {"code": error.code, "message": error.message},
        }

    def keep(self, entry: Input, result: dict[str, Any], out: Path) -> None:
        """Put a reading into the store, and those of a document's other pages."""
        others = [(new_id(), page) for page in result.get("other_pages", ())]
        named = [*others, (entry.reading_id, result)]
        pages = _listed(named) if others else []
        for reading_id, page in named:
            view = {"pages": pages, **page["view"]}
            pieces = read_pieces(out / page["pieces"])
            self._store.add(reading_id, page["reading"], view, pieces)

    def count(self, outcome: str, seconds: float) -> None:
        """Count a reading, or a failure by its code."""
        self._metrics.count_reading(outcome, seconds)


def _listed(named: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """The pages of a document as the view of each lists them."""
    listed = [
        {"page": page["reading"]["page"], "words": page["words"], "reading_id": reading_id}
        for reading_id, page in named
    ]
    return sorted(listed, key=lambda page: page["page"])


class _Work:
    """One input on its way through a worker; called in the pool's threads."""

    def __init__(
        self, jobs: Jobs, job: Job, entry: Input, out: Path, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._jobs = jobs
        self._job = job
        self._entry = entry
        self._out = out
        self._loop = loop
        self._started_s = time.monotonic()

    def report(self, share: float, stage: str) -> None:
        """Note how far it is."""
        self._set(state="reading", progress=share, stage=stage)

    def finish(self, outcome: dict[str, Any] | InputError) -> None:
        """Keep what was read, or why nothing was."""
        try:
            if isinstance(outcome, dict):
                self._jobs.keep(self._entry, outcome, self._out)
        except Exception:
            outcome = InputError("not_kept", "The reading could not be kept; try again later.")
        seconds = time.monotonic() - self._started_s
        if isinstance(outcome, InputError):
            self._jobs.count(outcome.code, seconds)
            self._set(state="failed", progress=1.0, stage="Could not be read", error=outcome)
        else:
            self._jobs.count(outcome["reading"]["summary"]["verdict"], seconds)
            self._set(state="done", progress=1.0, stage="Read")

    def _set(self, **changes: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody follows any more
            self._loop.call_soon_threadsafe(self._apply, changes)

    def _apply(self, changes: dict[str, Any]) -> None:
        for name, value in changes.items():
            setattr(self._entry, name, value)
        if self._job.is_done:
            shutil.rmtree(self._job.folder, ignore_errors=True)
        self._job.tell()
