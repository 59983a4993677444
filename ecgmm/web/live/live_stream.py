"""One stream as the web app shows it: its last seconds, its log, its producer and its viewers."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ecgmm.errors import InputError
from ecgmm.monitor.events import (
    AlarmEvent,
    BeatEvent,
    ConditionEvent,
    Event,
    HeartRateEvent,
    TraceEvent,
)
from ecgmm.monitor.stream import Stream
from ecgmm.web.live.mailbox import ENDED, REPLACED, Mailbox

BACKLOG_S = 15.0
"""375 mm at 25 mm/s: whoever joins sees a full screen."""
MOST_LOGGED = 200
"""Alarms and conditions of a bad night."""

Source = Literal["producer", "replay", "server"]


@dataclass(frozen=True)
class TimedEvent:
    """An event, and when the monitor gave it.

    Attributes:
        event: what the monitor gave.
        at_s: seconds since 1970.
    """

    event: Event
    at_s: float

    def to_json(self) -> dict[str, Any]:
        """The event's object with `at`, the seconds since 1970."""
        return {**self.event.to_json(), "at": round(self.at_s, 3)}


class LiveStream:
    """A stream of the monitor and everybody who has to do with it.

    Args:
        stream: the monitor's own stream; its name is this stream's id.
        title: what people call it.
        source: where its samples come from.
    """

    def __init__(self, stream: Stream, *, title: str, source: Source) -> None:
        self.id = stream.name
        self.title = title
        self.source: Source = source
        self.started_s = time.time()
        self.used_s = time.monotonic()
        self.connections = 0
        self._stream = stream
        self._producer: Mailbox | None = None
        self._viewers: set[Mailbox] = set()
        self._traces: deque[TimedEvent] = deque()
        self._beats: dict[int, TimedEvent] = {}
        self._log: deque[TimedEvent] = deque(maxlen=MOST_LOGGED)
        self._standing: dict[int, TimedEvent] = {}
        self._rate: TimedEvent | None = None

    @property
    def stream(self) -> Stream:
        """The monitor's own stream."""
        return self._stream

    @property
    def viewers(self) -> int:
        """How many watch it."""
        return len(self._viewers)

    @property
    def is_used(self) -> bool:
        """Whether somebody watches it, or sends what it shows."""
        return bool(self._viewers) or self._producer is not None

    async def follow(self) -> None:
        """Keep and pass on what the monitor says, until the stream ends."""
        async for event in self._stream.events(trace=True):
            self._take(TimedEvent(event, time.time()))
        for mailbox in self._mailboxes():
            mailbox.close(*ENDED)

    def join(self) -> Mailbox:
        """The mailbox of one more viewer, with what it has missed."""
        mailbox = Mailbox(self._missed(), is_viewer=True)
        self._viewers.add(mailbox)
        return mailbox

    def connect(self) -> Mailbox:
        """The mailbox of the producer; one that was there before is told to go."""
        if self._producer is not None:
            self._producer.close(*REPLACED)
        self.connections += 1
        self._producer = Mailbox((_encode(self.to_json()),), is_viewer=False)
        return self._producer

    def leave(self, mailbox: Mailbox) -> None:
        """Forget a viewer or the producer."""
        self.used_s = time.monotonic()
        self._viewers.discard(mailbox)
        if self._producer is mailbox:
            self._producer = None

    def change_limits(self, changes: Mapping[str, Any]) -> dict[str, float]:
        """Change some of the limits for everybody.

        Returns:
            All limits by name.

        Raises:
            InputError: `bad_limits`.
        """
        self._stream.limits = self._stream.limits.changed(changes)
        limits = self._stream.limits.to_json()
        self._tell({"type": "limits", "limits": limits})
        return limits

    def acknowledge(self, alarm_id: int, who: str) -> None:
        """Say that somebody has seen an alarm.

        Raises:
            InputError: `no_such_alarm` if no alarm of that number stands.
        """
        self._stream.acknowledge(alarm_id, who)

    def complain(self, error: InputError) -> None:
        """Tell everybody why no more samples come."""
        self._tell({"type": "error", "code": error.code, "message": error.message})

    def log(self) -> list[dict[str, Any]]:
        """The last alarms and conditions, the oldest first."""
        return [timed.to_json() for timed in self._log]

    def to_json(self) -> dict[str, Any]:
        """How the stream is now."""
        trace = self._traces[-1].event if self._traces else None
        rate = self._rate.event if self._rate else None
        return {
            "type": "stream",
            "id": self.id,
            "title": self.title,
            "source": self.source,
            "state": "live" if self._producer or self.source != "producer" else "waiting",
            "started_at": round(self.started_s, 3),
            "leads": list(trace.lead_names) if isinstance(trace, TraceEvent) else [],
            "sampling_rate_hz": trace.sampling_rate_hz if isinstance(trace, TraceEvent) else None,
            "heart_rate_bpm": rate.to_json()["bpm"] if rate else None,
            "alarms": [timed.to_json() for timed in self._standing.values()],
            "limits": self._stream.limits.to_json(),
            "viewers": self.viewers,
        }

    def _take(self, timed: TimedEvent) -> None:
        match timed.event:
            case TraceEvent() as trace:
                self._keep_trace(timed, trace)
            case BeatEvent() as beat:
                self._beats[beat.id] = timed
            case HeartRateEvent():
                self._rate = timed
            case AlarmEvent() as alarm:
                self._keep_alarm(timed, alarm)
            case ConditionEvent():
                self._log.append(timed)
        self._tell(timed)

    def _keep_trace(self, timed: TimedEvent, trace: TraceEvent) -> None:
        """Keep the last seconds of the samples, and of the beats with them."""
        self._traces.append(timed)
        oldest_s = trace.time_s - BACKLOG_S
        while self._traces[0].event.time_s < oldest_s:
            self._traces.popleft()
        self._beats = {
            number: beat for number, beat in self._beats.items() if beat.event.time_s > oldest_s
        }

    def _keep_alarm(self, timed: TimedEvent, alarm: AlarmEvent) -> None:
        self._log.append(timed)
        if alarm.state == "cleared":
            self._standing.pop(alarm.id, None)
        else:
            self._standing[alarm.id] = timed

    def _missed(self) -> tuple[str, ...]:
        """The stream as it is, its log, and its last seconds."""
        events = [*self._log, *self._traces, *self._beats.values()]
        if self._rate:
            events.append(self._rate)
        return tuple(_encode(each) for each in (self.to_json(), *(one.to_json() for one in events)))

    def _tell(self, message: TimedEvent | dict[str, Any]) -> None:
        """Encode once, for everybody who wants it."""
        is_trace = isinstance(message, TimedEvent) and isinstance(message.event, TraceEvent)
        mailboxes = [each for each in self._mailboxes() if each.is_viewer or not is_trace]
        if mailboxes:
            text = _encode(message.to_json() if isinstance(message, TimedEvent) else message)
            for mailbox in mailboxes:
                mailbox.put(text)

    def _mailboxes(self) -> list[Mailbox]:
        return [*self._viewers, *([self._producer] if self._producer else [])]


def _encode(message: dict[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":"), allow_nan=False)
