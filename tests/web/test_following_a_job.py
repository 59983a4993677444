"""Whoever follows a job sees its end, however slowly they read."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

from ecgmm.web.jobs import Job

HEARTBEAT_S = 5.0


def test_a_job_that_ends_while_its_follower_is_busy_is_still_told_as_done(tmp_path: Path) -> None:
    async def follow() -> list[bool]:
        entry = SimpleNamespace(state="reading")
        job = Job([entry], tmp_path)  # type: ignore[list-item]
        seen = []
        async for _ in job.changes(HEARTBEAT_S):
            seen.append(job.is_done)
            if len(seen) == 1:
                entry.state = "done"
                job.tell()
        return seen

    assert asyncio.run(follow()) == [False, True]


def test_a_job_that_is_done_already_is_told_once(tmp_path: Path) -> None:
    async def follow() -> int:
        job = Job([SimpleNamespace(state="failed")], tmp_path)  # type: ignore[list-item]
        return len([change async for change in job.changes(HEARTBEAT_S)])

    assert asyncio.run(follow()) == 1
