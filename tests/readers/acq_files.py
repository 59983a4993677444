"""Writes AcqKnowledge files of revision 68 (version 4.0), uncompressed, in either order of bytes.

After BIOPAC's Application Note 156 and the layout that bioread documents.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

REVISION = 68
_GRAPH = "hiihhhddddd4h6hhdh40s10shhhhhh822xi1422x"
_CHANNEL = "ih40s4Bhdd20sidd2h40xh"


@dataclass(frozen=True)
class Channel:
    """A channel of whole steps; `divider`: every how many samples of the file it has one."""

    name: str
    unit: str
    steps: NDArray[np.int16]
    per_step: float
    offset: float = 0.0
    divider: int = 1


def acq_bytes(channels: Sequence[Channel], rate_hz: float, order: str = "<") -> bytes:
    """The content of a file."""
    head_length = struct.calcsize(order + _GRAPH)
    rest = [0.0] * 4 + [0] * 11 + [0.0, 0, b"", b""] + [0] * 7
    head = (0, REVISION, head_length, len(channels), 0, 0, 1000.0 / rate_hz, *rest)
    return b"".join(
        (
            struct.pack(order + _GRAPH, *head),
            *(_channel_header(n, channel, order) for n, channel in enumerate(channels)),
            struct.pack(order + "i", 4),
            struct.pack(order + "hh", 2, 2) * len(channels),
            _interleaved(channels, order),
        )
    )


def _channel_header(number: int, channel: Channel, order: str) -> bytes:
    fields = (
        *(struct.calcsize(order + _CHANNEL), number, channel.name.encode(), 0, 0, 0, 0, number),
        *(0.0, 0.0, channel.unit.encode(), len(channel.steps), channel.per_step, channel.offset),
        *(number, 0, channel.divider),
    )
    return struct.pack(order + _CHANNEL, *fields)


def _interleaved(channels: Sequence[Channel], order: str) -> bytes:
    ticks = max(len(channel.steps) * channel.divider for channel in channels)
    return b"".join(
        struct.pack(order + "h", channel.steps[tick // channel.divider])
        for tick in range(ticks)
        for channel in channels
        if tick % channel.divider == 0 and tick // channel.divider < len(channel.steps)
    )
