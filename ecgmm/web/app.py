"""The app: services behind a gate, addresses in front of them."""

from __future__ import annotations

import asyncio
import contextlib
import errno
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType

import anyio.to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from ecgmm import __version__
from ecgmm.analysis.words import NOT_A_MEDICAL_DEVICE
from ecgmm.errors import InputError
from ecgmm.monitor.frames import Frame
from ecgmm.serving.runtime import OpenRuntime
from ecgmm.web.gate import Gate, TooLargeError, refuse, refuse_too_large
from ecgmm.web.jobs import Jobs
from ecgmm.web.live.registry import open_registry
from ecgmm.web.metrics import Metrics
from ecgmm.web.private_folder import private_folder
from ecgmm.web.routes import (
    analyze,
    changes,
    evidence,
    operation,
    readings,
    sheets,
    stream_control,
    stream_sockets,
)
from ecgmm.web.routes.page import add_page
from ecgmm.web.settings import Settings
from ecgmm.web.state import Services
from ecgmm.web.store import Store
from ecgmm.workers.pool import OverloadedError, Pool

RETRY_AFTER_S = 5
"""About as long as a picture takes to be read."""
FORGET_EVERY_S = 60.0
"""What has expired is kept a minute longer at the most."""

_ROUTES = (
    *(analyze, readings, sheets, changes, evidence),
    *(stream_control, stream_sockets, operation),
)
"""In the order of the documentation."""
_CODE_OF_STATUS = {400: "bad_request", 404: "not_found", 405: "wrong_method"}


def create_app(
    settings: Settings,
    open_runtime: OpenRuntime,
    sources: Mapping[str, AsyncIterator[Frame]] = MappingProxyType({}),
) -> FastAPI:
    """Build the app.

    Args:
        settings: how it runs.
        open_runtime: gives each worker process its model; has to be picklable.
        sources: live streams, by title, that it watches as long as it runs.

    Raises:
        InputError: when results cannot be kept where the settings say.
    """
    limits = settings.limits
    pool = Pool(
        open_runtime,
        workers=settings.workers,
        pending_limit=limits.pending_inputs,
        time_limit_s=limits.reading_s,
    )
    store = Store(settings.store, keep_s=settings.keep_s, max_bytes=limits.stored_bytes)
    metrics = Metrics(pool)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with private_folder() as folder:
            jobs = Jobs(pool, store, metrics, folder)
            async with open_registry(open_runtime, limits) as streams:
                app.state.services = Services(settings, pool, store, jobs, metrics, streams)
                for title, frames in sources.items():
                    streams.feed(title, frames, "server")
                pool.start()
                forgetting = asyncio.create_task(_forget(store))
                yield
            forgetting.cancel()
            await anyio.to_thread.run_sync(pool.stop)
            store.close()

    app = FastAPI(
        title="ecgmm",
        version=__version__,
        description=f"Reads ECGs. {NOT_A_MEDICAL_DEVICE}",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    _add_error_answers(app, settings)
    for routes in _ROUTES:
        app.include_router(routes.router)
    add_page(app)
    app.add_middleware(Gate, settings=settings, metrics=metrics)
    return app


async def _forget(store: Store) -> None:
    while True:
        await asyncio.sleep(FORGET_EVERY_S)
        with contextlib.suppress(OSError):
            await anyio.to_thread.run_sync(store.forget_old)


def _add_error_answers(app: FastAPI, settings: Settings) -> None:
    """Every error has one shape."""

    @app.exception_handler(OverloadedError)
    async def overloaded(request: Request, error: OverloadedError) -> JSONResponse:
        message = f"Too many ECGs are waiting to be read; try again in {RETRY_AFTER_S} seconds."
        return refuse(503, "overloaded", message, {"Retry-After": str(RETRY_AFTER_S)})

    @app.exception_handler(TooLargeError)
    async def too_large(request: Request, error: TooLargeError) -> JSONResponse:
        return refuse_too_large(settings.limits)

    @app.exception_handler(OSError)
    async def disk_fault(request: Request, error: OSError) -> JSONResponse:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return refuse(507, "no_space", "There is no room for this now; try again later.")
        return refuse(500, "not_stored", f"This could not be stored: {error.strerror}.")

    @app.exception_handler(ClientDisconnect)
    async def gone(request: Request, error: ClientDisconnect) -> JSONResponse:
        return refuse(400, "incomplete", "The upload was broken off.")

    @app.exception_handler(InputError)
    async def bad_input(request: Request, error: InputError) -> JSONResponse:
        return refuse(400, error.code, error.message)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> JSONResponse:
        code = _CODE_OF_STATUS.get(error.status_code, "refused")
        headers = dict(error.headers) if error.headers else None
        return refuse(error.status_code, code, str(error.detail), headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or "body"
        return refuse(422, "invalid", f"{where}: {first['msg']}.")
