"""Talking over a WebSocket: to a producer, who sends frames, and to viewers."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from starlette.websockets import WebSocket, WebSocketDisconnect

from ecgmm.errors import InputError
from ecgmm.web.live.live_stream import LiveStream
from ecgmm.web.live.mailbox import Mailbox
from ecgmm.web.live.registry import StreamRegistry
from ecgmm.web.live.wire import Pacer, WireFrames

PROTOCOL = "ecgmm.stream.v1"
TOO_LARGE = (1009, "Too large for one message.")
"""RFC 6455, 7.4.1: a message too big to be processed."""

Take = Callable[[str | bytes], Awaitable[None]]
"""Takes one message; raises InputError for one that makes no sense."""


async def accept(socket: WebSocket) -> None:
    """Accept the WebSocket, in the subprotocol that a browser had to offer beside its token."""
    offered = socket.scope.get("subprotocols", [])
    await socket.accept(PROTOCOL if PROTOCOL in offered else None)


async def converse(socket: WebSocket, mailbox: Mailbox, take: Take, *, message_bytes: int) -> None:
    """Send what is in the mailbox and take what comes, until either side has enough.

    Args:
        socket: an accepted WebSocket.
        mailbox: what to send.
        take: what to do with a message that comes.
        message_bytes: how large one may be.
    """
    async with anyio.create_task_group() as group:

        async def then_stop(work: Callable[..., Awaitable[None]], *args: Any) -> None:
            with contextlib.suppress(WebSocketDisconnect):
                await work(*args)
            group.cancel_scope.cancel()

        group.start_soon(then_stop, _send, socket, mailbox)
        group.start_soon(then_stop, _receive, socket, mailbox, take, message_bytes)


class Producer:
    """What a producer's messages do.

    Args:
        live: its stream.
        streams: where the stream ends when the producer says so.
    """

    def __init__(self, live: LiveStream, streams: StreamRegistry) -> None:
        self._live = live
        self._streams = streams
        self._frames = WireFrames(live.connections)
        self._pacer = Pacer()

    async def take(self, message: str | bytes) -> None:
        """Take a frame, or do what any viewer may; see `Take`."""
        if isinstance(message, bytes):
            frame = self._frames.from_bytes(message)
        else:
            fields = _fields(message)
            if fields.get("type") == "end":
                await self._streams.end(self._live)
                return
            if "samples_mv" not in fields:
                _obey(self._live, fields)
                return
            frame = self._frames.from_fields(fields)
        await self._pacer.wait(frame)
        await self._live.stream.push(frame)


async def take_from_viewer(live: LiveStream, message: str | bytes) -> None:
    """Take an acknowledgement or new limits; see `Take`."""
    if isinstance(message, bytes):
        raise InputError("bad_message", "Expected a message in JSON. Received bytes.")
    _obey(live, _fields(message))


def _obey(live: LiveStream, fields: dict[str, Any]) -> None:
    match fields:
        case {"type": "acknowledge", "alarm_id": int() as alarm_id}:
            live.acknowledge(alarm_id, str(fields.get("who", ""))[:80])
        case {"type": "limits", "changes": dict() as changes}:
            live.change_limits(changes)
        case _:
            raise InputError(
                "bad_message",
                'Expected {"type": "acknowledge", "alarm_id": ...} or {"type": "limits", '
                '"changes": {...}}; a producer may also send frames and {"type": "end"}.',
            )


def _fields(message: str) -> dict[str, Any]:
    try:
        fields = json.loads(message)
    except (ValueError, RecursionError) as error:
        raise InputError("bad_message", "Expected an object in JSON.") from error
    if not isinstance(fields, dict):
        raise InputError("bad_message", "Expected an object in JSON.")
    return fields


async def _send(socket: WebSocket, mailbox: Mailbox) -> None:
    while (text := await mailbox.take()) is not None:
        await socket.send_text(text)
    await socket.close(*mailbox.closing)


async def _receive(socket: WebSocket, mailbox: Mailbox, take: Take, message_bytes: int) -> None:
    while True:
        received = await socket.receive()
        if received["type"] == "websocket.disconnect":
            return
        message = received.get("text") or received.get("bytes") or ""
        if len(message) > message_bytes:
            await socket.close(*TOO_LARGE)
            return
        try:
            await take(message)
        except InputError as error:
            answer = {"type": "error", "code": error.code, "message": error.message}
            mailbox.put(json.dumps(answer))
