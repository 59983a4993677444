"""EDF, EDF+, BDF and BDF+ files: headers read with edfio, samples from disk when asked for."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.readers.edf_gaps import fill_gaps, record_onsets_s
from ecgmm.readers.edf_header import (
    ANNOTATIONS_LABELS,
    BDF_SAMPLE_BYTES,
    EdfHeader,
    read_edf_header,
)
from ecgmm.readers.edf_samples import EdfSamples
from ecgmm.readers.lead_names import is_standard
from ecgmm.readers.optional_library import import_library
from ecgmm.readers.other_signals import is_other_signal
from ecgmm.readers.signal_file import SignalFile
from ecgmm.readers.stored_leads import warn_left_out
from ecgmm.readers.units import is_no_unit, millivolts_per_unit

LABEL_PREFIX = "ECG "
MISSING = -32768
"""The lowest number of 16 bits."""
MISSING_MARK = "no sample at digital minimum"
"""Transducer field of a signal in which `MISSING` marks a sample that was not recorded."""

_ECG = re.compile(r"(?<![a-z])e[ck]g", re.IGNORECASE)


def open_edf(path: Path, *, unit: str | None = None) -> SignalFile:
    """Open the ECG of an EDF or BDF file.

    Signals in volts whose label or transducer says ECG, or whose label is a lead's name, are
    read; where none says so, all in volts that are not named as another biosignal. Others are
    left out with an `InputWarning`, as are leads slower than the fastest one. Gaps of a
    discontinuous file (EDF+D, BDF+D) are NaN.

    Args:
        path: a file that begins as EDF or BDF does.
        unit: of signals whose unit the file leaves blank: uV, mV or V.

    Raises:
        InputError: when it cannot be read; the message says why.
    """
    header = read_edf_header(path)
    signals = _signals(path, header)
    chosen = _choose_leads(signals, unit, path.name)
    places = [i for i, label in enumerate(header.labels) if label not in ANNOTATIONS_LABELS]
    kept = tuple(place for place, signal in zip(places, signals, strict=True) if signal in chosen)
    opened = _as_signal_file(chosen, EdfSamples(path, header, kept), unit)
    return _gaps_opened(opened, header, path) if header.is_gapped else opened


def _signals(path: Path, header: EdfHeader) -> tuple[Any, ...]:
    """The signals as the header describes them, without samples."""
    edfio = import_library("edfio", "EDF and BDF files")
    with path.open("rb") as file:
        header_alone = file.read(header.header_bytes)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read = edfio.read_bdf if header.sample_bytes == BDF_SAMPLE_BYTES else edfio.read_edf
            edf = read(header_alone, header_encoding="latin-1")
    except Exception as error:  # edfio raises whatever its parsing trips over
        detail = " ".join(f"{type(error).__name__}: {error}".split())
        raise InputError("damaged", f"{path.name}: not an EDF or BDF file ({detail}).") from error
    return tuple(s for s in edf.signals if s.label.strip() not in ANNOTATIONS_LABELS)


def _unit_of(signal: Any, given_unit: str | None) -> str:
    """The unit as stated, else as given."""
    stated = signal.physical_dimension.strip()
    return (given_unit or "") if is_no_unit(stated) else stated


def _choose_leads(signals: tuple[Any, ...], unit: str | None, name: str) -> list[Any]:
    """The signals that are ECG leads, all at one rate."""
    in_volts = [s for s in signals if millivolts_per_unit(_unit_of(s, unit)) is not None]
    named = [s for s in in_volts if _says_ecg(s)]
    chosen = named or [s for s in in_volts if not is_other_signal(s.label)]
    if not chosen:
        stated = ", ".join(f"{s.label} ({s.physical_dimension or 'no unit'})" for s in signals)
        is_blank = any(_says_ecg(s) and is_no_unit(s.physical_dimension) for s in signals)
        raise InputError(
            "missing_unit" if is_blank else "no_ecg",
            f"{name}: Expected an ECG in uV, mV or V. Received {stated}.",
            "unit" if is_blank else None,
        )
    fastest_hz = max(s.sampling_frequency for s in chosen)
    kept = [s for s in chosen if s.sampling_frequency == fastest_hz]
    warn_left_out(name, [s.label for s in signals if s not in chosen], "no ECG in volts")
    warn_left_out(
        name, [s.label for s in chosen if s not in kept], f"slower than {fastest_hz:g} Hz"
    )
    return kept


def _says_ecg(signal: Any) -> bool:
    return is_standard(signal.label) or any(
        _ECG.search(text) for text in (signal.label, signal.transducer_type)
    )


def _as_signal_file(signals: list[Any], samples: EdfSamples, unit: str | None) -> SignalFile:
    header, name = samples.header, samples.path.name
    scales = [_millivolts(signal, _unit_of(signal, unit), name) for signal in signals]
    marks_missing = [signal.transducer_type == MISSING_MARK for signal in signals]

    def read_mv(start: int, stop: int) -> NDArray[np.float32]:
        digital = samples.read(start, stop)
        signal_mv = np.empty(digital.shape, np.float32)
        for lead, (per_step_mv, zero_mv) in enumerate(scales):
            signal_mv[:, lead] = digital[:, lead] * per_step_mv + zero_mv
        signal_mv[(digital == MISSING) & marks_missing] = np.nan
        return signal_mv

    record_samples = header.samples[samples.signals[0]]
    stored = header.records * record_samples
    return SignalFile(
        name=samples.path.stem,
        sampling_rate_hz=float(signals[0].sampling_frequency),
        lead_names=tuple(_lead_name(signal.label) for signal in signals),
        samples=stored - _missing_at_end(read_mv(stored - record_samples, stored)),
        read_mv=read_mv,
    )


def _millivolts(signal: Any, unit: str, name: str) -> tuple[float, float]:
    """What a digital step of a signal is, and what digital zero is."""
    try:
        digital_range = signal.digital_max - signal.digital_min
        per_step = (signal.physical_max - signal.physical_min) / digital_range
        zero = signal.physical_max - signal.digital_max * per_step
    except ValueError as error:
        raise InputError("damaged", f"{name}: signal {signal.label} has no range.") from error
    factor = millivolts_per_unit(unit) or 0.0
    return per_step * factor, zero * factor


def _lead_name(label: str) -> str:
    """The sensor's part of an EDF+ label, whose first word is the kind of signal."""
    return label.removeprefix(LABEL_PREFIX).strip() or label


def _missing_at_end(signal_mv: NDArray[np.float32]) -> int:
    """How many samples at the end no lead has: there the signal does not fill its last record."""
    known = np.flatnonzero(np.isfinite(signal_mv).any(axis=1))
    return len(signal_mv) - (int(known[-1]) + 1 if len(known) else 0)


def _gaps_opened(opened: SignalFile, header: EdfHeader, path: Path) -> SignalFile:
    """The same recording on the true clock, in memory."""
    whole = opened.whole()
    onsets_s = record_onsets_s(path, header)
    return SignalFile.in_memory(fill_gaps(whole, onsets_s, header.record_s))
