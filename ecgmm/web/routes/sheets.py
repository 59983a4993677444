"""A reading on millimetre paper, and beside an earlier one."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import anyio.to_thread
from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from ecgmm.analysis.excerpts import choose_excerpts
from ecgmm.analysis.reading_json import reading_from_json
from ecgmm.errors import InputError
from ecgmm.paper.layouts import LAYOUTS, check_leads
from ecgmm.report.comparison import compare, text_comparison
from ecgmm.report.drawn import median_span_s
from ecgmm.web.exports import pieces_to_draw
from ecgmm.web.rebuilt import pieces_under
from ecgmm.web.routes.refusals import NOT_FOUND, TOO_BUSY, Responses
from ecgmm.web.schemas import Refusal
from ecgmm.web.sheets import (
    LONGEST_SHEET_S,
    MEDIA_TYPES,
    CompareTask,
    PagesTask,
    SheetAsked,
    SheetFormat,
    SheetTask,
)
from ecgmm.web.state import Id, Services, Shared, stored_reading
from ecgmm.web.store import Stored
from ecgmm.workers.once import run_once

router = APIRouter(prefix="/api/v1/readings/{reading_id}", tags=["Results"])

_DRAWN: Responses = {
    200: {"content": {kind: {"schema": {"type": "string"}} for kind in MEDIA_TYPES.values()}},
    400: {"model": Refusal, "description": "The recording does not have the leads of the layout."},
    **NOT_FOUND,
    **TOO_BUSY,
}
LayoutName = Annotated[
    str, Query(pattern=f"^({'|'.join(map(re.escape, LAYOUTS))})$", description="rows by columns")
]


@router.get("/sheet", summary="The leads on paper", response_class=Response, responses=_DRAWN)
async def get_sheet(
    reading_id: Id,
    services: Shared,
    layout: LayoutName = "3x4+1",
    speed: Literal["25", "50"] = "25",
    gain: Literal["5", "10", "20"] = "10",
    lead: Annotated[str | None, Query(max_length=40)] = None,
    start_s: Annotated[float | None, Query(ge=0, allow_inf_nan=False)] = None,
    format: Literal["svg", "png", "pdf"] = "svg",  # noqa: A002
) -> Response:
    """A sheet to scale: `speed` in mm/s, `gain` in mm/mV; from where most is to be seen."""
    stored = await anyio.to_thread.run_sync(stored_reading, reading_id, services.store)
    reading = reading_from_json(stored.reading)
    check_leads(LAYOUTS[layout], reading.leads)
    begin_s = choose_excerpts(reading, limit=1)[0] if start_s is None else start_s
    if begin_s >= reading.duration_s:
        raise InputError(
            "bad_start",
            f"Expected a start before the end, {reading.duration_s:.1f} s. Received {begin_s:g} s.",
        )
    asked = SheetAsked(layout, float(speed), float(gain), lead, begin_s, format)
    spans = [(begin_s, min(begin_s + LONGEST_SHEET_S, reading.duration_s))]
    pieces = await anyio.to_thread.run_sync(pieces_under, reading_id, stored, services.store, spans)
    task = SheetTask(stored.reading["input"], stored, pieces, asked)
    return await _drawn(task, services, format)


@router.get(
    "/report",
    summary="The report's pages",
    responses={**NOT_FOUND, **TOO_BUSY},
)
async def get_report_pages(reading_id: Id, services: Shared) -> JSONResponse:
    """The pages of A4 of the report that is exported as PDF, each as SVG, for printing."""
    stored = await anyio.to_thread.run_sync(stored_reading, reading_id, services.store)
    pieces = await anyio.to_thread.run_sync(
        pieces_to_draw, reading_id, stored, services.store, "pdf"
    )
    task = PagesTask(stored.reading["input"], stored, pieces)
    return JSONResponse(await run_once(task, services.pool))


@router.get("/compare/{earlier_id}", summary="What has changed", responses=NOT_FOUND)
def get_comparison(reading_id: Id, earlier_id: Id, services: Shared) -> JSONResponse:
    """The object that `ecgmm compare --json` prints, and as `text` what it prints otherwise."""
    old, new = (
        reading_from_json(stored_reading(each, services.store).reading)
        for each in (earlier_id, reading_id)
    )
    comparison = compare(old, new)
    return JSONResponse({**comparison.to_dict(), "text": text_comparison(comparison)})


@router.get(
    "/compare/{earlier_id}/page",
    summary="What has changed, on a page",
    response_class=Response,
    responses=_DRAWN,
)
async def get_comparison_page(
    reading_id: Id,
    earlier_id: Id,
    services: Shared,
    format: Literal["svg", "png", "pdf"] = "svg",  # noqa: A002
) -> Response:
    """A page of A4: the median beats of both readings on each other, and what has changed."""
    old, old_pieces = await anyio.to_thread.run_sync(_with_pieces, earlier_id, services)
    new, new_pieces = await anyio.to_thread.run_sync(_with_pieces, reading_id, services)
    task = CompareTask(new.reading["input"], old, old_pieces, new, new_pieces, format)
    return await _drawn(task, services, format)


def _with_pieces(reading_id: str, services: Services) -> tuple[Stored, dict[str, bytes]]:
    stored = stored_reading(reading_id, services.store)
    span = median_span_s(reading_from_json(stored.reading))
    return stored, pieces_under(reading_id, stored, services.store, [span])


async def _drawn(
    task: SheetTask | CompareTask, services: Services, file_format: SheetFormat
) -> Response:
    content = (await run_once(task, services.pool))["content"]
    return Response(content, media_type=MEDIA_TYPES[file_format])
