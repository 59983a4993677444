"""For whoever runs the server."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from ecgmm.web.metrics import CONTENT_TYPE
from ecgmm.web.schemas import Refusal
from ecgmm.web.state import Shared

router = APIRouter(tags=["Operation"])


@router.get("/healthz", summary="Is the server up?")
async def healthz() -> dict[str, str]:
    """Answers as long as the server does."""
    return {"status": "ok"}


@router.get(
    "/readyz",
    summary="Can it read ECGs?",
    response_model=None,
    responses={503: {"model": Refusal, "description": "No model is loaded yet."}},
)
async def readyz(services: Shared) -> JSONResponse:
    """Whether a worker has loaded its model."""
    if services.pool.ready:
        return JSONResponse({"status": "ready"})
    message = services.pool.fault or "The model is being loaded."
    return JSONResponse({"error": {"code": "not_ready", "message": message}}, 503)


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(services: Shared) -> Response:
    """Requests, readings, queue and workers; nothing that names a person or a file."""
    return Response(services.metrics.text(), media_type=CONTENT_TYPE)
