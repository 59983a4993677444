"""One patient's stream: frames go in, every viewer gets the events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ecgmm.errors import InputError
from ecgmm.monitor.alarms.board import AlarmBoard
from ecgmm.monitor.alarms.log import AlarmLog
from ecgmm.monitor.alarms.rules import CODES, find_causes
from ecgmm.monitor.alarms.situation import Cause
from ecgmm.monitor.events import AlarmCode, AlarmEvent, ConditionEvent, Event, HeartRateEvent
from ecgmm.monitor.frames import Frame
from ecgmm.monitor.limits import AlarmLimits
from ecgmm.monitor.signal_path import SignalPath
from ecgmm.monitor.stream_reader import StreamReader
from ecgmm.monitor.viewers import Viewers
from ecgmm.monitor.window import Window
from ecgmm.serving.runtime import Probabilities

HOP_S = 0.5
"""How much new signal is worth another reading."""
MOST_BEHIND_S = 4.0
"""How far reading may lag before `push` waits: the next window still holds all that is new."""
SILENCE_S = 3.0
"""How long nothing may come before it is told: as long as a pause (`rules.pauses`)."""
TOLERANCE = 1e-6
"""Sums of frames' lengths are off by the rounding of floats."""


@dataclass(frozen=True)
class Cut:
    """A window that is to be read.

    Attributes:
        window: its signal.
        taken_s: how much signal had come when it was cut.
        is_last: nothing more comes after it.
    """

    window: Window
    taken_s: float
    is_last: bool


class Stream:
    """A stream of a `MonitorEngine`, which alone makes it.

    Args:
        name: what its events are filed under.
        limits: of its alarms.
        log: where alarms are written down.
        every_hop: read every half second of it, however fast it comes.
        now_s: the clock of arrivals.
        wake: tells the engine that there is something to read.

    Attributes:
        name: what its events are filed under.
    """

    def __init__(
        self,
        name: str,
        *,
        limits: AlarmLimits,
        log: AlarmLog | None,
        every_hop: bool,
        now_s: Callable[[], float],
        wake: Callable[[], None],
    ) -> None:
        self.name = name
        self._limits = limits
        self._log = log
        self._log_has_failed = False
        self._most_behind_s = HOP_S if every_hop else MOST_BEHIND_S
        self._now_s = now_s
        self._wake = wake
        self._path = SignalPath(now_s)
        self._reader = StreamReader()
        self._board = AlarmBoard()
        self._viewers = Viewers()
        self._read_to_s = 0.0
        self._arrived_at_s = now_s()
        self._is_waiting = False
        self._is_ending = False
        self._has_ended = False
        self._was_read = asyncio.Event()

    @property
    def limits(self) -> AlarmLimits:
        """The limits of its alarms; assign new ones at any time, they are written to the log."""
        return self._limits

    @limits.setter
    def limits(self, limits: AlarmLimits) -> None:
        self._limits = limits
        self._write({"type": "limits", **limits.to_json()})

    @property
    def behind_s(self) -> float:
        """How much signal has come since the last reading."""
        return self._path.taken_s - self._read_to_s

    @property
    def is_ending(self) -> bool:
        """Whether nothing more comes."""
        return self._is_ending

    @property
    def is_due(self) -> bool:
        """Whether it should be read again."""
        if self._path.history is None or self._has_ended:
            return False
        return self._is_ending or self.behind_s >= HOP_S - TOLERANCE

    async def push(self, frame: Frame) -> None:
        """Take one frame, late and duplicate ones included; waits while reading is far behind.

        Raises:
            InputError: `stream_ended` after `end`.
        """
        if self._is_ending:
            raise InputError("stream_ended", f"The stream '{self.name}' has ended.")
        self._arrived_at_s = self._now_s()
        for event in self._path.take(frame):
            self._publish([event])
            await self._catch_up()

    async def end(self) -> None:
        """Read what is left, tell the viewers, and close the log."""
        if self._is_ending:
            return
        self._publish(self._path.finish())
        self._is_ending = True
        while self.is_due:
            await self._next_reading()
        self._publish([ConditionEvent("ended", self._path.taken_s, "The stream has ended.")])
        self.close()

    def close(self) -> None:
        """Let the viewers go and close the log, whatever is left unread."""
        self._is_ending = self._has_ended = True
        self._viewers.close()
        if self._log is not None:
            self._log.close()
            self._log = None

    def events(self, *, trace: bool = False) -> AsyncIterator[Event]:
        """What the stream says from now on, until it ends; any number of viewers at once.

        A viewer that comes late is first told the heart rate and the alarms that stand.

        Args:
            trace: also give the samples, as `TraceEvent`s.
        """
        standing: list[Event] = [HeartRateEvent(self._read_to_s, self._reader.bpm)]
        standing += self._board.standing
        return self._viewers.watch(standing if self._read_to_s else (), trace=trace)

    def acknowledge(self, alarm_id: int, who: str) -> AlarmEvent:
        """Say that somebody has seen an alarm; it is cleared when its cause has gone.

        Raises:
            InputError: `no_such_alarm` if no alarm of that number stands.
        """
        before = self._board.standing
        event = self._board.acknowledge(alarm_id, who, self._path.taken_s)
        if event not in before:
            self._publish([event])
        return event

    def cut(self) -> Cut:
        """The window to read now; for the engine."""
        if self._path.history is None:
            raise ValueError("Expected a stream that has begun. Received one without frames.")
        window = Window.newest(self._path.history)
        return Cut(window, self._path.taken_s, is_last=self._is_ending)

    def take(self, cut: Cut, probabilities: Probabilities | None, reading_s: float) -> None:
        """What the model says of a window; for the engine.

        Args:
            cut: what was read.
            probabilities: of the window's rows; None where there are none.
            reading_s: how long ago it was cut.
        """
        if self._path.history is None:
            return
        latency_s = cut.taken_s - cut.window.end_s + reading_s
        beats = self._reader.take(
            cut.window, probabilities, self._path.history, latency_s, is_last=cut.is_last
        )
        situation = self._reader.situation(cut.window, self._path.leads_off, self._limits)
        rate = self._reader.rate_event()
        self._publish(beats)
        self._publish([rate] if rate else [])
        standing = [alarm.code for alarm in self._board.standing]
        self._alarm(find_causes(situation, standing), CODES)
        self._alarm([], ["reading_failed"])
        self._has_read(cut)

    def fail(self, cut: Cut, message: str, *, gives_up: bool) -> None:
        """A window could not be read; for the engine.

        Args:
            cut: what was to be read.
            message: why it could not be.
            gives_up: it will not be tried again.
        """
        text = f"Nothing is being read: {message}"
        cause = Cause("reading_failed", "warning", cut.taken_s, text)
        self._alarm([cause], ["reading_failed"])
        if gives_up:
            self._has_read(cut)

    def watch(self) -> None:
        """Look whether frames still come; for the engine."""
        silent_s = self._now_s() - self._arrived_at_s
        if self._is_ending or self._is_waiting or self._path.history is None:
            return
        causes = []
        if silent_s >= SILENCE_S:
            text = "No signal arrives. Nothing is being watched."
            causes = [Cause("signal_lost", "warning", self._path.taken_s, text)]
        self._alarm(causes, ["signal_lost"])

    def _alarm(self, causes: Sequence[Cause], codes: Collection[AlarmCode]) -> None:
        self._publish(self._board.update(causes, self._path.taken_s, codes))

    def _publish(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, AlarmEvent):
                self._write(event.to_json())
            self._viewers.publish(event)

    def _write(self, happened: dict[str, Any]) -> None:
        """Add to the log; viewers are told, once, that it takes nothing."""
        if self._log is None:
            return
        try:
            self._log.write(happened)
        except OSError as error:
            if not self._log_has_failed:
                text = f"The alarm log cannot be written: {error.strerror or error}."
                self._viewers.publish(ConditionEvent("log_failed", self._path.taken_s, text))
            self._log_has_failed = True
        else:
            self._log_has_failed = False

    def _has_read(self, cut: Cut) -> None:
        self._read_to_s = cut.taken_s
        self._has_ended = cut.is_last
        self._was_read.set()

    async def _catch_up(self) -> None:
        """Have it read if it is due, and wait where too much is left to read."""
        if self.is_due:
            self._wake()
        while self.is_due and self.behind_s > self._most_behind_s - TOLERANCE:
            await self._next_reading()

    async def _next_reading(self) -> None:
        self._wake()
        self._was_read.clear()
        self._is_waiting = True
        await self._was_read.wait()
        self._is_waiting = False
