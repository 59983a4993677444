"""Blocking reads, made from the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

MOST_AHEAD = 64
"""Frames that wait for the event loop: 6 s of frames of 0.1 s."""


async def iterate_in_thread(make: Callable[[], Iterator[Item]]) -> AsyncIterator[Item]:
    """Go through a blocking iterator in a thread of its own.

    The thread is a daemon: one that waits for ever does not keep the program from leaving.

    Args:
        make: gives the iterator; called in the thread. What it raises is raised here.
    """
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[Item | BaseException | None] = asyncio.Queue()
    room = threading.Semaphore(MOST_AHEAD)
    is_wanted = True

    def hand_over(item: Item | BaseException | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(arrived.put_nowait, item)

    def work() -> None:
        try:
            for item in make():
                room.acquire()
                if not is_wanted:
                    return
                hand_over(item)
            hand_over(None)
        except BaseException as error:
            hand_over(error)

    threading.Thread(target=work, daemon=True, name="monitor source").start()
    try:
        while (item := await arrived.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            room.release()
            yield item
    finally:
        is_wanted = False
        room.release()
