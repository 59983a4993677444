"""WFDB records: the format of PhysioNet, a header with its signal and annotation files."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError, InputWarning
from ecgmm.labels import aami_class
from ecgmm.readers.person import person_in
from ecgmm.readers.presence import ANNOTATION_SUFFIX, find_header
from ecgmm.readers.signal_file import SignalFile
from ecgmm.readers.stored_leads import warn_left_out
from ecgmm.readers.units import is_no_unit, millivolts_per_unit
from ecgmm.readers.wfdb_header import (
    assumed_defaults,
    is_multi_segment,
    read_header,
    states_length,
)
from ecgmm.recording import Annotations

if TYPE_CHECKING:
    import wfdb

MAX_ANNOTATION_BYTES = 16_000_000
"""Two weeks of beats in two or four bytes each take 6 MB."""
_RHYTHM_CHANGE = "+"
_LARGEST_MV = 1e6
"""A kilovolt: a gain that makes more is no gain."""


def open_wfdb(
    path: Path, *, sampling_rate_hz: float | None = None, unit: str | None = None
) -> SignalFile:
    """Open a WFDB record with its reference annotations, where it has them.

    Leads that are not measured in volts (blood pressure, respiration) are left out with an
    `InputWarning`; so are annotations that cannot be read. Leads that were sampled more slowly
    than others are interpolated to the fastest lead's rate. Records of several segments, and
    those whose header leaves their length open, are in memory at once; others are read from disk
    part by part.

    Args:
        path: as `find_header` takes it.
        sampling_rate_hz: of a header that does not state it.
        unit: of a header that gives no lead in volts, of leads in none: uV, mV or V.

    Raises:
        InputError: when the record cannot be read; the message says why.
    """
    header_path = find_header(path)
    if header_path is None:
        raise InputError("missing_file", f"{path.name}: there is no header (.hea) of this name.")
    header = read_header(header_path, sampling_rate_hz)
    assumed = assumed_defaults(header_path, rate_is_given=sampling_rate_hz is not None)
    if is_multi_segment(header) or not states_length(header_path):
        record = _read_frames(header_path)
        record.fs = header.fs
        leads = _choose_leads(record, header_path.name, unit)
        signal_mv = _in_millivolts(record, leads, header_path.name)
        return _as_signal_file(header_path, record, leads, lambda i, j: signal_mv[i:j], assumed)
    leads = _choose_leads(header, header_path.name, unit)

    def read_mv(start: int, stop: int) -> NDArray[np.float32]:
        each = leads.samples_per_frame
        first, last = start // each, -(-stop // each)
        record = _read_frames(header_path, first, last)
        signal_mv = _in_millivolts(record, leads, header_path.name)
        return signal_mv[start - first * each : stop - first * each]

    return _as_signal_file(header_path, header, leads, read_mv, assumed)


@dataclass(frozen=True)
class _Leads:
    """The leads of a record that are in volts.

    Attributes:
        indices: where they are in the record.
        names: one name a lead.
        millivolts: one unit of each lead, in millivolts.
        samples_per_frame: samples that the fastest of them has in a frame.
    """

    indices: tuple[int, ...]
    names: tuple[str, ...]
    millivolts: tuple[float, ...]
    samples_per_frame: int


def _choose_leads(record: wfdb.Record, name: str, given_unit: str | None) -> _Leads:
    units = [unit or "" for unit in getattr(record, "units", None) or []]
    factors = [millivolts_per_unit(unit) for unit in units]
    if given_unit and not any(factors):
        factors = [millivolts_per_unit(given_unit) if is_no_unit(unit) else None for unit in units]
    kept = [lead for lead, factor in enumerate(factors) if factor is not None]
    if not kept:
        stated = ", ".join(dict.fromkeys(str(unit) for unit in units)) or "none"
        is_open = any(map(is_no_unit, units))
        raise InputError(
            "missing_unit" if is_open else "no_ecg",
            f"{name}: Expected leads in uV, mV or V. Received the units {stated}.",
            "unit" if is_open else None,
        )
    names = [record.sig_name[lead] or f"lead {lead + 1}" for lead in range(len(units))]
    warn_left_out(
        name,
        [f"{names[lead]} ({unit})" for lead, unit in enumerate(units) if lead not in kept],
        "not in volts",
    )
    return _Leads(
        indices=tuple(kept),
        names=tuple(names[lead] for lead in kept),
        millivolts=tuple(factors[lead] or 0.0 for lead in kept),
        samples_per_frame=max(record.samps_per_frame[lead] or 1 for lead in kept),
    )


def _as_signal_file(
    header_path: Path,
    record: wfdb.Record,
    leads: _Leads,
    read_mv: Callable[[int, int], NDArray[np.float32]],
    assumed: tuple[str, ...],
) -> SignalFile:
    samples = record.sig_len * leads.samples_per_frame
    return SignalFile(
        name=header_path.stem,
        sampling_rate_hz=float(record.fs) * leads.samples_per_frame,
        lead_names=leads.names,
        samples=samples,
        read_mv=read_mv,
        annotations=_read_annotations(header_path, record.fs, leads.samples_per_frame, samples),
        person=person_in(record.comments or ()),
        assumed=assumed,
    )


def _read_frames(header_path: Path, first: int = 0, last: int | None = None) -> wfdb.Record:
    import wfdb

    try:
        return wfdb.rdrecord(
            str(header_path.with_suffix("")),
            sampfrom=first,
            sampto=last,
            smooth_frames=False,
            return_res=32,
        )
    except Exception as error:  # wfdb raises whatever its parsing trips over
        raise _damaged(header_path, error) from error


def _in_millivolts(record: wfdb.Record, leads: _Leads, name: str) -> NDArray[np.float32]:
    """`[samples, leads]` of the leads in volts."""
    samples = record.sig_len * leads.samples_per_frame
    leads_mv = [
        _resampled(record.e_p_signal[lead] * factor, samples)
        for lead, factor in zip(leads.indices, leads.millivolts, strict=True)
    ]
    signal_mv = np.stack(leads_mv, axis=1).astype(np.float32)
    if (np.abs(signal_mv) > _LARGEST_MV).any():
        raise InputError("damaged", f"{name}: its gain makes samples of more than a kilovolt.")
    return signal_mv


def _resampled(lead_mv: NDArray[np.float32], samples: int) -> NDArray[np.float32]:
    if len(lead_mv) == samples:
        return lead_mv
    sample_at = np.arange(samples) * (len(lead_mv) / samples)
    return np.interp(sample_at, np.arange(len(lead_mv)), lead_mv).astype(np.float32)


def _read_annotations(
    header_path: Path, frames_per_s: float, samples_per_frame: int, samples: int
) -> Annotations | None:
    """The annotations beside the header, on the clock of the `samples` that the record has."""
    import wfdb

    path = header_path.with_suffix(ANNOTATION_SUFFIX)
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > MAX_ANNOTATION_BYTES:
            raise ValueError(f"more than {MAX_ANNOTATION_BYTES} bytes")
        stored = wfdb.rdann(str(header_path.with_suffix("")), ANNOTATION_SUFFIX[1:])
        scale = samples_per_frame * float(frames_per_s) / float(stored.fs or frames_per_s)
        return _to_annotations(stored, scale, samples)
    except Exception as error:  # wfdb raises whatever its parsing trips over
        reason = _damaged(path, error).message
        warnings.warn(f"Read without its annotations. {reason}", InputWarning, stacklevel=3)
        return None


def _to_annotations(stored: wfdb.Annotation, scale: float, samples: int) -> Annotations:
    at = np.round(np.asarray(stored.sample, np.int64) * scale).astype(np.int64)
    inside = [i for i in np.argsort(at, kind="stable") if 0 <= at[i] < samples]
    beats = [i for i in inside if aami_class(stored.symbol[i]) is not None]
    changes = [i for i in inside if stored.symbol[i] == _RHYTHM_CHANGE]
    texts = [note.split("\0")[0] for note in stored.aux_note]
    changes = [i for i in changes if texts[i].startswith("(")]
    return Annotations(
        beat_samples=at[beats],
        beat_symbols=tuple(stored.symbol[i] for i in beats),
        rhythm_samples=at[changes],
        rhythm_names=tuple(texts[i] for i in changes),
    )


def _damaged(path: Path, error: Exception) -> InputError:
    detail = " ".join(f"{type(error).__name__}: {error}".split())
    return InputError("damaged", f"{path.name}: the record cannot be parsed ({detail}).")
