"""Frames as they come over a WebSocket, and how fast they may come."""

from __future__ import annotations

import asyncio
import math
import struct
import time
from dataclasses import replace
from typing import Any

import numpy as np

from ecgmm.errors import InputError
from ecgmm.monitor.frames import LONGEST_FRAME_S, Frame, FrameDecoder

MISSING = -32768
"""The lowest number of 16 bits, as in `web.tiles`."""
MV_PER_UNIT = 0.001
"""Microvolts: 16 bits hold 32 mV either way."""
FASTEST = 4.0
"""How many times faster than time itself samples may come for long, as after a lost connection."""
BURST_S = 60.0
"""A minute of signal at once, as after a connection that was lost."""

_HEAD = struct.Struct("<Id")


class WireFrames:
    """Reads the frames of one connection, JSON objects and binary messages alike.

    A binary message has the leads and the rate of the last JSON frame before it: `sequence` as
    uint32, `start_s` as float64 (NaN where the frame follows the one before), then int16
    microvolts, one row a sample with one value a lead, -32768 where a lead is off. Everything is
    little-endian.

    Args:
        connection: how many connections the stream has had.
    """

    def __init__(self, connection: int) -> None:
        self._decoder = FrameDecoder(connection)
        self._last: Frame | None = None

    def from_fields(self, fields: dict[str, Any]) -> Frame:
        """The frame of a JSON object.

        Raises:
            InputError: `bad_frame`.
        """
        self._last = self._decoder.decode_fields(fields)
        return self._last

    def from_bytes(self, message: bytes) -> Frame:
        """The frame of a binary message.

        Raises:
            InputError: `bad_frame`.
        """
        if self._last is None:
            raise InputError("bad_frame", "Expected a frame in JSON before one in binary.")
        row_bytes = 2 * len(self._last.lead_names)
        length = len(message) - _HEAD.size
        longest = round(LONGEST_FRAME_S * self._last.sampling_rate_hz) * row_bytes
        if not row_bytes <= length <= longest or length % row_bytes:
            raise InputError(
                "bad_frame",
                f"Expected {_HEAD.size} bytes and {row_bytes} for each sample of up to "
                f"{LONGEST_FRAME_S:g} s. Received {len(message)}.",
            )
        sequence, start_s = _HEAD.unpack_from(message)
        units = np.frombuffer(message, "<i2", offset=_HEAD.size).reshape(-1, row_bytes // 2)
        samples_mv = np.where(units == MISSING, np.nan, units * MV_PER_UNIT).astype(np.float32)
        return replace(
            self._last,
            samples_mv=samples_mv,
            sequence=sequence,
            start_s=start_s if math.isfinite(start_s) else None,
        )


class Pacer:
    """Holds a producer back that sends faster than anybody's heart beats.

    A minute may come at once, as after a lost connection; for long it may be four times as fast as
    time itself. Who has to wait is not read from, so that the network holds the producer back.
    """

    def __init__(self) -> None:
        self._left_s = BURST_S
        self._seen_s = time.monotonic()

    async def wait(self, frame: Frame) -> None:
        """Wait until the frame may go on."""
        now_s = time.monotonic()
        self._left_s = min(BURST_S, self._left_s + FASTEST * (now_s - self._seen_s))
        self._seen_s = now_s
        self._left_s -= frame.duration_s
        if self._left_s < 0:
            await asyncio.sleep(-self._left_s / FASTEST)
