"""Frames brought into order: what is late, came twice or never came."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ecgmm.monitor.events import ConditionCode
from ecgmm.monitor.frames import Frame

HOLD_S = 0.5
"""How much signal that came too early waits for what is missing before it."""
MOST_HELD = 64
"""Frames so short that they hold less than `HOLD_S` cannot fill the memory."""
MOST_REMEMBERED = 1000
"""Numbers of lost frames that may still come late: 100 s of frames of 0.1 s."""
CLOCK_TOLERANCE_S = 0.02
"""Stamps are rounded to milliseconds or to a scheduler's tick; half a step of the grid is no
gap."""
RESTART_S = 10.0
"""A clock that goes back further than this was set anew."""
RESTART_FRAMES = 256
"""A count that jumps further was set anew: 25 s of frames of 0.1 s."""
LONGEST_GAP_S = 86400.0
"""A day: a clock that jumps further has been set, and the signal goes on."""


@dataclass(frozen=True)
class Gap:
    """Seconds of signal that never came."""

    lost_s: float
    code: ConditionCode = "gap"


@dataclass(frozen=True)
class Oddity:
    """A frame that was not used, because its place in the stream has passed."""

    code: ConditionCode


class Intake:
    """Puts the frames of one source in order.

    By their numbers, where the source counts: a frame that overtook others waits for them until
    half a second of signal waits. By their clock, where it has one: a step ahead is a gap, a step
    back is signal that was seen already. A new connection, or a clock or count that was set
    back, begins anew after a gap of as long as nothing arrived.

    Args:
        now_s: the clock of arrivals.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._connection: int | None = None
        self._next: int | None = None
        self._held: dict[int, Frame] = {}
        self._missing: dict[int, None] = {}
        self._end_s: float | None = None
        self._arrived_s = 0.0

    def take(self, frame: Frame) -> Iterator[Frame | Gap | Oddity]:
        """What follows from one more frame, in the stream's order."""
        if self._connection is None:
            self._begin(frame)
        elif frame.connection != self._connection or self._was_set_back(frame):
            yield from self.finish()
            yield Gap(self._outage_s(frame), "reconnected")
            self._begin(frame)
        self._arrived_s = self._now_s()
        if frame.sequence is None or self._next is None:
            yield from self._placed(frame)
        elif frame.sequence < self._next:
            yield Oddity(self._past(frame.sequence))
        elif frame.sequence in self._held:
            yield Oddity("duplicate_frame")
        else:
            self._held[frame.sequence] = frame
            yield from self._release()

    def finish(self) -> Iterator[Frame | Gap | Oddity]:
        """Give up waiting for what is missing."""
        while self._held:
            yield from self._skip()

    def _begin(self, frame: Frame) -> None:
        self._connection = frame.connection
        self._next = frame.sequence
        self._missing.clear()
        self._end_s = frame.start_s

    def _was_set_back(self, frame: Frame) -> bool:
        if frame.start_s is not None and self._end_s is not None:
            ahead_s = frame.start_s - self._end_s
            return not -RESTART_S <= ahead_s <= LONGEST_GAP_S
        if frame.sequence is None or self._next is None:
            return False
        return abs(frame.sequence - self._next) > RESTART_FRAMES

    def _outage_s(self, frame: Frame) -> float:
        """How long nothing was measured: by the source's clock if it kept running."""
        if frame.start_s is not None and self._end_s is not None:
            ahead_s = frame.start_s - self._end_s
            if 0 <= ahead_s <= LONGEST_GAP_S:
                return ahead_s
        return max(0.0, self._now_s() - self._arrived_s - frame.duration_s)

    def _past(self, sequence: int) -> ConditionCode:
        if sequence in self._missing:
            del self._missing[sequence]
            return "late_frame"
        return "duplicate_frame"

    def _release(self) -> Iterator[Frame | Gap | Oddity]:
        yield from self._in_turn()
        while (
            len(self._held) > MOST_HELD or sum(f.duration_s for f in self._held.values()) > HOLD_S
        ):
            yield from self._skip()

    def _in_turn(self) -> Iterator[Frame | Gap | Oddity]:
        while self._next in self._held:
            frame = self._held.pop(self._next)
            self._next += 1
            yield from self._placed(frame)

    def _skip(self) -> Iterator[Frame | Gap | Oddity]:
        """Go on with the earliest frame that waits; what is missing before it is lost."""
        first = min(self._held)
        lost = first - (self._next or 0)
        self._missing.update(dict.fromkeys(range(first - min(lost, MOST_REMEMBERED), first)))
        while len(self._missing) > MOST_REMEMBERED:
            del self._missing[next(iter(self._missing))]
        frame = self._held[first]
        if frame.start_s is None:
            yield Gap(lost * frame.duration_s)
        self._next = first
        yield from self._in_turn()

    def _placed(self, frame: Frame) -> Iterator[Frame | Gap | Oddity]:
        """A frame in its turn, cut or preceded by a gap as its clock says."""
        if frame.start_s is None or self._end_s is None:
            if self._end_s is not None:
                self._end_s += frame.duration_s
            yield frame
            return
        ahead_s = frame.start_s - self._end_s
        tolerance_s = max(CLOCK_TOLERANCE_S, 1.5 / frame.sampling_rate_hz)
        if ahead_s > tolerance_s:
            yield Gap(ahead_s)
        elif ahead_s < -tolerance_s:
            seen = round(-ahead_s * frame.sampling_rate_hz)
            if seen >= len(frame.samples_mv):
                yield Oddity("late_frame")
                return
            start_s = frame.start_s + seen / frame.sampling_rate_hz
            frame = replace(frame, samples_mv=frame.samples_mv[seen:], start_s=start_s)
        self._end_s = (frame.start_s or 0.0) + frame.duration_s
        yield frame
