"""The ECG of a Polar H10 chest strap over Bluetooth Low Energy.

Its protocol is Polar's "Measurement Data" service, described in the Polar BLE SDK
(https://github.com/polarofficial/polar-ble-sdk, technical_documentation/
Polar_Measurement_Data_Specification.pdf).
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import numpy as np

from ecgmm.errors import InputError
from ecgmm.monitor.frames import Frame
from ecgmm.monitor.sources.optional_library import import_library

SCHEME = "polar:"
CONTROL = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
DATA = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"
RATE_HZ = 130
"""The only rate of the H10's ECG (Polar's specification)."""
BITS = 14
"""The H10's resolution (Polar's specification)."""
FIND_WITHIN_S = 10.0
"""A strap in reach is found within seconds."""
RETRY_S = 2.0
"""No busy loop while the strap is out of reach."""

_ECG = 0x00
"""Type of measurement (Polar's specification)."""
_START = 0x02
"""Command (Polar's specification)."""
_RESPONSE = 0xF0
"""First byte of an answer (Polar's specification)."""
_SAMPLE_RATE, _RESOLUTION = 0x00, 0x01
"""Types of setting (Polar's specification)."""
_HEADER = struct.Struct("<BQB")
_BYTES_A_SAMPLE = 3
"""Signed, in microvolts (Polar's specification)."""

START_ECG = struct.pack("<BBBBHBBH", _START, _ECG, _SAMPLE_RATE, 1, RATE_HZ, _RESOLUTION, 1, BITS)
"""Start measuring: ECG, one sample rate, one resolution."""


async def receive(address: str) -> AsyncIterator[Frame]:
    """Frames of one lead at 130 Hz, however often the strap is out of reach.

    Args:
        address: of the strap; empty for the first whose name begins with "Polar".

    Raises:
        InputError: `no_such_device` if it is not found at first, `refused_by_device` if it does
            not start, `missing_extra` without the library.
    """
    bleak = import_library("bleak", "A Bluetooth chest strap", "bluetooth")
    for connection in count():
        device = await _find(bleak, address, is_first=connection == 0)
        arrived: asyncio.Queue[bytes | None] = asyncio.Queue()
        try:
            client = bleak.BleakClient(
                device, disconnected_callback=lambda _, queue=arrived: queue.put_nowait(None)
            )
            async with client:
                await _start(client, arrived)
                while (packet := await arrived.get()) is not None:
                    frame = decode_packet(packet, connection)
                    if frame is not None:
                        yield frame
        except (bleak.exc.BleakError, OSError, TimeoutError):
            await asyncio.sleep(RETRY_S)


def decode_packet(packet: bytes, connection: int = 0) -> Frame | None:
    """The frame in a packet of measurement data; None if it holds something else.

    A byte for the kind, eight for the time of the last sample in nanoseconds, a byte for the form,
    then three bytes a sample: signed microvolts, the lowest byte first.
    """
    if len(packet) <= _HEADER.size:
        return None
    kind, time_ns, form = _HEADER.unpack_from(packet)
    body = np.frombuffer(packet, np.uint8, offset=_HEADER.size)
    if kind != _ECG or form != 0 or len(body) % _BYTES_A_SAMPLE:
        return None
    low, middle, high = body.reshape(-1, _BYTES_A_SAMPLE).astype(np.int32).T
    microvolts = low | middle << 8 | (high ^ 0x80) - 0x80 << 16
    start_s = time_ns / 1e9 - (len(microvolts) - 1) / RATE_HZ
    samples_mv = (microvolts / 1000).astype(np.float32)[:, None]
    return Frame(samples_mv, float(RATE_HZ), ("I",), start_s=start_s, connection=connection)


async def _find(bleak: Any, address: str, *, is_first: bool) -> Any:
    while True:
        if address:
            find = bleak.BleakScanner.find_device_by_address(address, timeout=FIND_WITHIN_S)
        else:
            find = bleak.BleakScanner.find_device_by_filter(
                lambda device, _: (device.name or "").startswith("Polar"), timeout=FIND_WITHIN_S
            )
        try:
            device = await find
        except (bleak.exc.BleakError, OSError) as error:
            raise InputError("no_bluetooth", f"Bluetooth does not work here: {error}.") from error
        if device is not None:
            return device
        if is_first:
            wanted = address or "whose name begins with 'Polar'"
            raise InputError("no_such_device", f"No chest strap {wanted} is in reach.")


async def _start(client: Any, arrived: asyncio.Queue[bytes | None]) -> None:
    answered: asyncio.Queue[bytes] = asyncio.Queue()
    await client.start_notify(CONTROL, lambda _, data: answered.put_nowait(bytes(data)))
    await client.start_notify(DATA, lambda _, data: arrived.put_nowait(bytes(data)))
    await client.write_gatt_char(CONTROL, START_ECG, response=True)
    answer = await asyncio.wait_for(answered.get(), FIND_WITHIN_S)
    if len(answer) < 4 or answer[:3] != bytes((_RESPONSE, _START, _ECG)) or answer[3] != 0:
        raise InputError(
            "refused_by_device", f"The chest strap does not start: it answers {answer.hex()}."
        )
