r"""Discontinuous EDF+ recordings: when each data record began, and the gaps between them.

An EDF+ record states its onset as the first time-stamped annotation (TAL) of its annotation
signal: `+<seconds>\x14\x14\0` (https://www.edfplus.info/specs/edfplus.html, 2.2.4).
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.readers.edf_header import EdfHeader
from ecgmm.readers.limits import check_length
from ecgmm.recording import Recording

_ONSET = re.compile(rb"([+-]\d{1,9}(?:\.\d{0,9})?)\x14\x14\0")


def record_onsets_s(path: Path, header: EdfHeader) -> NDArray[np.float64]:
    """When each data record of a file began, in seconds after the first.

    Raises:
        InputError: `damaged` when a record does not say, or they are out of order.
    """
    signal = header.annotations
    if signal is None:
        raise InputError("damaged", f"{path.name}: has gaps but does not say where (EDF+D).")
    first = header.sample_bytes * sum(header.samples[:signal])
    length = header.sample_bytes * header.samples[signal]
    with path.open("rb") as file:
        stated = []
        for record in range(header.records):
            file.seek(header.header_bytes + record * header.record_bytes + first)
            stated.append(_ONSET.match(file.read(length)))
    onsets_s = np.array([float(match[1]) if match else np.nan for match in stated])
    onsets_s -= onsets_s[0]
    if not (np.diff(onsets_s) >= header.record_s * (1 - 1e-6)).all() or np.isnan(onsets_s).any():
        raise InputError("damaged", f"{path.name}: its data records are not in order of time.")
    return onsets_s


def fill_gaps(recording: Recording, onsets_s: NDArray[np.float64], record_s: float) -> Recording:
    """The recording on its true clock, NaN between records that are apart.

    Args:
        recording: its records one after the other.
        onsets_s: `[records]`, when each began.
        record_s: length of a record.

    Raises:
        InputError: when the recording is then too long.
    """
    rate_hz, name = recording.sampling_rate_hz, recording.name
    starts = np.round(onsets_s * rate_hz).astype(np.int64)
    length = round(record_s * rate_hz)
    samples = int(starts[-1]) + length
    leads = recording.signal_mv.shape[1]
    check_length(samples, leads, rate_hz, name)
    signal_mv = np.full((samples, leads), np.nan, np.float32)
    for record, start in enumerate(starts):
        stored = recording.signal_mv[record * length : (record + 1) * length]
        signal_mv[start : start + length] = stored
    return replace(recording, signal_mv=signal_mv)
