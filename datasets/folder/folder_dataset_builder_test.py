"""A folder of recordings becomes a data set; what is wrong in it is said, all of it, by line."""

from pathlib import Path

import numpy as np
import pytest

from datasets import build
from datasets.folder.labels import read_labels
from ecgmm.errors import InputError
from ecgmm.pipeline.records import load_recordings, to_grid
from ecgmm.simulator import simulate
from ecgmm.writers.recording_csv import csv_file
from ecgmm.writers.recording_edf import edf_file

HEADER = "file,patient,label\n"
BEAT_HEADER = "file,patient,time_s,label\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two recordings without labels."""
    (tmp_path / "own" / "signals").mkdir(parents=True)
    for name, seed, write in (("a.csv", 1, csv_file), ("b.edf", 2, edf_file)):
        recording = simulate("NV", duration_s=12.0, sampling_rate_hz=250, seed=seed)
        (tmp_path / "own" / "signals" / name).write_bytes(write(recording))
    return tmp_path / "own"


def faults_of(folder: Path, table: str, classes: str = "") -> list[str]:
    (folder / "labels.csv").write_text(table)
    if classes:
        (folder / "classes.csv").write_text(classes)
    return read_labels(folder)[1]


def test_recordings_and_beats_become_records(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "labels.csv").write_text(
        BEAT_HEADER
        + "signals/a.csv,p1,,fibrillation\n"
        + "signals/b.edf,p2,2.5,PVC\nsignals/b.edf,p2,0.5,N\n"
        + "signals/gone.csv,p3,,af\nsignals/a.csv/../c.csv,,,af\n"
    )
    (folder / "classes.csv").write_text("label,class\nfibrillation,af\nPVC,V\n")
    words = ["folder", "--archive-dir", str(folder), "--data-dir", str(tmp_path / "data")]
    assert build.main(words) == 0
    out = capsys.readouterr().out
    assert "gone.csv does not exist" in out
    assert "line 6" in out
    assert "2 of 3 records" in out
    assert "needs 5 or more" in out
    first, second = sorted(load_recordings(tmp_path / "data", "folder"), key=lambda r: r.name)
    assert (first.patient, second.patient) == ("p1", "p2")
    assert first.annotations is not None
    assert first.annotations.rhythm_class == "af"
    assert second.annotations is not None
    assert second.annotations.beat_symbols == ("N", "V")
    np.testing.assert_array_equal(second.annotations.beat_samples, [125, 625])
    as_simulated = simulate("NV", duration_s=12.0, sampling_rate_hz=250, seed=1)
    np.testing.assert_allclose(first.signal_mv, as_simulated.signal_mv, atol=1e-4)
    assert to_grid(second, "folder").has_beats


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("signals/a.csv,p1,sick", "Expected a label among normal, af"),
        ("signals/a.csv,,af", "Expected one patient"),
        ("../../etc/passwd,p1,af", "is not in the folder"),
        ("/etc/passwd,p1,af", "is not in the folder"),
        (",p1,af", "is not in the folder"),
        ("signals/a.csv,p1,af\nsignals/a.csv,p1,normal", "more than once, in lines 2, 3"),
        ("signals/a.csv,p1,af\nsignals/a.csv,p2,af", "Expected one patient"),
    ],
)
def test_a_row_that_is_wrong_is_named(folder: Path, row: str, complaint: str) -> None:
    (fault,) = faults_of(folder, HEADER + row + "\n")
    assert "line 2" in fault
    assert complaint in fault


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("signals/a.csv,p1,0.5,N\nsignals/a.csv,p1,soon,N", "line 3: Expected a time"),
        ("signals/a.csv,p1,0.5,N\nsignals/a.csv,p1,-1,N", "line 3: Expected a time"),
        ("signals/a.csv,p1,0.5,PVC", "line 2: Expected a beat"),
    ],
)
def test_a_beat_that_is_wrong_is_named(folder: Path, row: str, complaint: str) -> None:
    (fault,) = faults_of(folder, BEAT_HEADER + row + "\n")
    assert complaint in fault


def test_a_beat_after_the_end_is_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "labels.csv").write_text(BEAT_HEADER + "signals/a.csv,p1,99,N\n")
    words = ["folder", "--archive-dir", str(folder), "--data-dir", str(tmp_path / "data")]
    assert build.main(words) == 2
    captured = capsys.readouterr()
    assert "a beat is labelled at 99 s, the recording ends at 12 s" in captured.out
    assert "no readable labelled recording" in captured.err


def test_a_folder_without_a_table_says_what_it_needs(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputError, match="file, patient, label"):
        read_labels(folder)
    assert build.main(["folder"]) == 2
    assert "--archive-dir" in capsys.readouterr().err
    with pytest.raises(InputError, match="no column patient"):
        faults_of(folder, "file,label\na.csv,af\n")
