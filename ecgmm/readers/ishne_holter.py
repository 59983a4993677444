"""ISHNE Holter files: the exchange format of the International Society for Holter.

Layout: Badilini 1998, "The ISHNE Holter Standard Output File Format" (Ann Noninvasive
Electrocardiol 3:263): `ISHNE1.0`, a checksum, 512 bytes of header, text of any length, then
16-bit samples, lead after lead within each instant. Amplitudes are in nanovolts a step.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.readers.signal_file import SignalFile

SIGNATURE = b"ISHNE1.0"
_HEADER_BYTES = 522
"""ISHNE (Badilini 1998): signature, checksum, and 512 bytes of facts."""
_MAX_LEADS = 12
"""ISHNE: so many places for the facts of leads."""
_MISSING = np.int16(-32768)
_MILLIVOLTS_PER_NANOVOLT = 1e-6
"""ISHNE states amplitudes in nanovolts."""
_BYTES_PER_SAMPLE = 2
"""ISHNE: integers of two bytes."""
_LEAD_OF_CODE = (
    *("unknown", "bipolar", "X", "Y", "Z", "I", "II", "III", "aVR", "aVL", "aVF"),
    *("V1", "V2", "V3", "V4", "V5", "V6", "ES", "AS", "AI"),
)


def open_ishne(path: Path) -> SignalFile:
    """Open a Holter recording.

    Args:
        path: a file that begins with `ISHNE1.0`.

    Returns:
        The recording, NaN where it marks a lead as lost; of a file that was cut off what is there,
        and a sentence on that.

    Raises:
        InputError: `damaged` when its header contradicts itself or is cut off.
    """
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES:
        raise _damaged(path, "its header is cut off")
    stated, _, start = struct.unpack_from("<iii", header, 14)
    (leads,) = struct.unpack_from("<h", header, 156)
    (rate_hz,) = struct.unpack_from("<H", header, 272)
    if not 1 <= leads <= _MAX_LEADS:
        raise _damaged(path, f"{leads} leads, where 1 to {_MAX_LEADS} are expected")
    resolutions_nv = np.array(struct.unpack_from(f"<{leads}h", header, 206))
    if rate_hz < 1 or (resolutions_nv < 1).any() or start < _HEADER_BYTES:
        raise _damaged(path, "its header states no sampling rate, amplitude or start of the signal")
    if stated < 1:
        raise _damaged(path, f"{stated} samples announced")
    there = max(0, path.stat().st_size - start) // (_BYTES_PER_SAMPLE * leads)
    is_whole = stated <= there or stated == there * leads  # some count over all leads
    return SignalFile(
        name=path.stem,
        sampling_rate_hz=float(rate_hz),
        lead_names=_lead_names(struct.unpack_from(f"<{leads}h", header, 158)),
        samples=min(stated, there),
        read_mv=_reader(path, start, resolutions_nv * _MILLIVOLTS_PER_NANOVOLT),
        assumed=() if is_whole else (_cut_off(stated, there, rate_hz),),
    )


def _cut_off(stated: int, there: int, rate_hz: int) -> str:
    return (
        f"The file is cut off: its header announces {stated / rate_hz:.0f} s, of which "
        f"{there / rate_hz:.0f} s are there and were read."
    )


def _lead_names(codes: tuple[int, ...]) -> tuple[str, ...]:
    names = [_LEAD_OF_CODE[code] if 0 <= code < len(_LEAD_OF_CODE) else "unknown" for code in codes]
    return tuple(
        name if names.count(name) == 1 else f"{name} {lead + 1}" for lead, name in enumerate(names)
    )


def _reader(
    path: Path, start: int, millivolts_per_step: NDArray[np.float64]
) -> Callable[[int, int], NDArray[np.float32]]:
    leads = len(millivolts_per_step)
    factors = millivolts_per_step.astype(np.float32)

    def read_mv(first: int, last: int) -> NDArray[np.float32]:
        count = (last - first) * leads
        stored = np.fromfile(path, "<i2", count, offset=start + _BYTES_PER_SAMPLE * first * leads)
        values = stored[: len(stored) // leads * leads].reshape(-1, leads)
        signal_mv = values * factors
        signal_mv[values == _MISSING] = np.nan
        return signal_mv

    return read_mv


def _damaged(path: Path, what: str) -> InputError:
    return InputError("damaged", f"{path.name}: {what}.")
