"""The live streams' own process with a model: no upload can hold a heartbeat up."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.serving.runtime import Digitized, OpenRuntime, Probabilities, Runtime
from ecgmm.workers.task import Report, no_report
from ecgmm.workers.worker import Worker, WorkerGoneError

BATCH_WITHIN_S = 60.0
"""A batch takes about a second: a process that needs so long hangs."""


@dataclass(frozen=True)
class SignalTask:
    """One batch for the model.

    Attributes:
        signal: `[batch, samples]` float32, millivolts at 125 Hz.
        name: what a report would call it.
    """

    signal: NDArray[np.float32]
    name: str = "live streams"

    def run(self, runtime: Runtime, report: Report) -> dict[str, Any]:
        """Read it; see `Task`."""
        return {
            "answer": runtime.signal(self.signal),
            "model": (runtime.model_name, runtime.model_version),
        }


class LiveRuntime:
    """A runtime in a process that is started when the first batch comes, and again if it dies.

    Args:
        open_runtime: gives the process its runtime; has to be picklable.
    """

    def __init__(self, open_runtime: OpenRuntime) -> None:
        self._open_runtime = open_runtime
        self._asking = threading.Lock()
        self._changing = threading.Lock()
        self._worker: Worker | None = None
        self._is_closed = False
        self.model_name = ""
        self.model_version = ""

    @property
    def is_ready(self) -> bool:
        """Whether a batch has been read."""
        return bool(self.model_name)

    def prepare(self) -> None:
        """Start the process, if there is none, and wait for its model.

        Raises:
            InputError: when there is no model.
        """
        with self._asking:
            if self._worker is None:
                self._start()

    def signal(self, signal: NDArray[np.float32]) -> Probabilities:
        """Read leads, one batch after the other; see `Runtime`.

        Raises:
            InputError: when there is no model, when the batch breaks it, and when the server stops.
        """
        with self._asking:
            worker = self._worker or self._start()
            try:
                result = worker.run(SignalTask(signal), no_report, BATCH_WITHIN_S)
            except WorkerGoneError as error:
                self._drop()
                raise InputError("model_gone", "The model's process has ended.") from error
            except InputError:
                if not worker.is_alive():
                    self._drop()
                raise
        self.model_name, self.model_version = result["model"]
        return result["answer"]

    def image(self, image_bytes: Sequence[bytes]) -> Probabilities:
        """No stream has pictures."""
        raise NotImplementedError

    def digitize(self, image_bytes: Sequence[bytes]) -> Digitized:
        """No stream has pictures."""
        raise NotImplementedError

    def close(self) -> None:
        """End the process; who waits for its answer gets an `InputError`."""
        self._is_closed = True
        self._drop()

    def _start(self) -> Worker:
        with self._changing:
            if self._is_closed:
                raise InputError("stopped", "The server is being stopped.")
            self._worker = worker = Worker(self._open_runtime)
        try:
            worker.wait_until_ready()
        except InputError:
            self._drop()
            raise
        return worker

    def _drop(self) -> None:
        with self._changing:
            if self._worker is not None:
                self._worker.stop()
            self._worker = None
