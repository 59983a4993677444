"""What the app's addresses share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Path, Request

from ecgmm.web.jobs import Jobs
from ecgmm.web.live.registry import StreamRegistry
from ecgmm.web.metrics import Metrics
from ecgmm.web.settings import Settings
from ecgmm.web.store import Store, Stored
from ecgmm.workers.pool import Pool

Id = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{22}$", description="128 random bits")]


@dataclass(frozen=True)
class Services:
    """Everything that lives as long as the server."""

    settings: Settings
    pool: Pool
    store: Store
    jobs: Jobs
    metrics: Metrics
    streams: StreamRegistry


def services_of(request: Request) -> Services:
    """The services of the app that got the request."""
    return request.app.state.services


Shared = Annotated[Services, Depends(services_of)]


class NotFoundError(HTTPException):
    """There is nothing of that name, or it is no longer kept."""

    def __init__(self, what: str) -> None:
        super().__init__(404, f"There is no such {what}, or it is no longer kept.")


def stored_reading(reading_id: str, store: Store) -> Stored:
    """A reading.

    Raises:
        NotFoundError: where there is none.
    """
    stored = store.get(reading_id)
    if stored is None:
        raise NotFoundError("reading")
    return stored
