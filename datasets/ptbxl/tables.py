"""What PTB-XL's tables say of each record."""

import ast
import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ecgmm.conditions import CODE_OF_CINC2020_DIAGNOSIS, condition_code

DATABASE = "ptbxl_database.csv"
STATEMENTS = "scp_statements.csv"
LABELS = "labels.csv"

_SEX_OF_NUMBER = {"0": "Male", "1": "Female"}


@dataclass(frozen=True)
class Entry:
    """One record as the tables know it.

    Attributes:
        ecg_id: the publisher's number.
        patient: identity of the person.
        fold: the publisher's part, 1 to 10.
        conditions: codes of superclasses, subclasses, forms, rhythms and single statements.
        age_years: NaN where unknown; the publisher writes 300 for everybody above 89.
        sex: `"Male"`, `"Female"` or `""`.
    """

    ecg_id: int
    patient: str
    fold: int
    conditions: frozenset[str]
    age_years: float
    sex: str


def entries_of_database(database: str, statements: str) -> Iterator[Entry]:
    """Records as `ptbxl_database.csv` lists them.

    A record has every statement that is named in its `scp_codes`, however likely, as the
    publisher counts them: with its class and subclass where it is a diagnosis.

    Args:
        database: content of `ptbxl_database.csv`.
        statements: content of `scp_statements.csv`.

    Raises:
        ValueError, KeyError, SyntaxError: if a table is not what the publisher's is.
    """
    codes = {row[""]: _codes_of(row) for row in csv.DictReader(statements.splitlines())}
    for row in csv.DictReader(database.splitlines()):
        named = ast.literal_eval(row["scp_codes"])
        sex = _SEX_OF_NUMBER.get(row["sex"].split(".")[0], "")
        yield _entry(row, frozenset().union(*(codes[name] for name in named)), sex)


def entries_of_labels(labels: str) -> Iterator[Entry]:
    """Records as `labels.csv` lists them, one column of zeros and ones a label.

    Statements that it has no column for are taken from the diagnoses of the
    PhysioNet/CinC Challenge 2020.

    Args:
        labels: content of `labels.csv`.

    Raises:
        ValueError, KeyError: if the table has other columns.
    """
    for row in csv.DictReader(labels.splitlines()):
        levels = (name.partition(":") for name, value in row.items() if value in ("1", "1.0"))
        codes = {condition_code(code, level) for level, colon, code in levels if colon}
        diagnoses = row["cinc2020_diagnosis"].split(";")
        codes |= {
            CODE_OF_CINC2020_DIAGNOSIS[d] for d in diagnoses if d in CODE_OF_CINC2020_DIAGNOSIS
        }
        yield _entry(row, frozenset(codes), row["sex"])


def _codes_of(statement: Mapping[str, str]) -> frozenset[str]:
    """What a record has that has this statement."""
    codes = {condition_code(statement[""], "statement")}
    if statement["diagnostic"]:
        codes.add(condition_code(statement["diagnostic_class"], "super_class"))
        codes.add(condition_code(statement["diagnostic_subclass"], "sub_class"))
    return frozenset(codes)


def _entry(row: Mapping[str, Any], conditions: frozenset[str], sex: str) -> Entry:
    return Entry(
        ecg_id=int(float(row["ecg_id"])),
        patient=str(int(float(row["patient_id"]))),
        fold=int(float(row["strat_fold"])),
        conditions=conditions,
        age_years=float(row["age"] or "nan"),
        sex=sex,
    )
