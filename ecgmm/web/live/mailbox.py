"""What one WebSocket has yet to be sent: bounded, so that a slow one costs no memory."""

from __future__ import annotations

import asyncio
from collections import deque

ENDED = (1000, "The stream has ended.")
"""RFC 6455, 7.4.1: the connection has done what it was for."""
REPLACED = (4001, "Another connection sends this stream now.")
"""RFC 6455, 7.4.2: from 4000 codes are the application's own."""
TOO_SLOW = (4008, "Too slow to keep up; connect again.")
"""The application's own, as `REPLACED`."""

MOST_WAITING_CHARACTERS = 4_000_000
"""Minutes of a stream: a phone in a tunnel catches up, one that is gone costs no more."""


class Mailbox:
    """Messages for one WebSocket, in order.

    Args:
        first: messages to begin with.
        is_viewer: a viewer is sent samples too, and is let go when it does not keep up: as it comes
            back it gets the last seconds. A producer only loses what it does not care to read.
    """

    def __init__(self, first: tuple[str, ...], *, is_viewer: bool) -> None:
        self.is_viewer = is_viewer
        self.closing = ENDED
        self._waiting = deque(first)
        self._characters = sum(len(text) for text in first)
        self._is_closed = False
        self._news = asyncio.Event()

    def put(self, text: str) -> None:
        """Add a message, unless too much is waiting already."""
        if self._is_closed:
            return
        self._waiting.append(text)
        self._characters += len(text)
        self._news.set()
        if self._characters > MOST_WAITING_CHARACTERS:
            self._waiting.clear()
            self._characters = 0
            if self.is_viewer:
                self.close(*TOO_SLOW)

    def close(self, code: int, reason: str) -> None:
        """Take no more; what is waiting is still given out."""
        if not self._is_closed:
            self._is_closed, self.closing = True, (code, reason)
            self._news.set()

    async def take(self) -> str | None:
        """The next message; None when the mailbox is closed and empty."""
        while not self._waiting:
            if self._is_closed:
                return None
            self._news.clear()
            await self._news.wait()
        text = self._waiting.popleft()
        self._characters -= len(text)
        return text
