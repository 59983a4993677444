"""The page itself: a few files of our own."""

from __future__ import annotations

import functools
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from ecgmm.simulator import Noise, simulate

SAMPLE_PATTERN = "NNNNNNNNVNNNNA"
SAMPLE_RATE_HZ = 250.0
"""A usual rate of monitors."""
SAMPLE_NOISE = Noise(baseline_wander_mv=0.05, mains_mv=0.005, muscle_snr_db=24.0)
STATIC = Path(__file__).parents[1] / "static"


def add_page(app: FastAPI) -> None:
    """Serve the page at `/`, live streams at `/monitor`, the API's page at `/docs`."""

    @app.get("/", include_in_schema=False)
    async def index() -> FileResponse:
        return FileResponse(STATIC / "index.html")

    @app.get("/monitor", include_in_schema=False)
    async def monitor() -> FileResponse:
        return FileResponse(STATIC / "monitor.html")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> FileResponse:
        return FileResponse(STATIC / "docs.html")

    @app.get("/service_worker.js", include_in_schema=False)
    async def service_worker() -> FileResponse:
        return FileResponse(STATIC / "service_worker.js", media_type="text/javascript")

    @app.get("/sample.csv", include_in_schema=False)
    def sample() -> Response:
        return Response(_sample_csv(), media_type="text/csv; charset=utf-8")

    app.mount("/static", StaticFiles(directory=STATIC), name="static")


@functools.cache
def _sample_csv() -> str:
    """A simulated minute for whoever has no ECG at hand: sinus rhythm with extra beats."""
    recording = simulate(
        SAMPLE_PATTERN, duration_s=60.0, sampling_rate_hz=SAMPLE_RATE_HZ, noise=SAMPLE_NOISE, seed=7
    )
    lines = [
        f"{index / SAMPLE_RATE_HZ:.3f},{millivolts:.3f}"
        for index, millivolts in enumerate(recording.signal_mv[:, 0])
    ]
    return "\n".join(["time_s,MLII_mV", *lines]) + "\n"
