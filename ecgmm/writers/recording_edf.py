"""Recordings as EDF files, written with edfio."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.readers.edf_file import LABEL_PREFIX, MISSING, MISSING_MARK
from ecgmm.readers.optional_library import import_library
from ecgmm.recording import Recording

if TYPE_CHECKING:
    from edfio import EdfAnnotation

MAX_RECORD_S = 60
"""A rate that is a whole number of samples a minute can be stated so."""
MAX_RECORDS = 99_999_999
"""EDF has eight digits for their number."""
_STEPS = 65_535
"""Of 16 bits."""
_ROOM_FOR_MISSING = 1e-4
"""The lowest number marks what is missing: no sample may be stored as it."""
_FINEST_LIMIT_MV = 1e-3
"""A microvolt: a lead of zeros has to have a range."""
_LIMIT_WITH_DECIMALS_MV = 999.0
"""EDF has eight characters for a limit: beyond it no decimals are left."""
_LABEL_LENGTH = 16
"""EDF's."""


def edf_file(recording: Recording, annotations: Sequence[EdfAnnotation] = ()) -> bytes:
    """The content of an EDF file, in millivolts; EDF+ where there are annotations.

    Each lead's range fills 16 bits, so that a sample is off by half a step: 1/130000 of the
    lead's range. EDF knows no missing samples: they, and the end of a last data record that the
    signal does not fill, stand at the digital minimum, which no sample takes, and each signal's
    transducer field says so. Other programs show them at the rail, as a lead that fell off.

    Args:
        recording: what to write.
        annotations: of moments or stretches of it.

    Raises:
        InputError: `bad_output` for a sampling rate or a length that EDF cannot state.
    """
    edfio = import_library("edfio", "and writing EDF files")
    record_s = _record_s(recording.sampling_rate_hz)
    record_samples = round(record_s * recording.sampling_rate_hz)
    if len(recording.signal_mv) / record_samples > MAX_RECORDS:
        raise InputError("bad_output", f"EDF holds up to {MAX_RECORDS} data records; write WFDB.")
    signals = []
    for name, lead_mv in zip(recording.lead_names, recording.signal_mv.T, strict=True):
        limits_mv = _limits_mv(lead_mv)
        signals.append(
            edfio.EdfSignal.from_digital(
                _counts(lead_mv, *_stated_limits_mv(limits_mv), record_samples),
                recording.sampling_rate_hz,
                label=_label(name),
                transducer_type=MISSING_MARK,
                physical_dimension="mV",
                physical_range=limits_mv,
                digital_range=(MISSING, MISSING + _STEPS),
            )
        )
    content = io.BytesIO()
    edfio.Edf(signals, data_record_duration=record_s, annotations=tuple(annotations) or None).write(
        content
    )
    return content.getvalue()


def _record_s(sampling_rate_hz: float) -> int:
    """The shortest data record of whole seconds that holds whole samples."""
    rate = Fraction(sampling_rate_hz).limit_denominator(MAX_RECORD_S)
    if not math.isclose(rate, sampling_rate_hz, rel_tol=1e-9):
        raise InputError(
            "bad_output",
            f"EDF cannot state a sampling rate of {sampling_rate_hz:.9g} Hz; write WFDB instead.",
        )
    return rate.denominator


def _limits_mv(lead_mv: NDArray[np.float32]) -> tuple[float, float]:
    """A range that holds the lead and one more step below it, in numbers of eight characters."""
    known = lead_mv[np.isfinite(lead_mv)].astype(np.float64)
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    low -= (high - low) * _ROOM_FOR_MISSING + _FINEST_LIMIT_MV
    high += _FINEST_LIMIT_MV
    digits = 3 if max(-low, high) < _LIMIT_WITH_DECIMALS_MV else 0
    unit = 10.0**-digits
    return round(math.floor(low / unit) * unit, digits), round(
        math.ceil(high / unit) * unit, digits
    )


def _stated_limits_mv(limits_mv: tuple[float, float]) -> tuple[float, float]:
    """The limits as the header will state them, by which the samples are read back.

    edfio rounds outwards to eight characters, in binary: -2.547 becomes -2.54701.
    """
    edfio = import_library("edfio", "and writing EDF files")
    blank = edfio.EdfSignal.from_digital(np.zeros(1, np.int16), 1.0, physical_range=limits_mv)
    return blank.physical_range


def _counts(
    lead_mv: NDArray[np.float32], low_mv: float, high_mv: float, record_samples: int
) -> NDArray[np.int16]:
    """The lead's digital values, filled up to whole data records."""
    records = math.ceil(len(lead_mv) / record_samples)
    counts = np.full(records * record_samples, MISSING, np.int16)
    known = np.flatnonzero(np.isfinite(lead_mv))
    steps = (lead_mv[known].astype(np.float64) - low_mv) * (_STEPS / (high_mv - low_mv))
    counts[known] = np.rint(steps) + MISSING
    return counts


def _label(name: str) -> str:
    plain = name.encode("ascii", errors="replace").decode()
    return (LABEL_PREFIX + (" ".join(plain.split()) or "unnamed"))[:_LABEL_LENGTH]
