"""BIOPAC AcqKnowledge files (`.acq`), read with bioread in a process of its own."""

from __future__ import annotations

import re
import struct
from pathlib import Path

from ecgmm.errors import InputError
from ecgmm.readers.acq_channels import NAMES, RATES_HZ, UNITS
from ecgmm.readers.array_process import read_in_process
from ecgmm.readers.lead_names import is_standard
from ecgmm.readers.optional_library import import_library
from ecgmm.readers.other_signals import is_other_signal
from ecgmm.readers.stored_leads import StoredLead, to_recording, warn_left_out
from ecgmm.readers.units import millivolts_per_unit
from ecgmm.recording import Recording

_HEAD = struct.Struct("<hiih")
_ECG = re.compile(r"(?<![a-z])e[ck]g", re.IGNORECASE)


def is_acq(head: bytes) -> bool:
    """Whether a file begins as AcqKnowledge has it: two bytes, a version, a length, channels.

    Versions 30 to 132 have been seen, in either order of bytes (https://github.com/uwmadison-chm/bioread).
    """
    return len(head) >= _HEAD.size and any(
        _is_head(*struct.unpack_from(f"{order}hiih", head)) for order in ("<", ">")
    )


def _is_head(item_length: int, version: int, header_length: int, channels: int) -> bool:
    is_known = 0 <= item_length <= 2000 and 30 <= version <= 140
    return is_known and 100 <= header_length <= 50_000 and 1 <= channels <= 64


def read_acq(path: Path) -> Recording:
    """Read the ECG channels of an AcqKnowledge file.

    Channels in volts that are named as ECG are read; where none is, all in volts that are not
    named as another signal. Others are left out with an `InputWarning`, as are those slower than
    the fastest one.

    Args:
        path: an AcqKnowledge file of Windows or Mac, compressed or not.

    Raises:
        InputError: when it cannot be read; the message says why.
    """
    import_library("bioread", "BIOPAC files (.acq)", extra="biopac")
    stored = read_in_process("ecgmm.readers.acq_channels", path, "AcqKnowledge")
    names = [str(name).strip() for name in stored[NAMES]]
    units = [str(unit).strip() for unit in stored[UNITS]]
    rates_hz = stored[RATES_HZ].tolist()
    chosen = _ecg_channels(names, units)
    if not chosen:
        found = ", ".join(f"{name} ({unit})" for name, unit in zip(names, units, strict=True))
        raise InputError("no_ecg", f"{path.name}: Expected an ECG in volts. Received {found}.")
    fastest_hz = max(rates_hz[channel] for channel in chosen)
    kept = [channel for channel in chosen if rates_hz[channel] == fastest_hz]
    others = [name for channel, name in enumerate(names) if channel not in chosen]
    slower = [names[channel] for channel in chosen if channel not in kept]
    warn_left_out(path.name, others, "no ECG in volts")
    warn_left_out(path.name, slower, f"slower than {fastest_hz:g} Hz")
    leads = [StoredLead(names[c], stored[str(c)], 1.0, units[c]) for c in kept]
    return to_recording(leads, fastest_hz, path.stem)


def _ecg_channels(names: list[str], units: list[str]) -> list[int]:
    in_volts = [n for n, unit in enumerate(units) if millivolts_per_unit(unit) is not None]
    named = [n for n in in_volts if is_standard(names[n]) or _ECG.search(names[n])]
    return named or [n for n in in_volts if not is_other_signal(names[n])]
