import zipfile
from pathlib import Path

import pytest

from datasets import archive as archive_module
from datasets.archive import Archive, DamagedMemberError
from ecgmm.errors import InputError


def _write(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_files_of_the_one_folder_are_known_by_their_bare_names(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.zip", {"mitdb/100.hea": b"header", "mitdb/RECORDS": b"100"})
    with Archive(path) as archive:
        assert "100.hea" in archive
        assert archive.read("RECORDS") == b"100"


@pytest.mark.parametrize(
    "member",
    ["../100.hea", "/100.hea", "mitdb/../../100.hea", "mitdb/x_mitdb/100.hea", "100.hea"],
)
def test_members_elsewhere_are_not_taken_for_files_of_the_folder(
    tmp_path: Path, member: str
) -> None:
    path = _write(tmp_path / "a.zip", {member: b"stranger", "mitdb/101.hea": b"header"})
    with Archive(path) as archive:
        assert "101.hea" in archive
        assert "100.hea" not in archive


def test_names_that_leave_a_folder_when_written_are_not_known(tmp_path: Path) -> None:
    names = ["mitdb/..", "mitdb/.hidden", "mitdb/a\\b.hea", "mitdb/100 .hea", "mitdb/100.hea.exe"]
    path = _write(tmp_path / "a.zip", dict.fromkeys(names, b""))
    with Archive(path) as archive:
        assert not any(Path(name).name in archive for name in names)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.zip", {"mitdb/100.hea": b""})
    with Archive(path) as archive, pytest.raises(DamagedMemberError, match=r"100\.dat is missing"):
        archive.read("100.dat")


def test_a_flipped_byte_is_found_by_the_archives_crc(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.zip", {"mitdb/100.dat": b"the signal"})
    path.write_bytes(path.read_bytes().replace(b"the signal", b"the sIgnal"))
    with Archive(path) as archive, pytest.raises(DamagedMemberError, match=r"100\.dat cannot"):
        archive.read("100.dat")


def test_a_file_too_large_for_these_databases_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_module, "MAX_MEMBER_BYTES", 10)
    path = _write(tmp_path / "a.zip", {"mitdb/100.dat": bytes(11)})
    with Archive(path) as archive, pytest.raises(DamagedMemberError, match="11 bytes"):
        archive.read("100.dat")


def test_an_archive_cut_short_is_an_input_error_that_says_what_to_do(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.zip", {"mitdb/100.dat": bytes(1000)})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(InputError, match="not a complete zip archive") as error:
        Archive(path)
    assert "get it again" in error.value.message


def test_an_archive_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        Archive(tmp_path / "a.zip")
