"""Several viewers of one stream, none of whom can hold it up."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from weakref import WeakSet

from ecgmm.monitor.events import ConditionEvent, Event, TraceEvent

MOST_WAITING = 2000
"""Some minutes of trace and beats."""


class Viewers:
    """Gives every event to every viewer.

    A viewer that does not keep up loses its oldest events and is told so, so that memory stays
    bounded however slow it is. One that goes away is forgotten with its iterator.
    """

    def __init__(self) -> None:
        self._mailboxes: WeakSet[_Mailbox] = WeakSet()
        self._is_closed = False

    def publish(self, event: Event) -> None:
        """Put an event into every viewer's mailbox."""
        for mailbox in self._mailboxes:
            mailbox.put(event)

    def close(self) -> None:
        """Let every viewer finish what it has."""
        self._is_closed = True
        for mailbox in self._mailboxes:
            mailbox.close()

    def watch(self, first: Sequence[Event], *, trace: bool) -> AsyncIterator[Event]:
        """Events from now on, until the stream ends; none is missed before the first is asked for.

        Args:
            first: what the viewer is told before anything new.
            trace: whether it wants the samples too.
        """
        mailbox = _Mailbox(first, trace=trace)
        self._mailboxes.add(mailbox)
        if self._is_closed:
            mailbox.close()
        return mailbox.events()


class _Mailbox:
    """Events that one viewer has not taken yet."""

    def __init__(self, first: Sequence[Event], *, trace: bool) -> None:
        self._waiting: deque[Event] = deque(first)
        self._trace = trace
        self._lost = 0
        self._is_closed = False
        self._has_news = asyncio.Event()
        self._has_news.set()

    def put(self, event: Event) -> None:
        if isinstance(event, TraceEvent) and not self._trace:
            return
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft()
            self._lost += 1
        self._waiting.append(event)
        self._has_news.set()

    def close(self) -> None:
        self._is_closed = True
        self._has_news.set()

    async def events(self) -> AsyncIterator[Event]:
        while (event := await self._take()) is not None:
            yield event

    async def _take(self) -> Event | None:
        while not self._waiting and not self._is_closed:
            self._has_news.clear()
            await self._has_news.wait()
        if self._lost:
            lost, self._lost = self._lost, 0
            text = f"This viewer is too slow: {lost} events were left out."
            return ConditionEvent("viewer_behind", self._waiting[0].time_s, text)
        return self._waiting.popleft() if self._waiting else None
