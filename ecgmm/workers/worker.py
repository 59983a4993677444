"""A process that reads ECGs: what breaks there leaves the server standing."""

from __future__ import annotations

import contextlib
import multiprocessing
import resource
import signal
import time
from multiprocessing.connection import Connection
from typing import Any

from ecgmm.errors import InputError
from ecgmm.quiet import silence_libraries
from ecgmm.serving.runtime import OpenRuntime, Runtime
from ecgmm.workers.faults import fault_words
from ecgmm.workers.task import Report, Task, no_report

CRASHED = "Reading this input broke the reader. The server goes on; please report the file."

_ENDED_LOADING = (
    "A process ended while it loaded the model. It may need more memory, or fewer beside it."
)
_REPORT_EVERY_S = 0.1
"""A bar that moves ten times a second moves smoothly."""
_WAIT_FOR_EXIT_S = 2.0
"""A process that was killed is gone in milliseconds; one that waits for a disk may stay."""


class WorkerGoneError(Exception):
    """The process was gone before it took the task: another can do it."""


class Worker:
    """One process with its own model.

    Args:
        open_runtime: called in the process; has to be picklable.
    """

    def __init__(self, open_runtime: OpenRuntime) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, open_runtime), name="ecgmm-reader", daemon=True
        )
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int | None:
        """The process's number."""
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Wait for the model.

        Raises:
            InputError: when it cannot be loaded.
        """
        try:
            self._answer(None, no_report)
        except WorkerGoneError as error:
            raise InputError("model_gone", _ENDED_LOADING) from error

    def run(self, task: Task, report: Report, time_limit_s: float) -> dict[str, Any]:
        """Do one task.

        Raises:
            InputError: what the task raised; `crashed` when the process died of it, `too_slow`
                when it was stopped. The worker is of no more use after either.
            WorkerGoneError: when the process was gone already.
        """
        try:
            self._connection.send(task)
        except OSError as error:
            raise WorkerGoneError from error
        return self._answer(time.monotonic() + time_limit_s, report)

    def is_alive(self) -> bool:
        """Whether it can take a task."""
        return self._process.is_alive()

    def kill(self) -> None:
        """End the process, whatever it does; whoever waits for it finds it gone."""
        self._process.kill()

    def stop(self) -> None:
        """End the process and let go of it; for the one thread that uses it."""
        self.kill()
        self._process.join(_WAIT_FOR_EXIT_S)
        self._connection.close()

    def _answer(self, deadline_s: float | None, report: Report) -> dict[str, Any]:
        has_task = False
        while True:
            try:
                kind, content = self._receive(deadline_s)
            except (EOFError, OSError) as error:
                self._process.join(_WAIT_FOR_EXIT_S)
                if not has_task:
                    raise WorkerGoneError from error
                raise InputError("crashed", CRASHED) from error
            match kind:
                case "taken":
                    has_task = True
                case "progress":
                    report(*content)
                case "done":
                    return content
                case "error":
                    raise InputError(*content)

    def _receive(self, deadline_s: float | None) -> tuple[str, Any]:
        left_s = None if deadline_s is None else max(0.0, deadline_s - time.monotonic())
        if not self._connection.poll(left_s):
            self._process.kill()
            self._process.join(_WAIT_FOR_EXIT_S)
            raise InputError("too_slow", "Reading this input took too long.")
        return self._connection.recv()


def _serve(connection: Connection, open_runtime: OpenRuntime) -> None:
    """The process itself: load the model, then one task after the other until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    silence_libraries()
    try:
        runtime = open_runtime()
    except InputError as error:
        connection.send(("error", (error.code, error.message, error.missing)))
        return
    except Exception as error:  # whoever waits for the model is told what is wrong with it
        connection.send(("error", ("internal_error", fault_words(error))))
        return
    connection.send(("done", {}))
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            task = connection.recv()
            connection.send(("taken", None))
            connection.send(_outcome(task, runtime, _throttled(connection)))


def _outcome(task: Task, runtime: Runtime, report: Report) -> tuple[str, Any]:
    try:
        return "done", task.run(runtime, report)
    except InputError as error:
        return "error", (error.code, " ".join(error.message.split()), error.missing)
    except BrokenPipeError:
        raise
    except Exception as error:  # the others' ECGs still have to be read
        return "error", ("internal_error", fault_words(error))


def _throttled(connection: Connection) -> Report:
    """Sends every new stage at once, and progress within it ten times a second at most."""
    last_s, last_stage = -_REPORT_EVERY_S, ""

    def report(share: float, stage: str) -> None:
        nonlocal last_s, last_stage
        if stage != last_stage or time.monotonic() - last_s >= _REPORT_EVERY_S:
            last_s, last_stage = time.monotonic(), stage
            connection.send(("progress", (share, stage)))

    return report
