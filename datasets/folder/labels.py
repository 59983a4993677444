"""The table of labels in a folder of recordings, and everything that is wrong in it."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ecgmm.errors import InputError
from ecgmm.labels import RHYTHM_CLASS_OF_CINC2017_LABEL, RHYTHM_CLASSES, aami_class

LABELS_NAME = "labels.csv"
CLASSES_NAME = "classes.csv"
MAX_TABLE_BYTES = 200_000_000
_FILE, _PATIENT, _LABEL, _TIME = "file", "patient", "label", "time_s"
_RHYTHMS = {name: name for name in RHYTHM_CLASSES} | RHYTHM_CLASS_OF_CINC2017_LABEL

Row = dict[str, str]


@dataclass(frozen=True)
class LabelledFile:
    """One file of the folder with what its rows say.

    Attributes:
        name: as the table has it.
        path: where it is.
        patient: who it is from; no patient is ever on both sides of a split.
        rhythm_class: one of `labels.RHYTHM_CLASSES`, or `""` where beats are labelled.
        beats: `(time_s, symbol)` of each labelled beat, in time order.
    """

    name: str
    path: Path
    patient: str
    rhythm_class: str
    beats: tuple[tuple[float, str], ...]


def read_labels(folder: Path) -> tuple[list[LabelledFile], list[str]]:
    """Read `labels.csv`: `file,patient,label`, a row a recording, or with `time_s` a row a beat.

    Labels are our own (`normal`, `af`, `other`, `noise`; for beats PhysioNet's symbols) or those
    that `classes.csv` (`label,class`) translates into ours.

    Args:
        folder: holds the table; files are named relative to it.

    Returns:
        The files whose rows are sound, and a line for each that is not.

    Raises:
        InputError: `no_labels` when there is no table, or it lacks a column.
    """
    rows = _read_table(folder / LABELS_NAME, (_FILE, _PATIENT, _LABEL))
    classes = _read_classes(folder / CLASSES_NAME)
    rows_of_file: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    for line, row in enumerate(rows, 2):
        rows_of_file[row[_FILE]].append((line, row))
    files, faults = [], []
    for name, numbered in rows_of_file.items():
        try:
            files.append(_labelled_file(folder, name, numbered, classes))
        except InputError as error:
            faults.append(error.message)
    return files, faults


def _read_table(path: Path, columns: Sequence[str]) -> list[Row]:
    if not path.is_file():
        raise InputError(
            "no_labels", f"{path}: no such table; its columns are {', '.join(columns)}."
        )
    if path.stat().st_size > MAX_TABLE_BYTES:
        raise InputError("too_large", f"{path}: more than {MAX_TABLE_BYTES} bytes.")
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        table = csv.DictReader(file, skipinitialspace=True)
        missing = sorted(set(columns) - {(name or "").strip() for name in table.fieldnames or ()})
        if missing:
            raise InputError("no_labels", f"{path}: has no column {', '.join(missing)}.")
        return [
            {(key or "").strip(): (value or "").strip() for key, value in row.items() if key}
            for row in table
        ]


def _read_classes(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    return {row["label"]: row["class"] for row in _read_table(path, ("label", "class"))}


def _labelled_file(
    folder: Path, name: str, numbered: list[tuple[int, Row]], classes: dict[str, str]
) -> LabelledFile:
    first_line, first = numbered[0]
    where = f"{LABELS_NAME}, line {first_line} ({name or 'no file'})"
    patients = {row[_PATIENT] for _, row in numbered}
    if patients == {""} or len(patients) > 1:
        raise InputError(
            "bad_label", f"{where}: Expected one patient. Received {_listed(patients)}."
        )
    path = _path_inside(folder, name, where)
    translated = [(line, row, classes.get(row[_LABEL], row[_LABEL])) for line, row in numbered]
    if first.get(_TIME):
        beats = tuple(sorted(_beat(line, row, label) for line, row, label in translated))
        return LabelledFile(name, path, first[_PATIENT], "", beats)
    if len(numbered) > 1:
        lines = ", ".join(str(line) for line, _ in numbered)
        raise InputError("bad_label", f"{where}: is labelled more than once, in lines {lines}.")
    rhythm = _RHYTHMS.get(translated[0][2])
    if rhythm is None:
        raise InputError(
            "bad_label",
            f"{where}: Expected a label among {', '.join(RHYTHM_CLASSES)}, or one that "
            f"{CLASSES_NAME} translates. Received '{first[_LABEL]}'.",
        )
    return LabelledFile(name, path, first[_PATIENT], rhythm, ())


def _beat(line: int, row: Row, symbol: str) -> tuple[float, str]:
    try:
        time_s = float(row.get(_TIME, ""))
    except ValueError:
        time_s = -1.0
    if not 0 <= time_s < float("inf"):
        raise InputError(
            "bad_label",
            f"{LABELS_NAME}, line {line}: Expected a time in seconds. "
            f"Received '{row.get(_TIME, '')}'.",
        )
    if aami_class(symbol) is None:
        raise InputError(
            "bad_label",
            f"{LABELS_NAME}, line {line}: Expected a beat such as N, S or V, or one that "
            f"{CLASSES_NAME} translates. Received '{symbol}'.",
        )
    return time_s, symbol


def _path_inside(folder: Path, name: str, where: str) -> Path:
    path = folder / name
    root = os.path.realpath(folder)
    inside = os.path.commonpath((root, os.path.realpath(path))) == root
    if not name or "\0" in name or not inside:
        raise InputError("unsafe_path", f"{where}: is not in the folder.")
    return path


def _listed(patients: set[str]) -> str:
    return ", ".join(f"'{patient}'" for patient in sorted(patients))
