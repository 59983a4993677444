"""The part of TensorFlow Serving that runs concurrent requests as one, in Python, for tests.

Whoever shares a batch shares its fate, as in `BatchingSession` and `SharedBatchScheduler`: rows of
other lengths, or an op that fails, are an error for every request in it. A request of no rows
waits for another to join it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import grpc
import numpy as np
from loopback_models import RefusalError

Outputs = dict[str, np.ndarray]
Run = Callable[[np.ndarray], Outputs]


@dataclass(frozen=True)
class BatchingParameters:
    """As in `deploy/config/batching.config`, where a larger request is split.

    Attributes:
        max_batch_size: the most rows of a request.
        max_execution_batch_size: the most rows of a batch.
        batch_timeout_s: how long the first request of a batch waits for others.
        max_enqueued_batches: the most batches of a signature that wait.
        num_batch_threads: batches that run at a time.
    """

    max_batch_size: int = 64
    max_execution_batch_size: int = 16
    batch_timeout_s: float = 0.002
    max_enqueued_batches: int = 32
    num_batch_threads: int = 2


@dataclass
class Task:
    """Rows of a request, and what became of them."""

    rows: np.ndarray
    done: threading.Event = field(default_factory=threading.Event)
    outputs: Outputs = field(default_factory=dict)
    error: Exception | None = None


@dataclass
class Batch:
    """Requests that will run as one."""

    opened_s: float
    tasks: list[Task] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Rows of all requests."""
        return sum(len(task.rows) for task in self.tasks)


@dataclass
class Queue:
    """Batches of one signature; requests join the last."""

    run: Run
    batches: deque[Batch] = field(default_factory=deque)


class Batcher:
    """Runs batches on a few threads that all signatures share.

    Args:
        parameters: how large batches are, and how long they wait.
    """

    def __init__(self, parameters: BatchingParameters) -> None:
        self._parameters = parameters
        self._queues: dict[Hashable, Queue] = {}
        self._changed = threading.Condition()
        self._is_open = True
        for _ in range(parameters.num_batch_threads):
            threading.Thread(target=self._work, daemon=True).start()

    def run(self, key: Hashable, run: Run, rows: np.ndarray) -> Outputs:
        """Run rows together with those of other callers of the same key; the outputs of these."""
        with self._changed:
            tasks = self._enqueue(self._queues.setdefault(key, Queue(run)), rows)
            self._changed.notify_all()
        for task in tasks:
            task.done.wait()
            if task.error is not None:
                raise task.error
        return {
            name: np.concatenate([task.outputs[name] for task in tasks])
            for name in tasks[0].outputs
        }

    def close(self) -> None:
        """Give up what still waits."""
        with self._changed:
            self._is_open = False
            self._changed.notify_all()
            waiting = [task for q in self._queues.values() for b in q.batches for task in b.tasks]
        for task in waiting:
            task.error = RefusalError(grpc.StatusCode.UNAVAILABLE, "The server stops")
            task.done.set()

    def _enqueue(self, queue: Queue, rows: np.ndarray) -> list[Task]:
        if len(rows) > self._parameters.max_batch_size:
            said = (
                f"Task size {len(rows)} is larger than maximum input batch size "
                f"{self._parameters.max_batch_size}"
            )
            raise RefusalError(grpc.StatusCode.INVALID_ARGUMENT, said)
        most = self._parameters.max_execution_batch_size
        room = most - queue.batches[-1].size if queue.batches else 0
        starts = [0, *range(room, len(rows), most)] if room else [*range(0, len(rows), most)]
        tasks = [Task(part) for part in np.split(rows, starts[1:])]
        opened = len(tasks) - bool(room)
        if len(queue.batches) + opened > self._parameters.max_enqueued_batches:
            said = "The batch scheduling queue to which this task was submitted is full"
            raise RefusalError(grpc.StatusCode.UNAVAILABLE, said)
        queue.batches.extend(Batch(time.monotonic()) for _ in range(opened))
        for batch, task in zip(list(queue.batches)[-len(tasks) :], tasks, strict=True):
            batch.tasks.append(task)
        return tasks

    def _work(self) -> None:
        while (taken := self._next()) is not None:
            _process(*taken)

    def _next(self) -> tuple[Run, list[Task]] | None:
        with self._changed:
            while self._is_open:
                waits_s = {key: self._wait_s(queue) for key, queue in self._queues.items()}
                soonest = min(waits_s, key=lambda key: waits_s[key], default=None)
                if soonest is not None and waits_s[soonest] <= 0:
                    queue = self._queues.pop(soonest)
                    self._queues[soonest] = queue
                    return queue.run, queue.batches.popleft().tasks
                wait_s = min(waits_s.values(), default=float("inf"))
                self._changed.wait(wait_s if wait_s < float("inf") else None)
        return None

    def _wait_s(self, queue: Queue) -> float:
        """Seconds until the first batch of a queue may run."""
        if not queue.batches or not queue.batches[0].size:
            return float("inf")
        is_full = queue.batches[0].size >= self._parameters.max_execution_batch_size
        if is_full or len(queue.batches) > 1:
            return 0.0
        return queue.batches[0].opened_s + self._parameters.batch_timeout_s - time.monotonic()


def _process(run: Run, tasks: list[Task]) -> None:
    try:
        outputs = run(_merged([task.rows for task in tasks]))
        ends = np.cumsum([len(task.rows) for task in tasks])[:-1]
        for name, values in outputs.items():
            for task, part in zip(tasks, np.split(values, ends), strict=True):
                task.outputs[name] = part
    except Exception as error:
        for task in tasks:
            task.error = error
    for task in tasks:
        task.done.set()


def _merged(parts: list[np.ndarray]) -> np.ndarray:
    if len({part.shape[1:] for part in parts}) > 1:
        said = (
            "Tensors with the same name from different tasks have different shapes and padding is "
            "turned off."
        )
        raise RefusalError(grpc.StatusCode.FAILED_PRECONDITION, said)
    return np.concatenate(parts)
