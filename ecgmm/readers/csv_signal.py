"""Signals in text tables: MIT-BIH as on Kaggle, and plain columns with a header.

Sampling rate and unit are what the file states (comment lines, a time column, column names),
else what the caller states; a file about which neither says anything is refused. One layout
needs no statement, because its publisher fixed it: `'sample #','MLII','V5'` with raw counts of
the MIT-BIH Arrhythmia Database (360 Hz, 200 counts/mV, 11 bits, 0 mV at 1024;
https://physionet.org/physiobank/database/html/mitdbdir/intro.htm).
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np

from ecgmm.errors import InputError, InputWarning
from ecgmm.readers.csv_layout import CsvLayout, sniff_csv
from ecgmm.readers.csv_rate import stated_rate_hz
from ecgmm.readers.csv_table import Table, read_table
from ecgmm.readers.mitdb_annotations import read_mitdb_annotations
from ecgmm.readers.stored_leads import StoredLead, to_recording
from ecgmm.recording import Recording

MITDB_SAMPLING_RATE_HZ = 360.0
"""MIT-BIH Arrhythmia Database (Moody and Mark 2001)."""
MITDB_COUNTS_PER_MV = 200.0
"""11 bits over 10 mV."""
MITDB_ZERO_COUNT = 1024.0
"""The middle of 11 bits."""
MITDB_LARGEST_COUNT = 2047.0
"""Of 11 bits."""

_MITDB_FIRST_COLUMN = "sample #"
_UNIT_KEY = re.compile(r"^units?$")
_RATE_DISAGREEMENT = 0.01
"""A rate that was rounded contradicts nobody."""


def read_csv(
    path: Path, *, sampling_rate_hz: float | None = None, unit: str | None = None
) -> Recording:
    """Read a table of numbers as a recording, one column a lead.

    Delimiters are comma, semicolon and tab; decimal commas, quoted names, a byte order mark,
    a line of units and `# sampling_rate_hz: 500` lines above the header are understood.

    Args:
        path: a text file.
        sampling_rate_hz: for a file that does not state it.
        unit: of the columns that do not state it: uV, mV or V.

    Returns:
        The recording in millivolts, NaN where a value is missing.

    Raises:
        InputError: `missing_sampling_rate` or `missing_unit` when nobody says; another code
            when the file cannot be read.
    """
    layout = sniff_csv(path)
    if layout is None:
        raise InputError("unknown_format", f"{path.name}: Expected a table of numbers.")
    table = read_table(path, layout)
    counts_of_mitdb = unit is None and _holds_mitdb_counts(table, layout)
    rate_hz = _choose_rate(
        table.name,
        stated_rate_hz(table, layout.comments),
        sampling_rate_hz,
        MITDB_SAMPLING_RATE_HZ if counts_of_mitdb else None,
    )
    if counts_of_mitdb:
        beats = read_mitdb_annotations(path, len(table.values))
        return to_recording(_mitdb_leads(table), rate_hz, path.stem, beats)
    return to_recording(_leads(table, layout, unit), rate_hz, path.stem)


def _holds_mitdb_counts(table: Table, layout: CsvLayout) -> bool:
    """Whether this is MIT-BIH as on Kaggle: its header, and whole numbers of 11 bits."""
    states_units = any(lead.unit for lead in table.leads) or _common_unit(layout) is not None
    if layout.names[0].lower() != _MITDB_FIRST_COLUMN or states_units:
        return False
    counts = table.values[np.isfinite(table.values)]
    in_range = (counts >= 0) & (counts <= MITDB_LARGEST_COUNT)
    return bool((in_range & (counts == np.rint(counts))).all())


def _common_unit(layout: CsvLayout) -> str | None:
    """The unit that a comment line states for every lead."""
    return next((value for key, value in layout.comments.items() if _UNIT_KEY.match(key)), None)


def _choose_rate(
    name: str, stated_hz: float | None, given_hz: float | None, usual_hz: float | None
) -> float:
    """The file's statement before the caller's, and the layout's usual rate last."""
    if stated_hz and given_hz and abs(stated_hz - given_hz) > _RATE_DISAGREEMENT * stated_hz:
        warnings.warn(
            f"{name} states {stated_hz:g} Hz; the given {given_hz:g} Hz are not used.",
            InputWarning,
            stacklevel=3,
        )
    rate_hz = stated_hz or given_hz or usual_hz
    if rate_hz is None:
        raise InputError(
            "missing_sampling_rate",
            f"{name} does not state its sampling rate.",
            "sampling_rate_hz",
        )
    return rate_hz


def _mitdb_leads(table: Table) -> list[StoredLead]:
    return [
        StoredLead(lead.name, counts - MITDB_ZERO_COUNT, 1 / MITDB_COUNTS_PER_MV, "mV")
        for lead, counts in zip(table.leads, table.values.T, strict=True)
    ]


def _leads(table: Table, layout: CsvLayout, given_unit: str | None) -> list[StoredLead]:
    leads = []
    for lead, values in zip(table.leads, table.values.T, strict=True):
        unit = lead.unit or _common_unit(layout) or given_unit
        if unit is None:
            raise InputError(
                "missing_unit",
                f"{table.name} does not state the unit of column '{lead.name}'.",
                "unit",
            )
        leads.append(StoredLead(lead.name, values, 1.0, unit))
    return leads
