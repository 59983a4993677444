"""WFDB records: the format of PhysioNet, a header with its signal and annotation files."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError, InputWarning
from ecgmm.labels import aami_class
from ecgmm.readers.limits import check_recording
from ecgmm.readers.units import millivolts_per_unit
from ecgmm.readers.wfdb_header import read_header
from ecgmm.recording import Annotations, Recording

if TYPE_CHECKING:
    import wfdb

HEADER_SUFFIX = ".hea"
ANNOTATION_SUFFIX = ".atr"
COMPANION_SUFFIXES = (".dat", ".mat", ANNOTATION_SUFFIX)

MAX_ANNOTATION_BYTES = 16_000_000
_RHYTHM_CHANGE = "+"
_LARGEST_MV = 1e6


def find_header(path: Path) -> Path | None:
    """The header of the record that `path` names, or None when it names none.

    Args:
        path: a `.hea` file, a record's stem (`mitdb/100`), or one of its signal or annotation
            files with the header beside it.
    """
    if path.suffix == HEADER_SUFFIX:
        candidate = path
    elif path.suffix in COMPANION_SUFFIXES:
        candidate = path.with_suffix(HEADER_SUFFIX)
    else:
        candidate = path.with_name(path.name + HEADER_SUFFIX) if path.name else path
    return candidate if candidate.suffix == HEADER_SUFFIX and candidate.is_file() else None


def read_wfdb(path: Path) -> Recording:
    """Read a WFDB record with its reference annotations, where it has them.

    Leads that are not measured in volts (blood pressure, respiration) are left out with an
    `InputWarning`; so are annotations that cannot be read.

    Args:
        path: as `find_header` takes it.

    Returns:
        The recording in millivolts, NaN where the record marks a sample as invalid. Leads that
        were sampled more slowly than others are interpolated to the fastest lead's rate.

    Raises:
        InputError: when the record cannot be read; the message says why.
    """
    import wfdb

    header_path = find_header(path)
    if header_path is None:
        raise InputError("missing_file", f"{path.name}: there is no header (.hea) of this name.")
    read_header(header_path)
    try:
        record = wfdb.rdrecord(str(header_path.with_suffix("")), smooth_frames=False, return_res=32)
    except Exception as error:  # wfdb raises whatever its parsing trips over
        raise _damaged(header_path, error) from error
    signal_mv, lead_names, samples_per_frame = _leads_in_millivolts(record, header_path.name)
    return check_recording(
        Recording(
            signal_mv=signal_mv,
            sampling_rate_hz=float(record.fs) * samples_per_frame,
            lead_names=lead_names,
            name=header_path.stem,
            annotations=_read_annotations(header_path, record.fs, samples_per_frame, signal_mv),
        )
    )


def _leads_in_millivolts(
    record: wfdb.Record, name: str
) -> tuple[NDArray[np.float32], tuple[str, ...], int]:
    """`[samples, leads]` of the leads in volts, their names, and their samples a frame."""
    units = list(getattr(record, "units", None) or [])
    factors = [millivolts_per_unit(unit or "") for unit in units]
    kept = [lead for lead, factor in enumerate(factors) if factor is not None]
    if not kept:
        stated = ", ".join(dict.fromkeys(str(unit) for unit in units)) or "none"
        raise InputError(
            "no_ecg", f"{name}: Expected leads in uV, mV or V. Received the units {stated}."
        )
    names = [record.sig_name[lead] or f"lead {lead + 1}" for lead in range(len(units))]
    if len(kept) < len(units):
        left_out = ", ".join(
            f"{names[lead]} ({unit})" for lead, unit in enumerate(units) if lead not in kept
        )
        warnings.warn(f"{name}: left out, not in volts: {left_out}.", InputWarning, stacklevel=3)
    samples_per_frame = max(record.samps_per_frame[lead] or 1 for lead in kept)
    samples = record.sig_len * samples_per_frame
    leads_mv = [_resampled(record.e_p_signal[lead] * factors[lead], samples) for lead in kept]
    signal_mv = np.stack(leads_mv, axis=1).astype(np.float32)
    if (np.abs(signal_mv) > _LARGEST_MV).any():
        raise InputError("damaged", f"{name}: its gain makes samples of more than a kilovolt.")
    return signal_mv, tuple(names[lead] for lead in kept), samples_per_frame


def _resampled(lead_mv: NDArray[np.float32], samples: int) -> NDArray[np.float32]:
    if len(lead_mv) == samples:
        return lead_mv
    sample_at = np.arange(samples) * (len(lead_mv) / samples)
    return np.interp(sample_at, np.arange(len(lead_mv)), lead_mv).astype(np.float32)


def _read_annotations(
    header_path: Path, frames_per_s: float, samples_per_frame: int, signal_mv: NDArray[np.float32]
) -> Annotations | None:
    """The annotations beside the header, on the clock of `signal_mv`."""
    import wfdb

    path = header_path.with_suffix(ANNOTATION_SUFFIX)
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > MAX_ANNOTATION_BYTES:
            raise ValueError(f"more than {MAX_ANNOTATION_BYTES} bytes")
        stored = wfdb.rdann(str(header_path.with_suffix("")), ANNOTATION_SUFFIX[1:])
        scale = samples_per_frame * float(frames_per_s) / float(stored.fs or frames_per_s)
        return _to_annotations(stored, scale, len(signal_mv))
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
