"""A stream of Lab Streaming Layer, found by name or by its type `ECG`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.monitor.frames import RATES_HZ, Frame
from ecgmm.monitor.sources.in_thread import iterate_in_thread
from ecgmm.monitor.sources.optional_library import import_library
from ecgmm.readers.units import millivolts_per_unit

SCHEME = "lsl:"
FIND_WITHIN_S = 5.0
"""An outlet on the local network answers at once; the rest is patience."""
CHUNK_S = 0.1
"""Ten frames a second, as a replay sends."""


async def receive(name: str, *, unit: str | None = None) -> AsyncIterator[Frame]:
    """Frames from an outlet anywhere on the network, until it is gone.

    Names and units of the leads are those in the stream's description (`channels`, as
    https://github.com/sccn/xdf/wiki/Meta-Data lays it down). The library itself finds an outlet
    again that comes back under the same identity. Time stamps are made smooth by the library.

    Args:
        name: of the stream; empty for the first of type `ECG`.
        unit: of a stream that does not say: uV, mV or V.

    Raises:
        InputError: `no_such_stream`, `missing_unit`, `bad_rate`, or `missing_extra`.
    """
    pylsl = import_library("pylsl", "A Lab Streaming Layer source", "lsl")
    async for frame in iterate_in_thread(lambda: _frames(pylsl, name, unit)):
        yield frame


def _frames(pylsl: Any, name: str, unit: str | None) -> Iterator[Frame]:
    prop, value = ("name", name) if name else ("type", "ECG")
    found = pylsl.resolve_byprop(prop, value, timeout=FIND_WITHIN_S)
    if not found:
        raise InputError(
            "no_such_stream", f"No Lab Streaming Layer stream with {prop} '{value}' was found."
        )
    flags = pylsl.proc_clocksync | pylsl.proc_dejitter | pylsl.proc_monotonize
    inlet = pylsl.StreamInlet(found[0], processing_flags=flags)
    info = inlet.info()
    rate_hz = info.nominal_srate()
    if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
        raise InputError("bad_rate", f"The stream's sampling rate is {rate_hz:g} Hz.")
    leads, scale = _channels(info, unit)
    most = max(1, round(CHUNK_S * rate_hz))
    while True:
        try:
            samples, times_s = inlet.pull_chunk(timeout=CHUNK_S, max_samples=most)
        except pylsl.LostError:
            return
        if samples:
            signal_mv = (np.array(samples, np.float64) * scale).astype(np.float32)
            yield Frame(signal_mv, rate_hz, leads, start_s=times_s[0])


def _channels(info: Any, unit: str | None) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Names of the leads, and what makes millivolts of each."""
    labels = info.get_channel_labels() or []
    units = info.get_channel_units() or []
    leads, scales = [], []
    for number in range(info.channel_count()):
        label = labels[number] if number < len(labels) and labels[number] else f"{number + 1}"
        stated = unit or (units[number] if number < len(units) else None) or ""
        scale = millivolts_per_unit(stated)
        if scale is None:
            raise InputError(
                "missing_unit", f"The stream does not state the unit of {label}.", "unit"
            )
        leads.append(label)
        scales.append(scale)
    return tuple(leads), np.array(scales)
