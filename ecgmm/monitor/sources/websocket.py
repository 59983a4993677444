"""Frames from a WebSocket server, however often the connection breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

from ecgmm.errors import InputError
from ecgmm.monitor.frames import Frame, FrameDecoder
from ecgmm.monitor.sources.optional_library import import_library

SCHEMES = ("ws://", "wss://")
LONGEST_WAIT_S = 10.0
"""Once the server is there again, no more than that goes by unseen."""
FIRST_WAIT_S = 0.5
"""A connection that only blinked is back at once; the pause doubles from there."""
MOST_BYTES = 4_000_000
"""A frame of 60 s of eight leads at 1000 Hz as text."""


async def receive(url: str) -> AsyncIterator[Frame]:
    """One message a frame, in the JSON of `FrameDecoder`, until the server says goodbye.

    A connection that breaks is made again, after pauses that grow to ten seconds; each states rate
    and leads anew.

    Args:
        url: `ws://` or `wss://`.

    Raises:
        InputError: `cannot_connect` if the first connection fails, `bad_frame` for a message that
            is no frame, `missing_extra` without the library.
    """
    client = import_library("websockets.asyncio.client", "A WebSocket source", "monitor")
    exceptions = import_library("websockets.exceptions", "A WebSocket source", "monitor")
    for connection in count():
        socket = await _connect(client, exceptions, url, is_first=connection == 0)
        decoder = FrameDecoder(connection)
        try:
            async with socket:
                async for message in socket:
                    yield decoder.decode(message)
            return
        except exceptions.ConnectionClosedError:
            continue


async def _connect(client: Any, exceptions: Any, url: str, *, is_first: bool) -> Any:
    wait_s = FIRST_WAIT_S
    while True:
        try:
            return await client.connect(url, max_size=MOST_BYTES)
        except (OSError, TimeoutError, exceptions.WebSocketException) as error:
            if is_first:
                reason = " ".join(str(error).split()) or type(error).__name__
                raise InputError("cannot_connect", f"Cannot connect to {url}: {reason}.") from error
        await asyncio.sleep(wait_s)
        wait_s = min(2 * wait_s, LONGEST_WAIT_S)
