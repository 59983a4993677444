"""Recordings with marked waves: LUDB and the hand-marked beats of the QT Database.

LUDB: Kalyakulina et al., IEEE Access 8:186181, 2020; every lead marked by itself. QTDB: Laguna
et al., Computers in Cardiology 24:673, 1997; one mark for both leads, and no onset of T.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ecgmm.errors import InputError
from ecgmm.leads import LEADS
from ecgmm.measure.waves import Wave, WaveName
from ecgmm.recording import Recording

_LUDB, _QTDB = "ludb*.zip", "qtdb*.zip"
_QTDB_EXTENSIONS = ("marks", "q1c")
_WAVE_OF_SYMBOL: dict[str, WaveName] = {"p": "P", "N": "QRS", "t": "T"}
_BOTH_CASES = {lead.lower(): lead for lead in LEADS}


@dataclass(frozen=True)
class MarkedRecord:
    """A recording and the waves that were marked in it.

    Attributes:
        recording: the signal.
        database: `"ludb"` or `"qtdb"`.
        waves: of each lead, in time order.
        diagnoses: what the header says of the patient, in its words.
    """

    recording: Recording
    database: str
    waves: Mapping[str, tuple[Wave, ...]]
    diagnoses: tuple[str, ...] = ()


def load_marked_records(archive_dir: Path) -> list[MarkedRecord]:
    """Every record of LUDB and of QTDB that the archives in a folder hold.

    Args:
        archive_dir: holds `ludb*.zip`, `qtdb*.zip` or both, as published or a part of them.

    Raises:
        InputError: `no_archive` when there is neither.
    """
    archives = [*sorted(archive_dir.glob(_LUDB)), *sorted(archive_dir.glob(_QTDB))]
    if not archives:
        raise InputError(
            "no_archive",
            f"{archive_dir}: expected an archive named {_LUDB} or {_QTDB}. Received none; they "
            "are at physionet.org/content/ludb and physionet.org/content/qtdb.",
        )
    return [record for archive in archives for record in _records_of(archive)]


def _records_of(archive: Path) -> Iterator[MarkedRecord]:
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(archive) as content:
            content.extractall(folder)
        headers = sorted(Path(folder).rglob("*.hea"), key=_by_number)
        for header in headers:
            record = _record(header.with_suffix(""), archive.name[:4])
            if any(record.waves.values()):
                yield record


def _by_number(path: Path) -> tuple[int, str]:
    digits = re.sub(r"\D", "", path.stem)
    return int(digits or 0), path.stem


def _record(stem: Path, database: str) -> MarkedRecord:
    import wfdb

    stored = wfdb.rdrecord(str(stem))
    names = tuple(_BOTH_CASES.get(name.lower(), name) for name in stored.sig_name)
    if database == "ludb":
        waves = {
            name: _waves(stem, extension, stored.fs)
            for name, extension in zip(names, stored.sig_name, strict=True)
        }
    else:
        marked = next(e for e in _QTDB_EXTENSIONS if stem.with_suffix(f".{e}").exists())
        waves = dict.fromkeys(names, _waves(stem, marked, stored.fs))
    return MarkedRecord(
        Recording(
            stored.p_signal.astype(np.float32), float(stored.fs), names, f"{database}/{stem.name}"
        ),
        database,
        waves,
        tuple(stored.comments),
    )


def _waves(stem: Path, extension: str, rate_hz: float) -> tuple[Wave, ...]:
    import wfdb

    marks = wfdb.rdann(str(stem), extension)
    return tuple(waves_of_marks(marks.symbol, (marks.sample / rate_hz).tolist()))


def waves_of_marks(symbols: Sequence[str], times_s: Sequence[float]) -> Iterator[Wave]:
    """The waves in a list of PhysioNet's wave marks: `(` before and `)` after each peak.

    Args:
        symbols: `(`, `)`, `p`, `N`, `t`, `u`; what is neither P, QRS nor T is passed over.
        times_s: where each lies.
    """
    for place, symbol in enumerate(symbols):
        if symbol in _WAVE_OF_SYMBOL:
            begun = place > 0 and symbols[place - 1] == "("
            ended = place + 1 < len(symbols) and symbols[place + 1] == ")"
            yield Wave(
                _WAVE_OF_SYMBOL[symbol],
                times_s[place - 1] if begun else None,
                times_s[place],
                times_s[place + 1] if ended else None,
            )
