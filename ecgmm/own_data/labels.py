"""What the table says of each file, and everything that is wrong in it."""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ecgmm.labels import RHYTHM_CLASS_OF_CINC2017_LABEL, RHYTHM_CLASSES, aami_class
from ecgmm.own_data.table import Fault, Row, read_table

FOLDERS = ("signals", "images")
WFDB_SUFFIXES = frozenset({".hea", ".dat", ".atr", ".mat"})
"""Files of a WFDB record, which the table names by one of them or by their stem."""

_RHYTHMS = {name: name for name in RHYTHM_CLASSES} | RHYTHM_CLASS_OF_CINC2017_LABEL
_UNITS = ("", "uV", "mV", "V")


@dataclass(frozen=True)
class Vocabulary:
    """Which labels a table may use beside ours.

    Attributes:
        classes: what each other label means in ours: `{"PVC": "V", "fibrillation": "af"}`.
        new_classes: labels of whole recordings that a head of their own is to learn.
    """

    classes: Mapping[str, str] = field(default_factory=dict)
    new_classes: tuple[str, ...] = ()

    def rhythm(self, label: str) -> str | None:
        """The rhythm class that a label means, if it does."""
        return _RHYTHMS.get(self.classes.get(label, label))

    def symbol(self, label: str) -> str | None:
        """The beat symbol that a label means, if it does."""
        symbol = self.classes.get(label, label)
        return None if aami_class(symbol) is None else symbol


@dataclass(frozen=True)
class LabelledFile:
    """One file of the folder with what its rows say.

    Attributes:
        name: as the table has it.
        path: where it is.
        line: the first row of it in the table.
        patient: who it is from; no patient is ever on both sides of a split.
        rhythm_class: one of `labels.RHYTHM_CLASSES`, or `""` where it is not labelled.
        new_class: one of `Vocabulary.new_classes`, or `""`.
        beats: `(time_s, symbol)` of each labelled beat, in time order.
        unit: of the file, where the table states it.
        sampling_rate_hz: of the file, where the table states it.
    """

    name: str
    path: Path
    line: int
    patient: str
    rhythm_class: str
    new_class: str
    beats: tuple[tuple[float, str], ...]
    unit: str | None = None
    sampling_rate_hz: float | None = None


def read_labels(
    folder: Path, vocabulary: Vocabulary | None = None
) -> tuple[list[LabelledFile], list[Fault]]:
    """Read `labels.csv`: `file,patient,label`, a row a recording, or with `time_s` a row a beat.

    A label is one of ours (`normal`, `af`, `other`, `noise`; for beats PhysioNet's symbols), or
    one that the vocabulary knows.

    Args:
        folder: holds the table; files are named relative to it.
        vocabulary: which other labels there are.

    Returns:
        The files whose rows are all sound, and every fault of the table, in its order.

    Raises:
        InputError: `no_labels` when there is no table, or it lacks a column.
    """
    vocabulary = vocabulary or Vocabulary()
    rows, faults = read_table(folder)
    rows_of: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        rows_of[row["file"]].append(row)
    files = []
    for name, of_file in rows_of.items():
        found = list(_faults(folder, name, of_file, vocabulary))
        faults += found
        if not found:
            files.append(_labelled_file(folder, name, of_file, vocabulary))
    faults += _unlisted(folder, rows_of)
    return files, sorted(faults, key=lambda fault: math.inf if fault.line is None else fault.line)


def _faults(
    folder: Path, name: str, rows: Sequence[Row], vocabulary: Vocabulary
) -> Iterator[Fault]:
    """Everything that is wrong in the rows of one file."""
    first = rows[0]
    yield from _file_faults(folder, name, first.line)
    patients = list(dict.fromkeys(row["patient"] for row in rows))
    if len(patients) > 1:
        listed = ", ".join(f"'{patient}'" for patient in patients)
        yield Fault(f"Expected one patient. Received {listed}.", first.line, name)
    for row in rows:
        if not row["patient"]:
            yield Fault("Expected a patient. Received nothing.", row.line, name)
        yield from _statement_faults(row, name)
    if any(row["time_s"] for row in rows):
        seen: dict[float, int] = {}
        for row in rows:
            yield from _beat_faults(row, name, vocabulary, seen)
        return
    if len(rows) > 1:
        lines = ", ".join(str(row.line) for row in rows)
        yield Fault(f"is labelled more than once, in lines {lines}.", first.line, name)
    if vocabulary.rhythm(first["label"]) is None and first["label"] not in vocabulary.new_classes:
        expected = ", ".join((*RHYTHM_CLASSES, *vocabulary.classes, *vocabulary.new_classes))
        yield Fault(
            f"Expected a label among {expected}. Received '{first['label']}'. Names of your own "
            "go into [classes] of the configuration.",
            first.line,
            name,
        )


def _file_faults(folder: Path, name: str, line: int) -> Iterator[Fault]:
    path = folder / name
    root = os.path.realpath(folder)
    if not name:
        yield Fault("Expected a file. Received nothing.", line)
    elif "\0" in name or os.path.commonpath((root, os.path.realpath(path))) != root:
        yield Fault("is not in the folder.", line, name)
    elif not path.exists() and not path.with_name(path.name + ".hea").is_file():
        yield Fault("does not exist.", line, name)


def _statement_faults(row: Row, name: str) -> Iterator[Fault]:
    if row["unit"] not in _UNITS:
        yield Fault(f"Expected a unit of uV, mV or V. Received '{row['unit']}'.", row.line, name)
    rate = row["sampling_rate_hz"]
    if rate and not 0 < _number(rate) < math.inf:
        yield Fault(f"Expected a sampling rate in Hz. Received '{rate}'.", row.line, name)


def _beat_faults(
    row: Row, name: str, vocabulary: Vocabulary, seen: dict[float, int]
) -> Iterator[Fault]:
    time_s = _number(row["time_s"])
    if not 0 <= time_s < math.inf:
        yield Fault(f"Expected a time in seconds. Received '{row['time_s']}'.", row.line, name)
    elif seen.setdefault(time_s, row.line) != row.line:
        yield Fault(f"Two beats at {time_s:g} s, in lines {seen[time_s]} and {row.line}.", row.line)
    if vocabulary.symbol(row["label"]) is None:
        yield Fault(
            f"Expected a beat such as N, S or V. Received '{row['label']}'. Names of your own go "
            "into [classes] of the configuration.",
            row.line,
            name,
        )


def _labelled_file(
    folder: Path, name: str, rows: Sequence[Row], vocabulary: Vocabulary
) -> LabelledFile:
    first = rows[0]
    has_beats = bool(first["time_s"])
    beats = ((float(row["time_s"]), vocabulary.symbol(row["label"]) or "") for row in rows)
    return LabelledFile(
        name=name,
        path=folder / name,
        line=first.line,
        patient=first["patient"],
        rhythm_class="" if has_beats else vocabulary.rhythm(first["label"]) or "",
        new_class=first["label"] if first["label"] in vocabulary.new_classes else "",
        beats=tuple(sorted(beats)) if has_beats else (),
        unit=first["unit"] or None,
        sampling_rate_hz=float(first["sampling_rate_hz"]) if first["sampling_rate_hz"] else None,
    )


def _unlisted(folder: Path, listed: Mapping[str, Sequence[Row]]) -> Iterator[Fault]:
    """Files in `signals/` and `images/` that no row names."""
    named = {PurePosixPath(name) for name in listed}
    stems = {path.with_suffix("") for path in named if path.name}
    for path in sorted(path for name in FOLDERS for path in (folder / name).glob("*")):
        name = PurePosixPath(path.relative_to(folder))
        is_named = name in named or (name.suffix in WFDB_SUFFIXES and name.with_suffix("") in stems)
        if path.is_file() and not path.name.startswith(".") and not is_named:
            yield Fault("has no label.", file=str(name))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
