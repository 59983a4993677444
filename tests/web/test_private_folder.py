"""Uploads lie where nobody else looks, and do not outlive the server."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from ecgmm.web.private_folder import private_folder

KILLED = """
import os, signal
from ecgmm.web.private_folder import private_folder
with private_folder() as folder:
    (folder / "heart.edf").touch()
    print(folder, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def left_by_a_killed_server() -> Path:
    killed = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True)
    return Path(killed.stdout.strip())


def test_it_is_its_owners_alone_and_goes_with_the_server(scratch: Path) -> None:
    with private_folder() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "heart.edf").touch()
    assert list(scratch.iterdir()) == []


def test_what_a_killed_server_left_is_removed(scratch: Path) -> None:
    left = left_by_a_killed_server()
    assert (left / "heart.edf").exists()
    with private_folder() as folder:
        assert list(scratch.iterdir()) == [folder]


def test_a_server_with_the_killed_one_s_number_removes_it_too(scratch: Path) -> None:
    """As the first process of a container that is started again."""
    left = left_by_a_killed_server()
    same_number = left.rename(scratch / f"ecgmm-web-{os.getpid()}-left")
    with private_folder():
        assert not same_number.exists()


def test_a_folder_of_a_server_that_runs_stays() -> None:
    with private_folder() as first, private_folder() as second:
        assert first.exists()
        assert second.exists()


def test_a_link_is_not_followed(scratch: Path) -> None:
    elsewhere = scratch / "elsewhere"
    elsewhere.mkdir()
    (scratch / "ecgmm-web-1-link").symlink_to(elsewhere)
    with private_folder():
        assert elsewhere.exists()
