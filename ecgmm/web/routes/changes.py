"""Correct a reading: beats, marks and the names of leads."""

from __future__ import annotations

from functools import partial

import anyio.to_thread
from fastapi import APIRouter
from fastapi.responses import JSONResponse

from ecgmm.analysis.correction import Correction, corrections_from_json
from ecgmm.errors import InputError
from ecgmm.web.change_schemas import ChangesIn
from ecgmm.web.changes import ChangeTask, as_read, keep_changed, tiles_of
from ecgmm.web.gate import refuse
from ecgmm.web.routes.refusals import NOT_FOUND, TOO_BUSY
from ecgmm.web.schemas import ReadingOut, Refusal
from ecgmm.web.state import Id, NotFoundError, Services, Shared, stored_reading
from ecgmm.workers.once import run_once

router = APIRouter(prefix="/api/v1/readings/{reading_id}", tags=["Results"])


@router.put(
    "/changes",
    summary="Correct a reading",
    response_model=ReadingOut,
    responses={
        **NOT_FOUND,
        **TOO_BUSY,
        409: {"model": Refusal, "description": "A correction does not fit the reading."},
    },
)
async def change(reading_id: Id, changes: ChangesIn, services: Shared) -> JSONResponse:
    """Apply a list of corrections to the reading as it was read; an empty list takes all back.

    What follows from beats and leads is computed again, and the reading is kept so. Beats are
    named by their time; a correction sees what those before it have done.
    """
    corrections = corrections_from_json(changes.as_json())
    task = await anyio.to_thread.run_sync(_task, reading_id, corrections, services)
    try:
        after = await run_once(task, services.pool)
    except InputError as error:
        if error.code != "bad_correction":
            raise
        return refuse(409, error.code, error.message)
    keep = partial(keep_changed, reading_id, task.stored, after, services.store)
    if not await anyio.to_thread.run_sync(keep):
        raise NotFoundError("reading")
    return JSONResponse(after["reading"])


def _task(reading_id: str, corrections: tuple[Correction, ...], services: Services) -> ChangeTask:
    stored = stored_reading(reading_id, services.store)
    before = as_read(reading_id, stored, services.store)
    return ChangeTask(before, tiles_of(reading_id, before, services.store), corrections)
