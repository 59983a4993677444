"""Every live stream of the server: opened, found by id, and ended when nobody needs it."""

from __future__ import annotations

import asyncio
import math
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread

from ecgmm.errors import InputError
from ecgmm.monitor.engine import MonitorEngine
from ecgmm.monitor.frames import Frame
from ecgmm.serving.runtime import OpenRuntime
from ecgmm.web.jobs import new_id
from ecgmm.web.live.live_stream import LiveStream, Source
from ecgmm.web.live.runtime import LiveRuntime
from ecgmm.web.settings import Limits
from ecgmm.workers.faults import fault_words
from ecgmm.workers.pool import OverloadedError

LOOK_EVERY_S = 5.0
"""Small beside the minutes for which a stream is kept."""
KEPT_UNUSED_S = {"producer": 600.0, "replay": 60.0, "server": math.inf}


class StreamRegistry:
    """The streams that the server watches.

    Args:
        engine: reads them.
        runtime: what the engine reads them with.
        limits: how many there may be.
    """

    def __init__(self, engine: MonitorEngine, runtime: LiveRuntime, limits: Limits) -> None:
        self._engine = engine
        self._runtime = runtime
        self._limits = limits
        self._streams: dict[str, LiveStream] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_ready(self) -> bool:
        """Whether the model has read something."""
        return self._runtime.is_ready

    def all(self) -> Iterable[LiveStream]:
        """The streams, the oldest first."""
        return self._streams.values()

    def get(self, stream_id: str) -> LiveStream | None:
        """A stream, or None where there is none of that id."""
        return self._streams.get(stream_id)

    def check_room_for_viewer(self) -> None:
        """Raises OverloadedError where too many watch already."""
        if sum(stream.viewers for stream in self._streams.values()) >= self._limits.viewers:
            raise OverloadedError

    def open(self, title: str, source: Source, stream_id: str | None = None) -> LiveStream:
        """A new stream.

        Raises:
            OverloadedError: when there are too many.
        """
        if len(self._streams) >= self._limits.streams:
            raise OverloadedError
        stream_id = stream_id or new_id()
        live = LiveStream(self._engine.open_stream(stream_id), title=title, source=source)
        self._streams[stream_id] = live
        self._spawn(live.follow())
        return live

    def open_for_producer(self, title: str, stream_id: str | None) -> LiveStream:
        """The stream of that id, to go on with it, or a new one.

        Raises:
            InputError: `name_taken` where the server itself feeds that stream.
            OverloadedError: when there are too many.
        """
        live = self._streams.get(stream_id or "")
        if live is None:
            return self.open(title, "producer", stream_id)
        if live.source != "producer":
            raise InputError("name_taken", f"The server itself sends the stream '{stream_id}'.")
        return live

    def feed(self, title: str, frames: AsyncIterator[Frame], source: Source) -> LiveStream:
        """A new stream that the server feeds itself, once the model is there.

        Raises:
            OverloadedError: when there are too many.
        """
        live = self.open(title, source)
        self._spawn(self._feed(live, frames))
        return live

    async def end(self, live: LiveStream) -> None:
        """End a stream and let everybody who has to do with it go."""
        if self._streams.pop(live.id, None) is not None:
            await self._engine.close_stream(live.id)

    async def end_unused(self) -> None:
        """End, again and again, the streams that nobody has needed for long enough."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            now_s = time.monotonic()
            for live in list(self._streams.values()):
                if not live.is_used and now_s - live.used_s > KEPT_UNUSED_S[live.source]:
                    await self.end(live)

    async def _feed(self, live: LiveStream, frames: AsyncIterator[Frame]) -> None:
        try:
            await anyio.to_thread.run_sync(self._runtime.prepare)
            async for frame in frames:
                await live.stream.push(frame)
        except InputError as error:
            self._tell_of_end(live, error)
        except Exception as error:  # a stream that nothing feeds must not look like a live one
            self._tell_of_end(live, InputError("internal_error", fault_words(error)))
        await self.end(live)

    def _tell_of_end(self, live: LiveStream, error: InputError) -> None:
        live.complain(error)
        if live.id in self._streams:
            print(f"ecgmm: {live.title}: {error.message}", file=sys.stderr)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """End everything."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def open_registry(open_runtime: OpenRuntime, limits: Limits) -> AsyncIterator[StreamRegistry]:
    """The streams for as long as the server runs."""
    runtime = LiveRuntime(open_runtime)
    async with MonitorEngine(runtime) as engine:
        streams = StreamRegistry(engine, runtime, limits)
        ending = asyncio.create_task(streams.end_unused())
        try:
            yield streams
        finally:
            ending.cancel()
            await streams.stop()
            await anyio.to_thread.run_sync(runtime.close)
