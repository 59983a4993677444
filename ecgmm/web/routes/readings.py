"""A reading, what is needed to show it, and the files to take away."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response

from ecgmm.analysis.reading_json import reading_from_json
from ecgmm.paper.options import PageOptions
from ecgmm.web.asked import asked_conditions
from ecgmm.web.correction import check_corners
from ecgmm.web.exports import (
    MEDIA_TYPES,
    ExportTask,
    Kind,
    beats_file,
    file_name,
    pieces_to_draw,
    reading_file,
)
from ecgmm.web.facts import facts
from ecgmm.web.gate import refuse
from ecgmm.web.routes.analyze import LONGEST_WAIT_S, answer
from ecgmm.web.routes.refusals import NOT_FOUND, TOO_BUSY
from ecgmm.web.schemas import CorrectionIn, JobDoneOut, JobOut, ReadingOut, Refusal, ViewOut
from ecgmm.web.state import Id, NotFoundError, Services, Shared, stored_reading
from ecgmm.web.store import Stored
from ecgmm.web.tasks import CorrectTask
from ecgmm.web.tiles import tile_name, unpack
from ecgmm.web.views import PICTURE_PIECE, strip_name
from ecgmm.workers.once import run_once

_KEPT_BY_BROWSER = {"Cache-Control": "private, max-age=3600, immutable"}

Number = Annotated[int, Path(ge=0, le=10**9)]

router = APIRouter(prefix="/api/v1/readings/{reading_id}", tags=["Results"])


@router.get("", summary="A reading", response_model=ReadingOut, responses=NOT_FOUND)
def get_reading(reading_id: Id, services: Shared) -> Response:
    """The object that `ecgmm analyze --json` prints."""
    text = services.store.reading_text(reading_id)
    if text is None:
        raise NotFoundError("reading")
    return Response(text, media_type="application/json")


@router.delete("", summary="Forget a reading", status_code=204, responses=NOT_FOUND)
def delete_reading(reading_id: Id, services: Shared) -> Response:
    """Remove a reading, those of its document's other pages and all kept with them, at once."""
    stored = services.store.get(reading_id)
    if stored is None or not services.store.delete(reading_id):
        raise NotFoundError("reading")
    for page in stored.view.get("pages", ()):
        services.store.delete(page["reading_id"])
    return Response(status_code=204)


@router.get("/view", summary="How to show it", response_model=ViewOut, responses=NOT_FOUND)
def get_view(reading_id: Id, services: Shared) -> JSONResponse:
    """The reading in words, and how its signal or picture is laid out."""
    stored = stored_reading(reading_id, services.store)
    reading = reading_from_json(stored.reading)
    return JSONResponse(
        {**stored.view, "facts": facts(reading), "asked": asked_conditions(reading)}
    )


@router.get(
    "/signal/{level}/{tile}",
    summary="A piece of the signal",
    response_class=Response,
    responses={
        **NOT_FOUND,
        200: {
            "content": {"application/octet-stream": {"schema": {"type": "string"}}},
            "description": "int16 microvolts, little-endian: `[leads, bins]` at level 0, the "
            "lowest and highest of each bin, `[leads, bins, 2]`, above; -32768 where nothing was "
            "recorded.",
        },
    },
)
def get_tile(reading_id: Id, level: Number, tile: Number, services: Shared) -> Response:
    """One tile of the signal at one zoom; level k has a bin for each 4^k samples."""
    content = _piece(reading_id, tile_name(level, tile), services)
    return Response(
        unpack(content), media_type="application/octet-stream", headers=_KEPT_BY_BROWSER
    )


@router.get(
    "/picture",
    summary="The picture",
    response_class=Response,
    responses={**NOT_FOUND, 200: {"content": {"image/jpeg": {"schema": {"type": "string"}}}}},
)
def get_picture(reading_id: Id, services: Shared) -> Response:
    """The picture, upright, of at most 3000 pixels."""
    content = _piece(reading_id, PICTURE_PIECE, services)
    return Response(content, media_type="image/jpeg", headers=_KEPT_BY_BROWSER)


@router.get(
    "/strips/{strip}",
    summary="A strip of the picture",
    response_class=Response,
    responses={**NOT_FOUND, 200: {"content": {"image/png": {"schema": {"type": "string"}}}}},
)
def get_strip(reading_id: Id, strip: Number, services: Shared) -> Response:
    """A strip as the model read it: 1000 x 160 pixels, 4 pixels a millimetre."""
    content = _piece(reading_id, strip_name(strip), services)
    return Response(content, media_type="image/png", headers=_KEPT_BY_BROWSER)


@router.post(
    "/corrections",
    summary="Read a picture again",
    response_model=None,
    responses={
        **NOT_FOUND,
        200: {"model": JobDoneOut, "description": "It was read, or could not be."},
        202: {"model": JobOut, "description": "It was not read while you waited."},
        400: {"model": Refusal, "description": "The corners make no quadrangle."},
        409: {"model": Refusal, "description": "The reading is not of a picture."},
        **TOO_BUSY,
    },
)
async def correct(
    reading_id: Id,
    correction: CorrectionIn,
    services: Shared,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT_S)] = LONGEST_WAIT_S,
) -> JSONResponse:
    """Read a picture once more, where a person says that its page or its row is."""
    wanted = correction.to_correction()
    stored = await anyio.to_thread.run_sync(stored_reading, reading_id, services.store)
    encoded = await anyio.to_thread.run_sync(services.store.piece, reading_id, PICTURE_PIECE)
    if encoded is None:
        return refuse(409, "no_picture", "This reading is of a signal; there is nothing to set.")
    check_corners(wanted.corners)
    services.pool.check_room()
    name = stored.reading["input"]
    page, pages = stored.reading.get("page"), stored.view.get("pages", [])
    stated = PageOptions(**stored.view.get("stated", {}))
    make_task = partial(CorrectTask, name, encoded, wanted, stated, page, pages)
    with services.jobs.folder() as folder:
        job = services.jobs.start(folder, [(name, make_task)])
    return await answer(job, services.jobs, wait)


@router.get(
    "/export/{kind}",
    summary="Take a reading away",
    response_class=Response,
    responses={
        **NOT_FOUND,
        200: {
            "description": "The reading as JSON, its beats as CSV or as WFDB annotations, "
            "the strips as PNG, a report as PDF.",
            "content": {
                media_type.split(";")[0]: {"schema": {"type": "string"}}
                for media_type in MEDIA_TYPES.values()
            },
        },
        **TOO_BUSY,
    },
)
async def export(reading_id: Id, kind: Kind, services: Shared) -> Response:
    """A reading as a file."""
    stored = await anyio.to_thread.run_sync(stored_reading, reading_id, services.store)
    content = await _exported(reading_id, stored, kind, services)
    headers = {"Content-Disposition": f'attachment; filename="{file_name(stored, kind)}"'}
    return Response(content, media_type=MEDIA_TYPES[kind], headers=headers)


async def _exported(reading_id: str, stored: Stored, kind: Kind, services: Services) -> bytes:
    """The file; drawn ones by a worker, which are then kept for the next time."""
    match kind:
        case "json":
            return reading_file(stored.reading)
        case "csv":
            return beats_file(stored.reading)
    name = f"export/{kind}"
    kept = await anyio.to_thread.run_sync(services.store.piece, reading_id, name)
    if kept is not None:
        return kept
    pieces = await anyio.to_thread.run_sync(
        pieces_to_draw, reading_id, stored, services.store, kind
    )
    task = ExportTask(stored.reading["input"], stored, pieces, kind)
    content = (await run_once(task, services.pool))["content"]
    keep = partial(services.store.add_piece, reading_id, name, content, made_of=stored)
    await anyio.to_thread.run_sync(keep)
    return content


def _piece(reading_id: str, name: str, services: Services) -> bytes:
    content = services.store.piece(reading_id, name)
    if content is None:
        raise NotFoundError("piece of a reading")
    return content
