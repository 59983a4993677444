"""One patient's stream: frames go in, every viewer gets the events."""

from __future__ import annotations

from collections.abc import AsyncIterator

from ecgmm.monitor.events import Event, TraceEvent
from ecgmm.monitor.frames import Frame
from ecgmm.monitor.limits import AlarmLimits
from ecgmm.monitor.viewers import Viewers


class Stream:
    """A stream of a `MonitorEngine`, which alone makes it.

    Attributes:
        name: what its events are filed under.
        limits: of its alarms; assign new ones at any time.
    """

    def __init__(self, name: str, limits: AlarmLimits) -> None:
        self.name = name
        self.limits = limits
        self._viewers = Viewers()

    async def push(self, frame: Frame) -> None:
        """Take one frame, late and duplicate ones included; waits while reading is far behind.

        Raises:
            InputError: `stream_ended` after `end`.
        """
        self._viewers.publish(
            TraceEvent(
                frame.start_s or 0.0, frame.sampling_rate_hz, frame.lead_names, frame.samples_mv
            )
        )

    async def end(self) -> None:
        """Read what is left, tell the viewers, and leave the engine."""
        self._viewers.close()

    def events(self, *, trace: bool = False) -> AsyncIterator[Event]:
        """What the stream says from now on, until it ends; any number of viewers at once.

        A viewer that comes late is first told the heart rate and the alarms that stand.

        Args:
            trace: also give the samples, as `TraceEvent`s.
        """
        return self._viewers.watch((), trace=trace)

    def acknowledge(self, alarm_id: int, who: str) -> None:
        """Say that somebody has seen an alarm; it is cleared when its cause has gone.

        Raises:
            InputError: `no_such_alarm` if no alarm of that number stands.
        """
