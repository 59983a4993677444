"""Live streams over HTTP: which there are, replays, limits, acknowledging, the log."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path
from fastapi.responses import JSONResponse, Response

from ecgmm.web.live.live_stream import LiveStream
from ecgmm.web.live.replay import reading_frames, sample_frames
from ecgmm.web.live.schemas import (
    AcknowledgeIn,
    LogOut,
    ReplayIn,
    StreamOut,
    StreamsOut,
)
from ecgmm.web.routes.refusals import NOT_FOUND, Responses
from ecgmm.web.routes.stream_sockets import StreamId
from ecgmm.web.schemas import Refusal
from ecgmm.web.state import NotFoundError, Services, Shared, stored_reading

SAMPLE_TITLE = "Sample: a simulated patient"

_REFUSED: Responses = {400: {"model": Refusal}, **NOT_FOUND}

router = APIRouter(prefix="/api/v1/streams", tags=["Live"])


@router.get("", summary="Live streams", response_model=StreamsOut)
async def list_streams(services: Shared) -> dict[str, Any]:
    """Every live stream, the oldest first. They are sent and watched over WebSockets."""
    return {
        "ready": services.streams.is_ready,
        "streams": [live.to_json() for live in services.streams.all()],
    }


@router.post(
    "",
    summary="Replay a recording as if it were live",
    status_code=201,
    response_model=StreamOut,
    responses={
        **_REFUSED,
        503: {"model": Refusal, "description": "Too many streams; come back later."},
    },
)
async def replay(body: ReplayIn, services: Shared) -> JSONResponse:
    """Start a stream of a recording that was read here, or of the sample.

    It ends with the recording, or a minute after the last viewer has gone.
    """
    live = _replayed(body, services)
    headers = {"Location": f"/api/v1/streams/{live.id}"}
    return JSONResponse(live.to_json(), 201, headers)


@router.get("/{stream_id}", summary="A live stream", response_model=StreamOut, responses=NOT_FOUND)
async def get_stream(stream_id: StreamId, services: Shared) -> dict[str, Any]:
    """How a stream is now: heart rate, alarms that stand, limits."""
    return _live(stream_id, services).to_json()


@router.delete("/{stream_id}", summary="End a live stream", status_code=204, responses=NOT_FOUND)
async def end_stream(stream_id: StreamId, services: Shared) -> Response:
    """End a stream for everybody."""
    await services.streams.end(_live(stream_id, services))
    return Response(status_code=204)


@router.get(
    "/{stream_id}/log", summary="What has happened", response_model=LogOut, responses=NOT_FOUND
)
async def get_log(stream_id: StreamId, services: Shared) -> dict[str, Any]:
    """The last alarms in all their states, and what happened to the stream itself."""
    return {"events": _live(stream_id, services).log()}


@router.post("/{stream_id}/limits", summary="Adjust the alarm limits", responses=_REFUSED)
async def change_limits(
    stream_id: StreamId,
    changes: Annotated[dict[str, float], Body(description="new limits by name")],
    services: Shared,
) -> dict[str, float]:
    """Change some of the limits for everybody; gives all of them."""
    return _live(stream_id, services).change_limits(changes)


@router.post(
    "/{stream_id}/alarms/{alarm_id}/acknowledge",
    summary="Acknowledge an alarm",
    status_code=204,
    responses=_REFUSED,
)
async def acknowledge(
    stream_id: StreamId,
    alarm_id: Annotated[int, Path(ge=1, le=10**9)],
    body: AcknowledgeIn,
    services: Shared,
) -> Response:
    """Say that somebody has seen an alarm; it goes when its cause has gone."""
    _live(stream_id, services).acknowledge(alarm_id, body.who)
    return Response(status_code=204)


def _live(stream_id: str, services: Services) -> LiveStream:
    live = services.streams.get(stream_id)
    if live is None:
        raise NotFoundError("stream")
    return live


def _replayed(body: ReplayIn, services: Services) -> LiveStream:
    if body.reading_id is None:
        return services.streams.feed(SAMPLE_TITLE, sample_frames(), "replay")
    stored = stored_reading(body.reading_id, services.store)
    frames = reading_frames(body.reading_id, stored.reading, stored.view, services.store)
    return services.streams.feed(stored.reading["input"], frames, "replay")
