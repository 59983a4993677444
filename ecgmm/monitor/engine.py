"""The engine: one model reads every stream, again and again, in shared batches."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType, TracebackType

import numpy as np

from ecgmm.errors import InputError
from ecgmm.monitor.alarms.log import AlarmLog
from ecgmm.monitor.limits import AlarmLimits
from ecgmm.monitor.stream import MOST_BEHIND_S, Cut, Stream
from ecgmm.monitor.window import Window
from ecgmm.serving.runtime import Probabilities, Runtime

BATCHES_AT_ONCE = 2
"""One is read by the model while the answers to the other are worked through."""
MOST_ROWS = 32
"""Leads of a batch: of streams of two leads, sixteen are read at once."""
WATCH_EVERY_S = 0.5
"""As often as a stream is read: silence is told no later than a beat would be."""
FIRST_RETRY_S, LAST_RETRY_S = 1.0, MOST_BEHIND_S
"""How long a stream that cannot be read rests: twice as long each time, and no longer than signal
may come without being read."""
MOST_TRIES = 3
"""A model's process that broke is there again by then: the fault lies in the signal, which goes on
until the fault has left the ten seconds that are read."""


class MonitorEngine:
    """Watches any number of streams.

    Everything but the model runs on the event loop, the model in threads::

        async with MonitorEngine(runtime) as engine:
            stream = engine.open_stream("bed 7")
            await stream.push(frame)
            async for event in stream.events():
                print(event.to_json())

    Streams that have half a second of new signal are read together, those that wait longest first.
    Where the machine does not keep up, more signal is new when a stream's turn comes: it is read
    less often, and its beats are labelled later. A batch that fails is read again stream by stream,
    and a stream that fails is read alone until it succeeds: what breaks the model in one patient's
    signal costs the others one reading.

    Args:
        runtime: where probabilities come from.
        now_s: the clock of arrivals and latencies.
    """

    def __init__(self, runtime: Runtime, *, now_s: Callable[[], float] = time.monotonic) -> None:
        self._runtime = runtime
        self._now_s = now_s
        self._streams: dict[str, Stream] = {}
        self._in_flight: set[str] = set()
        self._failures: dict[str, int] = {}
        self._resting: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        self._slots = asyncio.Semaphore(BATCHES_AT_ONCE)

    async def __aenter__(self) -> MonitorEngine:
        self._threads = ThreadPoolExecutor(BATCHES_AT_ONCE, thread_name_prefix="monitor")
        for work in (self._read(), self._watch()):
            self._keep(asyncio.create_task(work))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            await asyncio.gather(*(stream.end() for stream in self._streams.values()))
        for stream in self._streams.values():
            stream.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._threads.shutdown(cancel_futures=True)

    @property
    def streams(self) -> Mapping[str, Stream]:
        """The streams that are open, by name."""
        return MappingProxyType(self._streams)

    def open_stream(
        self,
        name: str,
        *,
        limits: AlarmLimits | None = None,
        log: Path | None = None,
        every_hop: bool = False,
    ) -> Stream:
        """A new stream.

        Args:
            name: what it is called; no two open streams have one name.
            limits: of its alarms; the defaults if None.
            log: file to which every state of every alarm is added, as JSON Lines.
            every_hop: read every half second of it however fast it comes, so that `push` waits; by
                default a stream that comes faster than it can be read is read less often.

        Raises:
            InputError: `name_taken`, or `cannot_write` for the log.
        """
        if name in self._streams:
            raise InputError("name_taken", f"There is a stream called '{name}' already.")
        self._streams[name] = Stream(
            name,
            limits=limits or AlarmLimits(),
            log=AlarmLog(log, name) if log is not None else None,
            every_hop=every_hop,
            now_s=self._now_s,
            wake=self._news.set,
        )
        return self._streams[name]

    async def close_stream(self, name: str) -> None:
        """End a stream and forget it."""
        stream = self._streams[name]
        await stream.end()
        del self._streams[name]
        self._failures.pop(name, None)

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            for stream in list(self._streams.values()):
                stream.watch()

    async def _read(self) -> None:
        """Start a batch whenever there is something to read and a slot for it."""
        while True:
            await self._slots.acquire()
            while not (batch := self._due()):
                self._news.clear()
                await self._news.wait()
            self._in_flight.update(stream.name for stream, _ in batch)
            self._keep(asyncio.create_task(self._read_batch(batch)))

    def _due(self) -> list[tuple[Stream, Cut]]:
        """The streams that wait longest, with their windows, as many as one batch takes."""
        waiting = [s for s in self._streams.values() if s.is_due and self._is_free(s)]
        batch: list[tuple[Stream, Cut]] = []
        rows = 0
        for stream in sorted(waiting, key=lambda stream: -stream.behind_s):
            is_alone = stream.name in self._failures
            if batch and is_alone:
                continue
            cut = stream.cut()
            rows += len(cut.window.rows)
            if batch and rows > MOST_ROWS:
                break
            batch.append((stream, cut))
            if is_alone:
                break
        return batch

    def _is_free(self, stream: Stream) -> bool:
        is_resting = stream.name in self._resting and not stream.is_ending
        return stream.name not in self._in_flight and not is_resting

    async def _read_batch(self, batch: Sequence[tuple[Stream, Cut]]) -> None:
        """Read and tell; what goes wrong is an alarm of the streams that it concerns."""
        cut_at_s = self._now_s()
        try:
            answers = await self._ask([cut.window for _, cut in batch])
        except Exception as error:
            for stream, cut in batch:
                self._fail(stream, cut, error, is_alone=len(batch) == 1)
        else:
            for (stream, cut), answer in zip(batch, answers, strict=True):
                self._take(stream, cut, answer, self._now_s() - cut_at_s)
        finally:
            self._in_flight.difference_update(stream.name for stream, _ in batch)
            self._slots.release()
            self._news.set()

    def _take(
        self, stream: Stream, cut: Cut, answer: Probabilities | None, reading_s: float
    ) -> None:
        try:
            stream.take(cut, answer, reading_s)
        except Exception as error:  # the other streams of the batch have been read
            self._fail(stream, cut, error, is_alone=True)
        else:
            self._failures.pop(stream.name, None)

    def _fail(self, stream: Stream, cut: Cut, error: Exception, *, is_alone: bool) -> None:
        """Tell the stream, and have it read alone: after a rest, if it was read alone already."""
        words = error.message if isinstance(error, InputError) else repr(error)
        failures = self._failures.get(stream.name, 0)
        self._failures[stream.name] = failures + is_alone
        gives_up = is_alone and (cut.is_last or failures + 1 >= MOST_TRIES)
        stream.fail(cut, words, gives_up=gives_up)
        if not is_alone:
            return
        self._resting.add(stream.name)
        rest_s = min(FIRST_RETRY_S * 2.0 ** min(failures, MOST_TRIES), LAST_RETRY_S)
        asyncio.get_running_loop().call_later(rest_s, self._wake, stream.name)

    def _wake(self, name: str) -> None:
        self._resting.discard(name)
        self._news.set()

    async def _ask(self, windows: Sequence[Window]) -> list[Probabilities | None]:
        """What the model says of each window, all of them asked at once."""
        rows = np.concatenate([window.rows for window in windows])
        if len(rows) == 0:
            return [None] * len(windows)
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._threads, self._runtime.signal, rows)
        ends = np.cumsum([len(window.rows) for window in windows])[:-1]
        return [
            Probabilities(beats, rhythm) if len(beats) else None
            for beats, rhythm in zip(
                np.split(answer.beats, ends), np.split(answer.rhythm, ends), strict=True
            )
        ]
