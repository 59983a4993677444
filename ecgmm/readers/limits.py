"""How large an input may be, so that a hostile or mistaken file cannot exhaust the machine.

Bytes are checked where a path is opened (`route.open_input`), the length where a recording gets
its form (`stored_leads.to_recording` in memory, `signal_file.SignalFile` on disk); beside these,
only where memory is given to what a file merely claims.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ecgmm.errors import InputError
from ecgmm.recording import Recording

SHORTEST_S = 1.0
"""Less holds no beat for certain: at 60 a minute they are a second apart."""
LONGEST_S = 14 * 24 * 3600.0
"""What patch recorders are worn for at the most."""
MAX_LEADS = 64
"""Body surface maps and EEG amplifiers have some dozens of leads; an ECG has up to 15."""
MAX_SAMPLING_RATE_HZ = 100_000.0
"""Carts look for pacing pulses at up to 75,000 samples a second; nothing in an ECG is faster."""
MAX_VALUES = 400_000_000
"""Samples of all leads together: 1.6 GB as float32, 24 hours of twelve leads at 385 Hz."""

MAX_PICTURE_PIXELS = 100_000_000
"""300 MB as RGB; a page of A4 at 600 dots an inch has 35 million."""

MAX_DOCUMENT_BYTES = 64_000_000
"""A resting ECG as XML has 0.1 to 1 MB, a photo of 48 megapixels about 15 MB."""
MAX_NUMPY_BYTES = 8 * MAX_VALUES
"""As many values as are read, in float64."""
_UNSUSPICIOUS_BYTES = 64_000_000
"""What unpacks to less fills no memory, however well it is packed."""
_LARGEST_EXPANSION = 100
"""Times that a large file may unpack to; signals that were recorded shrink to a fifth or so."""
MAX_BYTES = {
    "image": MAX_DOCUMENT_BYTES,
    "pdf": MAX_DOCUMENT_BYTES,
    "muse": MAX_DOCUMENT_BYTES,
    "sierra": MAX_DOCUMENT_BYTES,
    "aecg": MAX_DOCUMENT_BYTES,
    "apple": MAX_DOCUMENT_BYTES,
    "alivecor": MAX_DOCUMENT_BYTES,
    "scp": MAX_DOCUMENT_BYTES,
    "dicom": 256_000_000,  # nearly 24 hours of six leads at 250 Hz
    "csv": 1_000_000_000,  # 24 hours of three leads at 360 Hz in ten characters a value
    "heartbeats": 1_000_000_000,
    "numpy": MAX_NUMPY_BYTES,
    "json": MAX_DOCUMENT_BYTES,
    "opensignals": 1_000_000_000,
    "parquet": 1_000_000_000,
    "mat": 4 * MAX_DOCUMENT_BYTES,
    "hdf5": MAX_NUMPY_BYTES,
    "biopac": 4 * MAX_DOCUMENT_BYTES,
}
"""How large a file of a format may be. The others (WFDB, EDF, ISHNE) are read piece by piece."""


def check_sampling_rate(sampling_rate_hz: float, name: str) -> None:
    """Refuse a sampling rate that no ECG has.

    Raises:
        InputError: `bad_sampling_rate`.
    """
    if not 0 < sampling_rate_hz <= MAX_SAMPLING_RATE_HZ:
        raise InputError(
            "bad_sampling_rate",
            f"{name}: Expected a sampling rate above 0 and up to {MAX_SAMPLING_RATE_HZ:.0f} Hz. "
            f"Received {sampling_rate_hz:g} Hz.",
        )


def check_length(samples: int, leads: int, sampling_rate_hz: float, name: str) -> None:
    """Refuse a recording that is too short, too long or has too many leads.

    Args:
        samples: samples a lead.
        leads: number of leads.
        sampling_rate_hz: samples a second.
        name: what a message calls the input.

    Raises:
        InputError: `too_short`, `too_long`, `too_many_leads`, `too_large` or
            `bad_sampling_rate`.
    """
    check_sampling_rate(sampling_rate_hz, name)
    if leads > MAX_LEADS:
        raise InputError(
            "too_many_leads", f"{name}: Expected up to {MAX_LEADS} leads. Received {leads}."
        )
    duration_s = samples / sampling_rate_hz
    if duration_s < SHORTEST_S:
        raise InputError(
            "too_short",
            f"{name}: Expected at least {SHORTEST_S:g} s of ECG. Received {duration_s:.3g} s.",
        )
    if duration_s > LONGEST_S:
        raise InputError(
            "too_long",
            f"{name}: Expected up to {LONGEST_S / 86400:g} days of ECG. "
            f"Received {duration_s / 86400:.1f} days; cut it into shorter recordings.",
        )
    if samples * leads > MAX_VALUES:
        raise InputError(
            "too_large",
            f"{name}: Expected up to {MAX_VALUES} samples in all leads. "
            f"Received {samples * leads}; cut it into shorter recordings.",
        )


def check_signal(recording: Recording) -> Recording:
    """The recording itself, when it has any signal at all.

    Raises:
        InputError: `no_signal` when every sample is missing.
    """
    if not np.isfinite(recording.signal_mv).any():
        raise InputError("no_signal", f"{recording.name}: every sample is missing.")
    return recording


def unpacked_limit(packed_bytes: int) -> int:
    """How many bytes a packed file may unpack to, unless it is a bomb."""
    return min(MAX_NUMPY_BYTES, max(_UNSUSPICIOUS_BYTES, _LARGEST_EXPANSION * packed_bytes))


def check_bytes(path: Path, format_: str) -> None:
    """Refuse a file that is larger than one of its format may be.

    Raises:
        InputError: `too_large`.
    """
    size, largest = path.stat().st_size, MAX_BYTES.get(format_)
    if largest is not None and size > largest:
        raise InputError(
            "too_large",
            f"{path.name}: Expected a file of up to {largest / 1e6:.0f} MB. "
            f"Received {size / 1e6:.0f} MB.",
        )
