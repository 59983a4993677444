"""Which source a user names."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

from ecgmm.monitor.frames import Frame
from ecgmm.monitor.sources import chest_strap, lab_streaming_layer, websocket
from ecgmm.monitor.sources.replay import open_recording, replay
from ecgmm.monitor.sources.standard_input import read_lines

STANDARD_INPUT = "-"


def open_source(
    name: str,
    *,
    speed: float = 1.0,
    sampling_rate_hz: float | None = None,
    unit: str | None = None,
) -> AsyncIterator[Frame]:
    """The frames of a source.

    Args:
        name: `-` for standard input, `ws://` or `wss://` and the address of a server, `lsl:` and
            the name of a Lab Streaming Layer stream, `polar:` and the address of a chest strap, or
            the path of a recording.
        speed: of a recording, 1 is true; infinity does not wait.
        sampling_rate_hz: of a table that does not state it.
        unit: of a source that does not state it: uV, mV or V.

    Raises:
        InputError: if there is no such recording; other sources raise as they are iterated.
    """
    if name == STANDARD_INPUT:
        return read_lines(sys.stdin, sampling_rate_hz=sampling_rate_hz, unit=unit)
    if name.startswith(websocket.SCHEMES):
        return websocket.receive(name)
    if name.startswith(lab_streaming_layer.SCHEME):
        return lab_streaming_layer.receive(name.removeprefix(lab_streaming_layer.SCHEME), unit=unit)
    if name.startswith(chest_strap.SCHEME):
        return chest_strap.receive(name.removeprefix(chest_strap.SCHEME))
    recording = open_recording(Path(name), sampling_rate_hz=sampling_rate_hz, unit=unit)
    return replay(recording, speed)
