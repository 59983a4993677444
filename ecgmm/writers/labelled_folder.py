"""A corrected recording as one more of a labelled folder, as `ecgmm train --data` reads it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from ecgmm.analysis.reading import Reading
from ecgmm.own_data.table import LABELS_NAME, OPTIONAL, REQUIRED, read_table
from ecgmm.recording import Recording
from ecgmm.writers.output_folder import OutputFolder
from ecgmm.writers.recording_wfdb import wfdb_files

SIGNALS = "signals"


def add_to_folder(
    folder: Path, name: str, patient: str, recording: Recording, reading: Reading
) -> None:
    """Write a recording and its beats into a labelled folder; one of that name is replaced.

    Args:
        folder: made where it is not there.
        name: of the record: letters, digits, `_` and `-`.
        patient: who it is from; no patient is both learned from and tested on.
        recording: as a WFDB record in `signals/`.
        reading: its beats, a row of `labels.csv` each.

    Raises:
        InputError: where the folder holds another kind of table, or cannot be written.
    """
    listed = f"{SIGNALS}/{name}.hea"
    rows = []
    if (folder / LABELS_NAME).is_file():
        rows = [row.fields for row in read_table(folder)[0] if row["file"] != listed]
    rows += [
        {
            "file": listed,
            "patient": patient,
            "time_s": f"{beat.time_s:.3f}",
            "label": beat.label,
        }
        for beat in reading.beats
    ]
    out = OutputFolder(folder)
    files = wfdb_files(recording, name)
    for file_name in sorted(files, key=lambda file_name: file_name.endswith(".hea")):
        out.write(f"{SIGNALS}/{file_name}", files[file_name])
    out.write(LABELS_NAME, _table(rows))


def _table(rows: list[dict[str, str]]) -> bytes:
    known = [name for name in OPTIONAL if any(name in row for row in rows)]
    text = io.StringIO()
    table = csv.DictWriter(
        text, [*REQUIRED, *known], restval="", extrasaction="ignore", lineterminator="\n"
    )
    table.writeheader()
    table.writerows(rows)
    return text.getvalue().encode()
