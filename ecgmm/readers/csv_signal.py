"""Signals in text tables: MIT-BIH as on Kaggle, and plain columns with a header.

Sampling rate and unit are what the file states (comment lines, a time column, column names),
else what the caller states; a file about which neither says anything is refused. One layout
needs no statement, because its publisher fixed it: `'sample #','MLII','V5'` with raw counts of
the MIT-BIH Arrhythmia Database (360 Hz, 200 counts/mV, 11 bits, 0 mV at 1024;
https://physionet.org/physiobank/database/html/mitdbdir/intro.htm).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from ecgmm.errors import InputError
from ecgmm.readers.csv_layout import CsvLayout, sniff_csv
from ecgmm.readers.csv_rate import choose_rate_hz, on_grid
from ecgmm.readers.csv_statements import stated_unit
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
    if unit is None and _holds_mitdb_counts(table, layout):
        rate_hz = choose_rate_hz(table, layout.comments, sampling_rate_hz, MITDB_SAMPLING_RATE_HZ)
        table = replace(table, values=on_grid(table, rate_hz))
        beats = read_mitdb_annotations(path, len(table.values))
        return to_recording(_mitdb_leads(table), rate_hz, path.stem, beats)
    return recording_of_table(
        table, layout.comments, path.stem, sampling_rate_hz=sampling_rate_hz, unit=unit
    )


def recording_of_table(
    table: Table,
    statements: dict[str, str],
    name: str,
    *,
    sampling_rate_hz: float | None,
    unit: str | None,
) -> Recording:
    """The leads of a table on a steady clock, in millivolts.

    Args:
        table: its numbers.
        statements: what the file says beside them, keys in lower case with underscores.
        name: what a report calls the recording.
        sampling_rate_hz: of a file that does not state it.
        unit: of columns that do not state it: uV, mV or V.

    Raises:
        InputError: as `read_csv` does.
    """
    rate_hz = choose_rate_hz(table, statements, sampling_rate_hz, None)
    on_clock = replace(table, values=on_grid(table, rate_hz))
    return to_recording(_leads(on_clock, stated_unit(statements) or unit), rate_hz, name)


def _holds_mitdb_counts(table: Table, layout: CsvLayout) -> bool:
    """Whether this is MIT-BIH as on Kaggle: its header, and whole numbers of 11 bits."""
    states_units = (
        any(lead.unit for lead in table.leads) or stated_unit(layout.comments) is not None
    )
    if layout.names[0].lower() != _MITDB_FIRST_COLUMN or states_units:
        return False
    counts = table.values[np.isfinite(table.values)]
    in_range = (counts >= 0) & (counts <= MITDB_LARGEST_COUNT)
    return bool((in_range & (counts == np.rint(counts))).all())


def _mitdb_leads(table: Table) -> list[StoredLead]:
    return [
        StoredLead(lead.name, counts - MITDB_ZERO_COUNT, 1 / MITDB_COUNTS_PER_MV, "mV")
        for lead, counts in zip(table.leads, table.values.T, strict=True)
    ]


def _leads(table: Table, common_unit: str | None) -> list[StoredLead]:
    leads = []
    for lead, values in zip(table.leads, table.values.T, strict=True):
        unit = lead.unit or common_unit
        if unit is None:
            raise InputError(
                "missing_unit",
                f"{table.name} does not state the unit of column '{lead.name}'.",
                "unit",
            )
        leads.append(StoredLead(lead.name, values, 1.0, unit))
    return leads
