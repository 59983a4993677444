"""Frames on the wire, in JSON and in binary, and how fast they may come."""

import asyncio
import struct
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.errors import InputError
from ecgmm.monitor.frames import Frame
from ecgmm.web.live import wire
from ecgmm.web.live.wire import BURST_S, Pacer, WireFrames

JSON_FRAME = {"sampling_rate_hz": 250, "leads": ["II", "V1"], "samples_mv": [[0.1, 0.2]]}


def binary(units: list[list[int]], sequence: int = 7, start_s: float = float("nan")) -> bytes:
    return struct.pack("<Id", sequence, start_s) + np.array(units, "<i2").tobytes()


def opened() -> WireFrames:
    frames = WireFrames(connection=2)
    frames.from_fields(JSON_FRAME)
    return frames


def test_a_binary_frame_has_the_leads_and_rate_of_the_frame_before() -> None:
    frame = opened().from_bytes(binary([[100, -2000], [-32768, 5]], start_s=1.5))
    assert (frame.sampling_rate_hz, frame.lead_names) == (250.0, ("II", "V1"))
    assert (frame.sequence, frame.start_s, frame.connection) == (7, 1.5, 2)
    np.testing.assert_allclose(frame.samples_mv, [[0.1, -2.0], [np.nan, 0.005]], atol=1e-6)


def test_a_binary_frame_may_follow_the_one_before_without_saying_when() -> None:
    assert opened().from_bytes(binary([[0, 0]])).start_s is None


def test_binary_comes_after_json() -> None:
    with pytest.raises(InputError, match="JSON before"):
        WireFrames(connection=1).from_bytes(binary([[0, 0]]))


def test_a_binary_frame_is_no_longer_than_one_in_json() -> None:
    with pytest.raises(InputError, match="60 s"):
        opened().from_bytes(binary([[0, 0]] * (60 * 250 + 1)))


@given(st.binary(max_size=64))
def test_bytes_are_a_frame_or_refused_in_words(message: bytes) -> None:
    frames = opened()
    if len(message) < 16 or len(message) % 4:
        with pytest.raises(InputError, match="Received"):
            frames.from_bytes(message)
    else:
        assert frames.from_bytes(message).samples_mv.shape == (len(message) // 4 - 3, 2)


def test_a_minute_may_come_at_once_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    waits_s: list[float] = []

    async def note(wait_s: float) -> None:
        waits_s.append(wait_s)

    monkeypatch.setattr(wire, "asyncio", SimpleNamespace(sleep=note))
    second = Frame(np.zeros((100, 1), np.float32), 100.0, ("II",))

    async def send(pacer: Pacer, seconds: int) -> None:
        for _ in range(seconds):
            await pacer.wait(second)

    pacer = Pacer()
    asyncio.run(send(pacer, int(BURST_S)))
    assert waits_s == []
    asyncio.run(send(pacer, 8))
    assert waits_s[-1] == pytest.approx(8 / wire.FASTEST, abs=0.5)
