"""Text files of OpenSignals (BITalino and biosignalsplux by PLUX).

`# OpenSignals Text File Format`, a line of JSON that describes one or more devices,
`# EndOfHeader`, then counts in columns. An ECG sensor's millivolts are
`(count / 2^bits - 1/2) * supply / gain`, as its data sheet has it: BITalino 3.3 V and 1100,
biosignalsplux 3 V and 1000
(https://www.pluxbiosignals.com, ECG sensor data sheets).
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ecgmm.errors import InputError
from ecgmm.readers.limits import MAX_LEADS
from ecgmm.readers.stored_leads import StoredLead, to_recording, warn_left_out
from ecgmm.recording import Recording

SIGNATURE = b"# OpenSignals Text File Format"
_LONGEST_HEADER_LINE = 100_000
_ECG_SENSORS = ("ECG", "ECGBIT")
_RANGE_MV = {"bitalino": 3300.0 / 1100.0, "biosignalsplux": 3000.0 / 1000.0}
"""Supply over gain: what the whole range of counts is."""
_MOST_BITS = 24


@dataclass(frozen=True)
class _Sensor:
    """A column of the table.

    Attributes:
        column: its index.
        kind: as the device calls it.
        label: of its channel.
        bits: resolution.
        range_mv: millivolts from the lowest count to the highest, None where nobody knows.
    """

    column: int
    kind: str
    label: str
    bits: int
    range_mv: float | None

    @property
    def is_ecg(self) -> bool:
        """Whether it is an ECG sensor whose transfer function is known."""
        return self.kind in _ECG_SENSORS and self.range_mv is not None


def read_opensignals(path: Path) -> Recording:
    """Read the ECG channels of an OpenSignals text file.

    Raises:
        InputError: `no_ecg` when no sensor is one, or another code when it cannot be read.
    """
    try:
        described, header_lines = _header(path)
        sensors = list(_sensors(described))
        rate_hz = float(next(iter(described.values()))["sampling rate"])
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError) as error:
        detail = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise InputError("damaged", f"{path.name}: its header is damaged ({detail}).") from error
    ecg = [sensor for sensor in sensors if sensor.is_ecg][: MAX_LEADS + 1]
    if not ecg:
        kinds = ", ".join(f"{sensor.label} ({sensor.kind})" for sensor in sensors) or "none"
        raise InputError(
            "no_ecg", f"{path.name}: Expected a sensor of kind ECG. Received {kinds[:200]}."
        )
    others = [f"{sensor.label} ({sensor.kind})" for sensor in sensors if sensor not in ecg]
    warn_left_out(path.name, others, "no ECG")
    counts = _counts(path, header_lines, [sensor.column for sensor in ecg])
    leads = [
        StoredLead(sensor.label, column - 2 ** (sensor.bits - 1), _step_mv(sensor), "mV")
        for sensor, column in zip(ecg, counts.T, strict=True)
    ]
    return to_recording(leads, rate_hz, path.stem)


def _step_mv(sensor: _Sensor) -> float:
    return (sensor.range_mv or 0.0) / 2**sensor.bits


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """What the header says of each device, and how many lines it has."""
    with path.open(encoding="utf-8", errors="replace") as file:
        lines = [file.readline(_LONGEST_HEADER_LINE) for _ in range(3)]
    described = json.loads(lines[1].lstrip("# "))
    if not isinstance(described, dict) or "EndOfHeader" not in lines[2]:
        raise ValueError("no EndOfHeader")
    return described, len(lines)


def _sensors(described: dict[str, Any]) -> Iterator[_Sensor]:
    """The analogue channels of all devices, whose columns stand side by side."""
    before = 0
    for device in described.values():
        columns, labels = list(device["column"]), list(device["label"])
        resolutions = [int(bits) for bits in device["resolution"]]
        maker = str(device.get("device", "")).lower()
        range_mv = next((mv for name, mv in _RANGE_MV.items() if maker.startswith(name)), None)
        for kind, label in zip(device["sensor"], labels, strict=True):
            column = columns.index(label)
            bits = resolutions[len(resolutions) - len(labels) + labels.index(label)]
            if not 1 <= bits <= _MOST_BITS:
                raise ValueError(f"{bits} bits")
            yield _Sensor(before + column, str(kind).upper(), str(label), bits, range_mv)
        before += len(columns)


def _counts(path: Path, header_lines: int, columns: list[int]) -> np.ndarray:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.loadtxt(
                path, np.float32, skiprows=header_lines, usecols=columns, ndmin=2, encoding="utf-8"
            )
    except (ValueError, IndexError) as error:
        detail = " ".join(str(error).split())[:200]
        raise InputError("damaged", f"{path.name}: not a table of counts ({detail}).") from error
