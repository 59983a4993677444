"""Arrays by name, as NumPy archives, MATLAB, HDF5 and JSON files hold them, made a recording.

The signal is one array (`signal_mv`, `ecg`, `val` and others, or the only one of numbers), its
shorter side being the leads; or an array a lead, each under the lead's name. Rate, unit and names
of leads may stand beside it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ecgmm.errors import InputError
from ecgmm.readers.csv_clock import Clock, grid_of
from ecgmm.readers.lead_names import is_standard
from ecgmm.readers.limits import MAX_LEADS
from ecgmm.readers.stored_leads import StoredLead, to_recording
from ecgmm.readers.units import is_no_unit
from ecgmm.recording import Recording

MAX_STATEMENT_BYTES = 65_536
"""A rate, a unit, the names of 64 leads."""
_SIGNAL_NAMES = ("signal_mv", "signal_uv", "signal", "ecg", "ekg", "val", "p_signal", "data")
_RATE_NAMES = (
    *("sampling_rate_hz", "sampling_rate", "sample_rate", "samplerate", "samplingrate"),
    *("sampling_frequency", "samplingfrequency", "fs", "fs_hz", "sfreq", "srate", "freq"),
)
_SECONDS_PER_UNIT_OF_TIME = {"time_s": 1.0, "time_ms": 1e-3, "time": None, "t": None, "ts": None}
"""Of arrays of times beside a signal, by their names; None where the name does not say."""
_SLOWEST_HZ = 20.0
"""Times without a unit that make less are in another than seconds."""
_UNIT_NAMES = ("unit", "units")
_LEAD_NAMES = ("lead_names", "leads", "sig_name", "channel_names", "labels")
_UNIT_OF_NAME = {"signal_mv": "mV", "ecg_mv": "mV", "signal_uv": "uV", "ecg_uv": "uV"}
_FEWEST_SAMPLES = 16
"""What is shorter states something and is no signal."""


def is_statement(name: str) -> bool:
    """Whether an array of this name says something about the signal, and is none."""
    return name.lower() in (*_RATE_NAMES, *_UNIT_NAMES, *_LEAD_NAMES)


def recording_of_arrays(
    arrays: Mapping[str, NDArray[np.generic]],
    name: str,
    *,
    sampling_rate_hz: float | None = None,
    unit: str | None = None,
) -> Recording:
    """The signal among some arrays, in millivolts.

    Args:
        arrays: by their names in the file.
        name: of the file.
        sampling_rate_hz: of a file that does not state it.
        unit: of a file that does not state it: uV, mV or V.

    Raises:
        InputError: `no_ecg`, `missing_sampling_rate`, `missing_unit`, `bad_sampling_rate` or
            `damaged`; or as `stored_leads.to_recording` does.
    """
    folded = {key.lower(): array for key, array in arrays.items()}
    rate_hz = _rate_hz(folded, name) or _rate_of_times_hz(folded) or sampling_rate_hz
    signals = {key: array for key, array in arrays.items() if _may_be_signal(key, array)}
    leads = _single_leads(signals) or _leads_of_one(signals, folded, arrays, name)
    text = _text(folded, _UNIT_NAMES)
    stated = _UNIT_OF_NAME.get(_name_of_one(signals).lower()) or text
    stated_unit = unit if is_no_unit(stated) else stated
    if rate_hz is None:
        raise InputError(
            "missing_sampling_rate", f"{name} does not state its sampling rate.", "sampling_rate_hz"
        )
    if not stated_unit:
        raise InputError("missing_unit", f"{name} does not state its unit.", "unit")
    stored = [StoredLead(lead, values, 1.0, stated_unit) for lead, values in leads.items()]
    return to_recording(stored, rate_hz, name.rpartition(".")[0] or name)


def _may_be_signal(key: str, array: NDArray[np.generic]) -> bool:
    is_numeric = array.dtype.kind in "fiu" and array.ndim in (1, 2)
    is_time = key.lower() in _SECONDS_PER_UNIT_OF_TIME
    return is_numeric and array.size >= _FEWEST_SAMPLES and not (is_statement(key) or is_time)


def _single_leads(signals: Mapping[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
    """The arrays that are named as leads are, when there are such, all of one length."""
    named = {
        key: array.ravel()
        for key, array in signals.items()
        if is_standard(key) and max(array.shape) == array.size
    }
    same_length = len({len(values) for values in named.values()}) == 1
    return named if same_length and len(named) <= MAX_LEADS else {}


def _name_of_one(signals: Mapping[str, NDArray[np.generic]]) -> str:
    """Of the arrays that may be the signal, the one that is; empty where that is not clear."""
    folded = {key.lower(): key for key in signals}
    known = next((folded[name] for name in _SIGNAL_NAMES if name in folded), None)
    known = known or next((folded[name] for name in _UNIT_OF_NAME if name in folded), None)
    if known is None and len(signals) == 1:
        known = next(iter(signals))
    return known or ""


def _leads_of_one(
    signals: Mapping[str, NDArray[np.generic]],
    folded: Mapping[str, NDArray[np.generic]],
    arrays: Mapping[str, NDArray[np.generic]],
    name: str,
) -> dict[str, NDArray[np.generic]]:
    """The leads of the one array that is the signal."""
    key = _name_of_one(signals)
    if not key:
        raise InputError(
            "no_ecg",
            f"{name}: Expected an array signal_mv or signal_uv. "
            f"Received {', '.join(sorted(arrays)[:MAX_LEADS]) or 'none'}.",
        )
    signal = signals[key] if signals[key].ndim == 2 else signals[key][:, np.newaxis]
    upright = signal if signal.shape[0] >= signal.shape[1] else signal.T
    count = upright.shape[1]
    if not 1 <= count <= MAX_LEADS:
        raise InputError(
            "damaged", f"{name}: Expected 1 to {MAX_LEADS} leads. Received {signal.shape}."
        )
    names = _lead_names(folded, count, name)
    return dict(zip(names, upright.T, strict=True))


def _rate_hz(folded: Mapping[str, NDArray[np.generic]], name: str) -> float | None:
    stated = next((folded[key] for key in _RATE_NAMES if key in folded), None)
    if stated is None:
        return None
    if stated.size != 1 or stated.dtype.kind not in "fiu":
        raise InputError("bad_sampling_rate", f"{name}: its sampling rate is no number.")
    rate_hz = float(stated.reshape(-1)[0])
    return rate_hz if np.isfinite(rate_hz) and rate_hz != 0 else None


def _rate_of_times_hz(folded: Mapping[str, NDArray[np.generic]]) -> float | None:
    """What an array of steady times without gaps says; None without one."""
    for name, unit_s in _SECONDS_PER_UNIT_OF_TIME.items():
        times = folded.get(name, np.empty(0))
        if times.size < _FEWEST_SAMPLES or times.dtype.kind not in "fiu":
            continue
        grid = grid_of(Clock(name, times.ravel().astype(np.float64), unit_s, is_counter=False))
        if grid is not None and int(grid.places[-1]) + 1 == times.size:
            rate_hz = float(f"{1.0 / (grid.step * (unit_s or 1.0)):.6g}")
            return rate_hz if unit_s or rate_hz >= _SLOWEST_HZ else None
    return None


def _text(folded: Mapping[str, NDArray[np.generic]], names: tuple[str, ...]) -> str:
    stated = next((folded[key] for key in names if key in folded), None)
    return str(stated.reshape(-1)[0]).strip() if stated is not None and stated.size == 1 else ""


def _lead_names(
    folded: Mapping[str, NDArray[np.generic]], leads: int, name: str
) -> tuple[str, ...]:
    stated = next((folded[key] for key in _LEAD_NAMES if key in folded), None)
    if stated is None:
        return tuple(f"lead {lead + 1}" for lead in range(leads))
    names = tuple(str(lead).strip() for lead in stated.reshape(-1))
    if len(set(names)) != leads:
        raise InputError("damaged", f"{name}: {leads} leads, but {len(names)} names.")
    return names
