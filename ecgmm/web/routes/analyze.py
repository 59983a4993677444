"""Upload ECGs, and follow how far their reading is."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path as FilePath
from typing import Annotated, Any, TypeVar

import anyio.to_thread
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.datastructures import FormData, UploadFile

from ecgmm.errors import InputError
from ecgmm.paper.layouts import LAYOUTS
from ecgmm.paper.options import PageOptions
from ecgmm.paper.style import GAINS_MM_PER_MV, SPEEDS_MM_PER_S
from ecgmm.web.jobs import Job, Jobs, MakeTask
from ecgmm.web.routes.refusals import NOT_FOUND, TOO_BUSY
from ecgmm.web.schemas import JobDoneOut, JobOut, Refusal
from ecgmm.web.settings import Limits
from ecgmm.web.state import Id, NotFoundError, Shared
from ecgmm.web.tasks import ReadTask
from ecgmm.web.uploads import inputs_among, save_uploads

LONGEST_WAIT_S = 60.0
"""Proxies such as nginx cut off what is silent for longer."""
HEARTBEAT_S = 15.0
"""Proxies cut off a stream of events that is silent for a minute or less."""

Choice = TypeVar("Choice")

_UNITS = ("uV", "mV", "V")
_MOST_FIELDS = 8
"""The form has five."""
_MOST_FIELD_BYTES = 1000
"""A rate, a unit or a name."""

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "additionalProperties": False,
                    "properties": {
                        "files": {
                            "type": "array",
                            "minItems": 1,
                            "items": {"type": "string", "format": "binary"},
                            "description": "Recordings and pictures; a WFDB header together with "
                            "its signal files.",
                        },
                        "sampling_rate_hz": {
                            "type": "number",
                            "exclusiveMinimum": 0,
                            "description": "For a table that does not say.",
                        },
                        "unit": {
                            "type": "string",
                            "enum": list(_UNITS),
                            "description": "For a table that does not say.",
                        },
                        "speed": {
                            "type": "number",
                            "enum": list(SPEEDS_MM_PER_S),
                            "description": "mm/s of a picture's paper, whatever is found on it.",
                        },
                        "gain": {
                            "type": "number",
                            "enum": list(GAINS_MM_PER_MV),
                            "description": "mm/mV of a picture's paper, whatever is found on it.",
                        },
                        "layout": {
                            "type": "string",
                            "enum": list(LAYOUTS),
                            "description": "Where which lead is on a picture's paper.",
                        },
                    },
                },
                "encoding": {"files": {"contentType": "application/octet-stream"}},
            }
        },
    }
}

router = APIRouter(prefix="/api/v1", tags=["Reading"])


@router.post(
    "/analyze",
    summary="Read ECGs",
    response_model=None,
    openapi_extra=_BODY,
    responses={
        200: {"model": JobDoneOut, "description": "Everything was read, or could not be."},
        202: {"model": JobOut, "description": "Not everything was read while you waited."},
        400: {"model": Refusal, "description": "The form has no files, or is none."},
        413: {"model": Refusal, "description": "Too many bytes."},
        **TOO_BUSY,
        507: {"model": Refusal, "description": "No room on the disk."},
    },
)
async def analyze(
    request: Request,
    services: Shared,
    wait: Annotated[
        float, Query(ge=0, le=LONGEST_WAIT_S, description="seconds to wait for the readings")
    ] = LONGEST_WAIT_S,
) -> JSONResponse:
    """Read recordings and pictures; what each is, is told from its content.

    Each input has an object in `results`, in input order: the reading, or the error in its place.
    """
    limits = services.settings.limits
    with services.pool.place() as place:
        async with request.form(
            max_files=limits.parts, max_fields=_MOST_FIELDS, max_part_size=_MOST_FIELD_BYTES
        ) as form:
            uploads = [value for value in form.getlist("files") if isinstance(value, UploadFile)]
            options = _options(form)
            with services.jobs.folder() as folder:
                tasks = await anyio.to_thread.run_sync(
                    partial(_save, uploads, folder, options, limits)
                )
                job = services.jobs.start(folder, tasks, place)
    return await answer(job, services.jobs, wait)


@router.get(
    "/jobs/{job_id}",
    summary="How far a job is",
    response_model=None,
    responses={
        200: {"model": JobDoneOut | JobOut, "description": "With `results` once it is done."},
        **NOT_FOUND,
    },
)
async def get_job(job_id: Id, services: Shared) -> JSONResponse:
    """How far each input of a job is; with the results once it is done."""
    job = _job(job_id, services.jobs)
    return await answer(job, services.jobs, 0.0, pending_status=200)


@router.get(
    "/jobs/{job_id}/events",
    summary="Follow a job",
    response_model=None,
    responses={
        200: {
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
            "description": "Server-sent events named `job`, each a job without its results.",
        },
        **NOT_FOUND,
    },
)
async def follow_job(job_id: Id, services: Shared) -> StreamingResponse:
    """Server-sent events: the job at once, at each change, and a last time when it is done."""
    events = _events(_job(job_id, services.jobs))
    return StreamingResponse(events, media_type="text/event-stream")


async def answer(job: Job, jobs: Jobs, wait_s: float, pending_status: int = 202) -> JSONResponse:
    """The job's results if it is done within `wait_s`, how far it is otherwise."""
    try:
        async with asyncio.timeout(wait_s):
            async for _ in job.changes(LONGEST_WAIT_S):
                pass
    except TimeoutError:
        pass
    location = {"Location": f"/api/v1/jobs/{job.id}"}
    if not job.is_done:
        return JSONResponse(job.to_json(), pending_status, location)
    results = await anyio.to_thread.run_sync(jobs.results, job)
    return JSONResponse({**job.to_json(), "results": results}, 200, location)


def _job(job_id: str, jobs: Jobs) -> Job:
    job = jobs.get(job_id)
    if job is None:
        raise NotFoundError("job")
    return job


async def _events(job: Job) -> AsyncIterator[str]:
    async for is_change in job.changes(HEARTBEAT_S):
        yield f"event: job\ndata: {json.dumps(job.to_json())}\n\n" if is_change else ": wait\n\n"


def _options(form: FormData) -> dict[str, Any]:
    """What the form says of tables and of paper that do not say it themselves.

    Raises:
        InputError: `bad_field`.
    """
    unit = _one_of("unit", form, {unit: unit for unit in _UNITS})
    page = PageOptions(
        _one_of("speed", form, {f"{speed:g}": speed for speed in SPEEDS_MM_PER_S}),
        _one_of("gain", form, {f"{gain:g}": gain for gain in GAINS_MM_PER_MV}),
        _one_of("layout", form, {name: name for name in LAYOUTS}),
    )
    rate_hz = _rate(form.get("sampling_rate_hz"))
    return {"sampling_rate_hz": rate_hz, "unit": unit, "page": page}


def _one_of(field: str, form: FormData, choices: Mapping[str, Choice]) -> Choice | None:
    """What a field chooses; None where it is left out or empty."""
    said = form.get(field)
    if said in (None, ""):
        return None
    if not isinstance(said, str) or said not in choices:
        raise InputError(
            "bad_field", f"Expected {field} out of {', '.join(choices)}. Received {said!r}."
        )
    return choices[said]


def _rate(text: UploadFile | str | None) -> float | None:
    if text in (None, ""):
        return None
    try:
        rate_hz = float(str(text))
    except ValueError:
        rate_hz = math.nan
    if not 0 < rate_hz < math.inf:
        raise InputError(
            "bad_field", f"Expected sampling_rate_hz to be a number above 0. Received {text!r}."
        )
    return rate_hz


def _save(
    uploads: list[UploadFile], folder: FilePath, options: dict[str, Any], limits: Limits
) -> list[tuple[str, MakeTask]]:
    """Name of each input among the uploads, and what makes its task.

    Raises:
        InputError: `no_files` when there is none.
    """
    files = folder / "files"
    files.mkdir()
    inputs = inputs_among(save_uploads(uploads, files))
    if not inputs:
        raise InputError("no_files", "Expected at least one file in the field 'files'.")
    return [(path.name, partial(ReadTask, path.name, path, limits, **options)) for path in inputs]
