"""A bounded queue of tasks, and the workers that do them."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ecgmm.errors import InputError
from ecgmm.serving.runtime import OpenRuntime
from ecgmm.workers.faults import fault_words
from ecgmm.workers.task import Report, Task
from ecgmm.workers.worker import CRASHED, Worker, WorkerGoneError

OnDone = Callable[[dict[str, Any] | InputError], None]
"""Takes the task's result, or why there is none."""

_LOG = logging.getLogger(__name__)
_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0
"""A model that cannot be loaded is tried again, twice as long after each time."""


class OverloadedError(Exception):
    """There is no room for one more task."""


@dataclass(frozen=True)
class _Entry:
    task: Task
    report: Report
    on_done: OnDone
    is_second_try: bool = False


@dataclass
class Place:
    """Room for one task that is yet to come.

    Attributes:
        is_taken: whether it has come.
    """

    is_taken: bool = False


class Pool:
    """Worker processes behind one queue.

    Callbacks are called in the pool's own threads.

    Args:
        open_runtime: gives each process its runtime.
        workers: how many processes.
        pending_limit: how many tasks may wait or be at work.
        time_limit_s: how long one task may take.
    """

    def __init__(
        self, open_runtime: OpenRuntime, *, workers: int, pending_limit: int, time_limit_s: float
    ) -> None:
        self._open_runtime = open_runtime
        self._pending_limit = pending_limit
        self._time_limit_s = time_limit_s
        self._waiting: deque[_Entry] = deque()
        self._pending = 0
        self._changed = threading.Condition()
        self._is_stopping = False
        self._workers: dict[int, Worker] = {}
        self._ready: set[int] = set()
        self.fault = ""
        self.restarts = 0
        self._threads = [
            threading.Thread(target=self._supervise, args=(number,), daemon=True)
            for number in range(workers)
        ]

    @property
    def pending(self) -> int:
        """How many tasks wait or are at work."""
        return self._pending

    @property
    def ready(self) -> int:
        """How many workers have loaded their model."""
        return len(self._ready)

    @property
    def pids(self) -> list[int]:
        """Numbers of the processes that are there."""
        return [worker.pid for worker in list(self._workers.values()) if worker.pid]

    def start(self) -> None:
        """Start the processes; they load their models in the background."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the processes; what waits is told that the server stops."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        for worker in list(self._workers.values()):
            worker.kill()
        for thread in self._threads:
            thread.join()
        for entry in self._waiting:
            self._finish(entry, InputError("stopped", "Stopped before this was read."))

    def check_room(self, tasks: int = 1) -> None:
        """Raises OverloadedError where there is no room for so many tasks now."""
        if self._pending + tasks > self._pending_limit:
            raise OverloadedError

    @contextlib.contextmanager
    def place(self) -> Iterator[Place]:
        """Hold room for one task until it is submitted, or until the block ends without that.

        Raises:
            OverloadedError: when there is none.
        """
        place = Place()
        with self._changed:
            self.check_room()
            self._pending += 1
        try:
            yield place
        finally:
            with self._changed:
                self._pending -= not place.is_taken

    def submit(
        self, entries: list[tuple[Task, Report, OnDone]], place: Place | None = None
    ) -> None:
        """Take all of these tasks, or none.

        Args:
            entries: each task, what is told of its progress, and what takes its result.
            place: room that is held for the first of them.

        Raises:
            OverloadedError: when there is no room for all.
        """
        with self._changed:
            new = len(entries) - (place is not None and not place.is_taken)
            self.check_room(new)
            self._pending += new
            if place is not None:
                place.is_taken = True
            self._waiting.extend(_Entry(*entry) for entry in entries)
            self._changed.notify_all()

    def _supervise(self, number: int) -> None:
        """Keep one worker alive and busy."""
        pause_s = _SHORTEST_PAUSE_S
        while not self._is_stopping:
            worker = self._start_worker(number)
            if worker is None:
                self._pause(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
                continue
            pause_s = _SHORTEST_PAUSE_S
            self._keep_busy(worker)
            self._ready.discard(number)
            worker.stop()
            self.restarts += not self._is_stopping

    def _keep_busy(self, worker: Worker) -> None:
        """Do tasks until the worker is of no more use, or the server stops."""
        while worker.is_alive() and (entry := self._next()) is not None:
            try:
                outcome = self._outcome(worker, entry)
            except WorkerGoneError:
                self._put_back(replace(entry, is_second_try=True))
                return
            except Exception as error:  # what the worker does now is not known: it goes
                self._finish(entry, InputError("internal_error", fault_words(error)))
                return
            self._finish(entry, outcome)

    def _start_worker(self, number: int) -> Worker | None:
        try:
            worker = Worker(self._open_runtime)
        except OSError as error:
            self.fault = f"No process can be started: {error.strerror or error}."
            return None
        self._workers[number] = worker
        try:
            worker.wait_until_ready()
        except InputError as error:
            self.fault = error.message
            worker.stop()
            return None
        self.fault = ""
        self._ready.add(number)
        return worker

    def _next(self) -> _Entry | None:
        """The next task; None when the server stops."""
        with self._changed:
            while not self._waiting and not self._is_stopping:
                self._changed.wait()
            return None if self._is_stopping else self._waiting.popleft()

    def _put_back(self, entry: _Entry) -> None:
        with self._changed:
            self._waiting.appendleft(entry)
            self._changed.notify()

    def _outcome(self, worker: Worker, entry: _Entry) -> dict[str, Any] | InputError:
        """What a task gave.

        Raises:
            WorkerGoneError: when nothing has happened to it yet.
        """
        try:
            return worker.run(entry.task, entry.report, self._time_limit_s)
        except InputError as error:
            return error
        except WorkerGoneError:
            if entry.is_second_try:
                return InputError("crashed", CRASHED)
            raise

    def _finish(self, entry: _Entry, outcome: dict[str, Any] | InputError) -> None:
        """Tell whoever asked; what they raise is logged, for no one here can mend it."""
        try:
            entry.on_done(outcome)
        except Exception:
            _LOG.exception("What waits for '%s' did not take its result", entry.task.name)
        finally:
            with self._changed:
                self._pending -= 1

    def _pause(self, seconds: float) -> None:
        """Wait before the next try, or until the server stops."""
        deadline_s = time.monotonic() + seconds
        with self._changed:
            while not self._is_stopping and (left_s := deadline_s - time.monotonic()) > 0:
                self._changed.wait(left_s)
