"""The engine: one model reads every stream, again and again, in shared batches."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType

from ecgmm.errors import InputError
from ecgmm.monitor.limits import AlarmLimits
from ecgmm.monitor.stream import Stream
from ecgmm.serving.runtime import Runtime


class MonitorEngine:
    """Watches any number of streams.

    Everything but the model runs on the event loop; the model runs in one thread::

        async with MonitorEngine(runtime) as engine:
            stream = engine.open_stream("bed 7")
            await stream.push(frame)
            async for event in stream.events():
                print(event.to_json())

    Args:
        runtime: where probabilities come from.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._streams: dict[str, Stream] = {}

    async def __aenter__(self) -> MonitorEngine:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for stream in list(self._streams.values()):
            await stream.end()

    @property
    def streams(self) -> Mapping[str, Stream]:
        """The streams that are open, by name."""
        return MappingProxyType(self._streams)

    def open_stream(
        self, name: str, *, limits: AlarmLimits | None = None, log: Path | None = None
    ) -> Stream:
        """A new stream.

        Args:
            name: what it is called; no two open streams have one name.
            limits: of its alarms; the defaults if None.
            log: file to which every alarm's states are appended, as JSON Lines.

        Raises:
            InputError: `name_taken`, or `cannot_write` for the log.
        """
        if name in self._streams:
            raise InputError("name_taken", f"There is a stream called '{name}' already.")
        self._streams[name] = Stream(name, limits or AlarmLimits())
        return self._streams[name]
