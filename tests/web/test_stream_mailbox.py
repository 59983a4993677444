"""What waits for a WebSocket is bounded."""

import asyncio

from ecgmm.web.live import mailbox as module
from ecgmm.web.live.mailbox import ENDED, TOO_SLOW, Mailbox

LARGE = "x" * (module.MOST_WAITING_CHARACTERS // 4)


def taken(mailbox: Mailbox) -> list[str]:
    async def take_all() -> list[str]:
        texts = []
        while (text := await mailbox.take()) is not None:
            texts.append(text)
        return texts

    return asyncio.run(take_all())


def test_messages_come_in_order_and_the_last_ones_after_the_end() -> None:
    mailbox = Mailbox(("first",), is_viewer=True)
    mailbox.put("second")
    mailbox.close(*ENDED)
    mailbox.put("too late")
    assert taken(mailbox) == ["first", "second"]
    assert mailbox.closing == ENDED


def test_a_viewer_that_does_not_keep_up_is_let_go() -> None:
    mailbox = Mailbox((), is_viewer=True)
    for _ in range(100):
        mailbox.put(LARGE)
    assert taken(mailbox) == []
    assert mailbox.closing == TOO_SLOW


def test_a_producer_only_loses_what_it_does_not_read() -> None:
    mailbox = Mailbox((), is_viewer=False)
    for _ in range(100):
        mailbox.put(LARGE)
    mailbox.put("latest")
    mailbox.close(*ENDED)
    texts = taken(mailbox)
    assert texts[-1] == "latest"
    assert len(texts) <= 5


def test_whoever_reads_loses_nothing() -> None:
    async def read_each() -> int:
        mailbox = Mailbox((), is_viewer=True)
        read = 0
        for _ in range(50):
            mailbox.put(LARGE)
            read += await mailbox.take() is not None
        return read

    assert asyncio.run(read_each()) == 50
