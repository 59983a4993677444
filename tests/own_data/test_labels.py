"""Everything that is wrong in a table of labels is said at once, each with its line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.errors import InputError
from ecgmm.own_data.labels import LabelledFile, Vocabulary, read_labels

HEADER = "file,patient,label\n"
BEAT_HEADER = "file,patient,time_s,label\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files that are there."""
    (tmp_path / "signals").mkdir()
    for name in ("a.csv", "b.edf"):
        (tmp_path / "signals" / name).write_bytes(b"")
    return tmp_path


def read(
    folder: Path, table: str, vocabulary: Vocabulary | None = None
) -> tuple[list[LabelledFile], list[str]]:
    (folder / "labels.csv").write_text(table)
    files, faults = read_labels(folder, vocabulary)
    return files, [str(fault) for fault in faults if "has no label" not in fault.message]


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_lines(folder: Path) -> None:
    _, faults = read(
        folder,
        HEADER
        + "signals/a.csv,p1,sick\n"
        + "signals/gone.csv,,af\n"
        + "signals/b.edf,p2,af,extra\n"
        + "signals/b.edf,p2,noise\n"
        + "signals/b.edf,p3,noise\n",
    )
    assert [fault.split(":")[0] for fault in faults] == [
        f"labels.csv, line {line}" for line in (2, 3, 3, 4, 5, 5)
    ]
    assert "Expected a label among normal, af, other, noise. Received 'sick'" in faults[0]
    assert "does not exist" in faults[1]
    assert "Expected a patient. Received nothing" in faults[2]
    assert "Expected 3 fields. Received 4" in faults[3]
    assert "Expected one patient. Received 'p2', 'p3'" in faults[4]
    assert "more than once, in lines 5, 6" in faults[5]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("../../etc/passwd,p1,af", "is not in the folder"),
        ("/etc/passwd,p1,af", "is not in the folder"),
        (",p1,af", "Expected a file. Received nothing"),
    ],
)
def test_a_file_elsewhere_is_refused(folder: Path, row: str, complaint: str) -> None:
    assert complaint in read(folder, HEADER + row + "\n")[1][0]


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        (
            "signals/a.csv,p1,0.5,N\nsignals/a.csv,p1,soon,N",
            "line 3: signals/a.csv: Expected a time",
        ),
        ("signals/a.csv,p1,0.5,N\nsignals/a.csv,p1,-1,N", "line 3: signals/a.csv: Expected a time"),
        ("signals/a.csv,p1,0.5,PVC", "line 2: signals/a.csv: Expected a beat"),
        ("signals/a.csv,p1,0.5,N\nsignals/a.csv,p1,0.5,V", "Two beats at 0.5 s, in lines 2 and 3"),
    ],
)
def test_a_beat_that_is_wrong_is_named(folder: Path, rows: str, complaint: str) -> None:
    (fault,) = read(folder, BEAT_HEADER + rows + "\n")[1]
    assert complaint in fault


def test_names_of_ones_own_mean_ours(folder: Path) -> None:
    vocabulary = Vocabulary({"PVC": "V", "AFib": "af"}, ("flutter", "AFib"))
    files, faults = read(
        folder,
        BEAT_HEADER + "signals/a.csv,p1,2.5,PVC\nsignals/a.csv,p1,1,N\nsignals/b.edf,p2,,AFib\n",
        vocabulary,
    )
    assert faults == []
    assert files[0].beats == ((1.0, "N"), (2.5, "V"))
    assert (files[1].rhythm_class, files[1].new_class) == ("af", "AFib")


def test_semicolons_units_and_rates_are_understood(folder: Path) -> None:
    files, faults = read(
        folder,
        "File;Patient;Label;unit;sampling_rate_hz\n"
        "signals/a.csv;p1;af;uV;360\nsignals/b.edf;p2;af;volt;fast\n",
    )
    assert (files[0].unit, files[0].sampling_rate_hz) == ("uV", 360.0)
    assert len(faults) == 2
    assert "Expected a unit of uV, mV or V. Received 'volt'" in faults[0]


def test_files_that_no_row_names_are_named(folder: Path) -> None:
    for name in ("r.hea", "r.dat", "r.atr", "stray.png"):
        (folder / "signals" / name).write_bytes(b"")
    (folder / "labels.csv").write_text(HEADER + "signals/r,p1,af\nsignals/a.csv,p2,af\n")
    _, faults = read_labels(folder)
    assert [str(fault) for fault in faults] == [
        "signals/b.edf: has no label.",
        "signals/stray.png: has no label.",
    ]


def test_a_folder_without_a_table_says_what_it_needs(folder: Path) -> None:
    with pytest.raises(InputError, match="file, patient, label"):
        read_labels(folder)
    with pytest.raises(InputError, match="no column patient"):
        read(folder, "file,label\na.csv,af\n")


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("folder")
    (folder / "labels.csv").write_text(HEADER + text, encoding="utf-8", errors="replace")
    files, faults = read_labels(folder)
    assert not files
    assert all(str(fault).isprintable() or "\n" not in str(fault) for fault in faults)
