"""A recording as the files that a user asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ecgmm.errors import InputError
from ecgmm.writers.output_folder import OutputFolder

if TYPE_CHECKING:
    from ecgmm.recording import Recording

SUFFIXES = (".hea", ".edf", ".dcm", ".csv")
OUTPUT_HELP = "ends in .hea (WFDB; the .dat and .atr go beside it), .edf, .dcm (DICOM) or .csv"


def check_output(output: Path) -> None:
    """See early that the name says a format.

    Raises:
        InputError: `bad_output` if it does not.
    """
    if output.suffix.lower() not in SUFFIXES:
        raise InputError(
            "bad_output", f"Expected OUT to end in .hea, .edf, .dcm or .csv. Received '{output}'."
        )


def write_recording(recording: Recording, output: Path) -> None:
    """Write a recording in the format that the name says, the file of that name last.

    Raises:
        InputError: if it cannot be stored so, or not there.
    """
    files = _files(recording, output)
    folder = OutputFolder(output.parent)
    for name, content in files.items():
        folder.write(name, content)


def _files(recording: Recording, output: Path) -> dict[str, bytes]:
    from ecgmm.writers.recording_csv import csv_file
    from ecgmm.writers.recording_dicom import dicom_file
    from ecgmm.writers.recording_edf import edf_file
    from ecgmm.writers.recording_wfdb import wfdb_files

    match output.suffix.lower():
        case ".hea":
            files = wfdb_files(recording, output.stem)
            return dict(sorted(files.items(), key=lambda file: file[0].endswith(".hea")))
        case ".edf":
            return {output.name: edf_file(recording)}
        case ".dcm":
            return {output.name: dicom_file(recording)}
        case _:
            return {output.name: csv_file(recording)}
