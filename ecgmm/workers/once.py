"""A task whose result somebody waits for."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from ecgmm.errors import InputError
from ecgmm.workers.pool import Pool
from ecgmm.workers.task import Task, no_report


async def run_once(task: Task, pool: Pool) -> dict[str, Any]:
    """The result of a task; call in the event loop.

    Raises:
        InputError: what the task raised.
        OverloadedError: when there is no room for it.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[dict[str, Any] | InputError] = loop.create_future()

    def settle(result: dict[str, Any] | InputError) -> None:
        if not outcome.cancelled():
            outcome.set_result(result)

    def done(result: dict[str, Any] | InputError) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result)

    pool.submit([(task, no_report, done)])
    result = await outcome
    if isinstance(result, InputError):
        raise result
    return result
