"""What spoke for a beat's class."""

from __future__ import annotations

import json
from functools import partial
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from ecgmm.analysis.reading import Beat
from ecgmm.web.explain import ExplainTask, pieces_around
from ecgmm.web.routes.refusals import NOT_FOUND, TOO_BUSY
from ecgmm.web.state import Id, NotFoundError, Services, Shared, stored_reading
from ecgmm.web.store import Stored
from ecgmm.workers.once import run_once

router = APIRouter(prefix="/api/v1/readings/{reading_id}", tags=["Results"])

BeatNumber = Annotated[int, Path(ge=0, le=10**9, description="from 0, in order of time")]


class EvidenceOut(BaseModel):
    """How much each stretch around a beat spoke for its class."""

    start_s: float = Field(description="where the first stretch begins")
    stretch_s: float = Field(description="length of each; they follow one another")
    log_odds: list[float] = Field(
        description="drop of the log-odds of the beat's class when the stretch is hidden, in nats"
    )
    probability: float = Field(description="of the class, in the ten seconds around the beat")


@router.get(
    "/beats/{beat}/evidence",
    summary="What spoke for a beat's class",
    response_model=EvidenceOut,
    responses={**NOT_FOUND, **TOO_BUSY},
)
async def get_evidence(reading_id: Id, beat: BeatNumber, services: Shared) -> Response:
    """Stretches around the beat are hidden one by one; the model reads it again each time."""
    name = f"evidence/{beat}"
    kept = await anyio.to_thread.run_sync(services.store.piece, reading_id, name)
    if kept is not None:
        return Response(kept, media_type="application/json")
    stored = await anyio.to_thread.run_sync(stored_reading, reading_id, services.store)
    task = await anyio.to_thread.run_sync(_task, reading_id, stored, beat, services)
    evidence = await run_once(task, services.pool)
    content = json.dumps(evidence, allow_nan=False).encode()
    keep = partial(services.store.add_piece, reading_id, name, content, made_of=stored)
    await anyio.to_thread.run_sync(keep)
    return JSONResponse(evidence)


def _task(reading_id: str, stored: Stored, number: int, services: Services) -> ExplainTask:
    beats: list[dict[str, Any]] = stored.reading["beats"]
    if number >= len(beats):
        raise NotFoundError("beat")
    beat = Beat(**beats[number])
    pieces = pieces_around(reading_id, stored, beat, services.store)
    if not pieces:
        raise NotFoundError("beat in what was kept")
    return ExplainTask(stored.reading["input"], stored.view, beat, pieces)
