"""Leads as files store them, each with its own name, unit and length, put on one clock."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError, InputWarning
from ecgmm.readers.limits import check_length, check_signal
from ecgmm.readers.units import millivolts_per_unit
from ecgmm.recording import Annotations, Recording


@dataclass(frozen=True)
class StoredLead:
    """One lead of a file.

    Attributes:
        name: as the file has it.
        values: `[samples]`, any numbers.
        per_value: how many `unit` one step of `values` is.
        unit: unit of voltage that the file states.
    """

    name: str
    values: NDArray[np.generic]
    per_value: float
    unit: str


def to_recording(
    leads: Sequence[StoredLead],
    sampling_rate_hz: float,
    name: str,
    annotations: Annotations | None = None,
) -> Recording:
    """A recording in millivolts; leads that end early are NaN from there on.

    Raises:
        InputError: `no_ecg` without any lead, `bad_unit`, `damaged` for steps of no size,
            `no_signal`, or as `limits.check_length` does.
    """
    if not leads:
        raise InputError("no_ecg", f"{name}: holds no ECG lead.")
    samples = max(len(lead.values) for lead in leads)
    check_length(samples, len(leads), sampling_rate_hz, name)
    signal_mv = np.full((samples, len(leads)), np.nan, np.float32)
    for column, lead in zip(signal_mv.T, leads, strict=True):
        column[: len(lead.values)] = lead.values
        column *= np.float32(_millivolts_per_value(lead, name))
    signal_mv[~np.isfinite(signal_mv)] = np.nan
    return check_signal(
        Recording(
            signal_mv=signal_mv,
            sampling_rate_hz=sampling_rate_hz,
            lead_names=tuple(lead.name for lead in leads),
            name=name,
            annotations=annotations,
        )
    )


def warn_left_out(name: str, left_out: Sequence[str], why: str) -> None:
    """Say which channels of a file are not read, in an `InputWarning`; nothing when there are none.

    Args:
        name: what the message calls the file.
        left_out: names of the channels.
        why: the reason, in words.
    """
    if left_out:
        message = f"{name}: left out, {why}: {', '.join(left_out)}."
        warnings.warn(message, InputWarning, stacklevel=3)


def _millivolts_per_value(lead: StoredLead, name: str) -> float:
    factor = millivolts_per_unit(lead.unit)
    if factor is None:
        raise InputError(
            "bad_unit",
            f"{name}: Expected lead {lead.name} in uV, mV or V. Received '{lead.unit[:40]}'.",
        )
    if not (lead.per_value != 0 and np.isfinite(lead.per_value)):
        raise InputError(
            "damaged", f"{name}: Expected a step of lead {lead.name}. Received {lead.per_value}."
        )
    return lead.per_value * factor
