"""How large an input may be, so that a hostile or mistaken file cannot exhaust the machine."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ecgmm.errors import InputError
from ecgmm.recording import Recording

SHORTEST_S = 1.0
LONGEST_S = 14 * 24 * 3600.0
MAX_LEADS = 64
MAX_SAMPLING_RATE_HZ = 100_000.0
MAX_VALUES = 400_000_000
"""Samples of all leads together: 1.6 GB as float32, 24 hours of twelve leads at 385 Hz."""

MAX_CSV_BYTES = 1_000_000_000
MAX_PICTURE_BYTES = 64_000_000
MAX_PICTURE_PIXELS = 100_000_000


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


def check_recording(recording: Recording) -> Recording:
    """The recording itself, when it has a readable length and any signal at all.

    Raises:
        InputError: as `check_length` does, or `no_signal` when every sample is missing.
    """
    samples, leads = recording.signal_mv.shape
    check_length(samples, leads, recording.sampling_rate_hz, recording.name)
    if not np.isfinite(recording.signal_mv).any():
        raise InputError("no_signal", f"{recording.name}: every sample is missing.")
    return recording


def check_bytes(path: Path, max_bytes: int) -> None:
    """Refuse a file of more than `max_bytes`.

    Raises:
        InputError: `too_large`.
    """
    size = path.stat().st_size
    if size > max_bytes:
        raise InputError(
            "too_large",
            f"{path.name}: Expected a file of up to {max_bytes / 1e6:.0f} MB. "
            f"Received {size / 1e6:.0f} MB.",
        )
