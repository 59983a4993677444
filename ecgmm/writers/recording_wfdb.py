"""Recordings as WFDB records: a header, 16-bit samples and, where there are any, annotations."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.recording import Recording
from ecgmm.writers.beats_wfdb import annotation_file

SIGNAL_FORMAT = "16"
LARGEST_COUNT = 32_000
"""Within 16 bits, whose lowest number marks what is missing."""
FINEST_GAIN_PER_MV = 32_000.0
"""A count of 31 nV: finer than any recorder measures."""
_RECORD_NAME = re.compile(r"^[A-Za-z0-9_-]{1,80}$")


def wfdb_files(recording: Recording, name: str) -> dict[str, bytes]:
    """The files of a WFDB record.

    Each lead has the finest gain at which 16 bits hold it, so that a sample is off by half a
    step: 1/64000 of the lead's range or less. Missing samples are marked as such (-32768).

    Args:
        recording: what to write.
        name: of the record: letters, digits, `_` and `-`.

    Returns:
        Content of each file by its name: `.hea`, `.dat` and, with annotations, `.atr`.

    Raises:
        InputError: `bad_output` for a name that WFDB cannot have.
    """
    import wfdb

    if not _RECORD_NAME.match(name):
        raise InputError(
            "bad_output",
            f"Expected a record name of letters, digits, _ and -. Received '{name[:80]}'.",
        )
    leads = recording.signal_mv.shape[1]
    counts, gains, baselines = quantize(recording.signal_mv)
    with tempfile.TemporaryDirectory() as folder:
        wfdb.wrsamp(
            name,
            fs=recording.sampling_rate_hz,
            units=["mV"] * leads,
            sig_name=_distinct(recording.lead_names),
            d_signal=counts,
            fmt=[SIGNAL_FORMAT] * leads,
            adc_gain=gains.tolist(),
            baseline=baselines.tolist(),
            write_dir=folder,
        )
        files = {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}
    if recording.annotations is not None:
        files[f"{name}.atr"] = annotation_file(recording.annotations, recording.sampling_rate_hz)
    return files


def quantize(
    signal_mv: NDArray[np.float32],
) -> tuple[NDArray[np.int16], NDArray[np.float64], NDArray[np.int64]]:
    """A signal in 16-bit counts; millivolts are `(counts - baselines) / gains`.

    Args:
        signal_mv: `[samples, leads]`; NaN becomes -32768.

    Returns:
        `[samples, leads]` counts, `[leads]` counts per millivolt, `[leads]` counts at 0 mV.
    """
    scales = [_scale(lead) for lead in signal_mv.T]
    gains = np.array([gain for gain, _ in scales])
    baselines = np.array([baseline for _, baseline in scales], np.int64)
    missing = np.isnan(signal_mv)
    counts = np.rint(np.where(missing, 0.0, signal_mv) * gains).astype(np.int64) + baselines
    counts[missing] = np.iinfo(np.int16).min
    return counts.astype(np.int16), gains, baselines


def _scale(lead_mv: NDArray[np.float32]) -> tuple[float, int]:
    """Counts per millivolt, and the count that stands for 0 mV."""
    known = lead_mv[np.isfinite(lead_mv)].astype(np.float64)
    if not len(known):
        return 1.0, 0
    low, high = float(known.min()), float(known.max())
    gain = min(FINEST_GAIN_PER_MV, 2 * LARGEST_COUNT / max(high - low, 1e-9))
    gain = float(f"{gain * (1 - 1e-6):.6g}")
    return gain, -round(gain * (low + high) / 2)


def _distinct(names: tuple[str, ...]) -> list[str]:
    """Names that a header can hold: one line each, no two alike."""
    clean = [re.sub(r"\s+", " ", name).strip() or "unnamed" for name in names]
    return [
        name if clean.count(name) == 1 else f"{name} {clean[: lead + 1].count(name)}"
        for lead, name in enumerate(clean)
    ]
