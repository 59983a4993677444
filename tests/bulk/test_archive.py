"""What of an archive is read: every recording, each once, and nothing else."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.bulk.archive import find_inputs, group_files, single_input
from ecgmm.simulator import simulate
from ecgmm.writers.recording_csv import csv_file
from ecgmm.writers.recording_edf import edf_file
from ecgmm.writers.recording_wfdb import wfdb_files


def write_record(folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in wfdb_files(simulate(duration_s=4.0), name).items():
        (folder / file).write_bytes(content)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Recordings of several kinds among what lies around them."""
    write_record(tmp_path / "mitdb", "100")
    (tmp_path / "mitdb" / "RECORDS").write_text("100\n101\n102\n")
    (tmp_path / "mitdb" / "SHA256SUMS.txt").write_text("0a1b 100.dat\n")
    (tmp_path / "b.csv").write_bytes(csv_file(simulate(duration_s=4.0)))
    (tmp_path / "a.edf").write_bytes(edf_file(simulate(duration_s=4.0)))
    (tmp_path / "README.md").write_text("# Where these come from\n")
    (tmp_path / ".hidden.csv").write_bytes(csv_file(simulate(duration_s=4.0)))
    return tmp_path


def names(folder: Path, leave_out: Path | None = None) -> list[str]:
    return [
        str(Path(found.place).relative_to(folder))
        for found in find_inputs(folder, leave_out=leave_out)
    ]


def test_every_recording_is_found_once_and_in_order(archive: Path) -> None:
    assert names(archive) == ["a.edf", "b.csv", "mitdb/100.hea"]


def test_a_record_brings_its_files_and_its_place(archive: Path) -> None:
    *_, record = find_inputs(archive)
    assert {file.name for file in record.files} == {"100.hea", "100.dat", "100.atr"}
    assert (record.name, str(record.below)) == (str(archive / "mitdb" / "100.hea"), "mitdb")


def test_a_broken_recording_is_found_by_its_name(archive: Path) -> None:
    (archive / "c.edf").write_bytes(b"\x01\x02")
    (archive / "empty.csv").write_bytes(b"")
    assert names(archive) == ["a.edf", "b.csv", "c.edf", "empty.csv", "mitdb/100.hea"]


def test_a_recording_without_its_ending_is_found_by_its_content(archive: Path) -> None:
    (archive / "a.edf").rename(archive / "holter")
    assert "holter" in names(archive)


def test_a_signal_whose_header_is_lost_is_not_passed_over(archive: Path) -> None:
    (archive / "mitdb" / "100.hea").unlink()
    assert "mitdb/100.dat" in names(archive)


def test_the_folder_of_the_reports_is_not_read(archive: Path) -> None:
    (archive / "out").mkdir()
    (archive / "a.edf").rename(archive / "out" / "a.edf")
    assert names(archive, leave_out=archive / "out") == ["b.csv", "mitdb/100.hea"]


def test_segments_belong_to_their_record() -> None:
    headers = {
        "long.hea": "long/3 1 250\nlong_layout 0\nlong_1 500\n~ 100\n",
        "long_layout.hea": "long_layout 1 250 0\n~ 0 200\n",
        "long_1.hea": "long_1 1 250 500\nlong_1.dat 16\n",
        "other.hea": "# a remark\nother 1 250 500\nsignals.bin 16\n",
    }
    files = [*headers, "long_1.dat", "signals.bin", "other.atr"]
    assert group_files(files, headers.__getitem__) == {
        "long.hea": ("long.hea", "long_layout.hea", "long_1.hea", "long_1.dat"),
        "other.hea": ("other.hea", "signals.bin", "other.atr"),
    }


@given(st.dictionaries(st.sampled_from(["a.hea", "b.hea", "c.hea"]), st.text(max_size=60)))
def test_no_header_keeps_the_search_from_ending(headers: dict[str, str]) -> None:
    grouped = group_files([*headers, "a.dat"], headers.__getitem__)
    assert {file for files in grouped.values() for file in files} <= {*headers, "a.dat"}


def test_headers_that_claim_each_other_end_too() -> None:
    headers = {"a.hea": "a/1 1\nb\n", "b.hea": "b/1 1\nc\n", "c.hea": "c/1 1\nb\n"}
    assert group_files(headers, headers.__getitem__) == {"a.hea": ("a.hea", "b.hea", "c.hea")}


def test_an_input_that_is_named_brings_its_files(archive: Path) -> None:
    record = single_input(str(archive / "mitdb" / "100"))
    assert [file.name for file in record.files] == ["100.hea", "100.dat", "100.atr"]
    assert single_input(str(archive / "none.csv")).files == ()


def test_a_table_of_numbers_that_is_no_recording_by_name_is_left_alone(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "weights", np.eye(4))
    assert names(tmp_path) == []
