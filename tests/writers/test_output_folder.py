"""Files of one input never harm those of another."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ecgmm.errors import InputError
from ecgmm.writers.output_folder import OutputFolder


def test_files_are_named_after_their_input(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path)
    assert folder.stem("records/119.hea") == "119"
    assert folder.stem("holter.csv") == "holter"


def test_inputs_of_one_name_are_numbered(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path)
    inputs = ("a/ecg.csv", "b/ecg.csv", "c/ecg-2.csv", "d/ECG.png", "a/ecg.csv")
    stems = [folder.stem(path) for path in inputs]
    assert stems == ["ecg", "ecg-2", "ecg-2-2", "ECG-3", "ecg-4"]


@pytest.mark.parametrize("path", ["", ".", "..", "/", "..."])
def test_an_input_without_a_name_still_gets_files(tmp_path: Path, path: str) -> None:
    assert OutputFolder(tmp_path).stem(path) == "input"


def test_a_file_is_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path / "new" / "folder")
    folder.write("report.txt", b"first")
    folder.write("report.txt", b"second")
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == ["report.txt"]
    assert (tmp_path / "new" / "folder" / "report.txt").read_bytes() == b"second"


def test_a_write_that_fails_keeps_the_old_file(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path)
    folder.write("report.txt", b"old")

    def full_disk() -> Iterator[bytes]:
        yield b"new"
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="No space left"):
        folder.write("report.txt", full_disk())
    assert [path.name for path in tmp_path.iterdir()] == ["report.txt"]
    assert (tmp_path / "report.txt").read_bytes() == b"old"


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(InputError, match="taken") as caught:
        OutputFolder(tmp_path / "taken")
    assert caught.value.code == "cannot_write"
