"""Live streams over WebSockets: one address takes samples, the other shows them."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, WebSocket

from ecgmm.errors import InputError
from ecgmm.web.gate import refuse
from ecgmm.web.live.sockets import Producer, accept, converse, take_from_viewer
from ecgmm.web.state import Services
from ecgmm.workers.pool import OverloadedError

STREAM_ID = "^[A-Za-z0-9_-]{1,64}$"

StreamId = Annotated[str, Path(pattern=STREAM_ID, description="what `/api/v1/streams` calls it")]

router = APIRouter(prefix="/api/v1")


@router.websocket("/stream")
async def produce(
    socket: WebSocket,
    stream_id: Annotated[str | None, Query(alias="id", pattern=STREAM_ID)] = None,
    title: Annotated[str, Query(max_length=80)] = "",
) -> None:
    """Take frames of a new stream, or go on with the stream `id`; give beats and alarms back."""
    services: Services = socket.app.state.services
    try:
        live = services.streams.open_for_producer(title, stream_id)
    except OverloadedError:
        await _refuse_one_too_many(socket)
        return
    except InputError as error:
        await socket.send_denial_response(refuse(409, error.code, error.message))
        return
    await accept(socket)
    mailbox = live.connect()
    producer = Producer(live, services.streams)
    try:
        limit = services.settings.limits.message_bytes
        await converse(socket, mailbox, producer.take, message_bytes=limit)
    finally:
        live.leave(mailbox)


@router.websocket("/stream/{stream_id}")
async def view(socket: WebSocket, stream_id: StreamId) -> None:
    """Show a stream: its last seconds and its log at once, then everything as it comes."""
    services: Services = socket.app.state.services
    live = services.streams.get(stream_id)
    if live is None:
        await socket.send_denial_response(refuse(404, "not_found", "There is no such stream."))
        return
    try:
        services.streams.check_room_for_viewer()
    except OverloadedError:
        await _refuse_one_too_many(socket)
        return
    mailbox = live.join()  # before others are let in, who are counted too
    try:
        await accept(socket)
        limit = services.settings.limits.message_bytes
        await converse(socket, mailbox, partial(take_from_viewer, live), message_bytes=limit)
    finally:
        live.leave(mailbox)


async def _refuse_one_too_many(socket: WebSocket) -> None:
    message = "This server has as many live streams, or viewers, as it may have."
    await socket.send_denial_response(refuse(503, "overloaded", message))
