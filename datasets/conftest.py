"""Fixtures of the builders' tests."""

from collections.abc import Callable
from pathlib import Path

import pytest

from datasets.make_dummy_data import mitdb_files, write_archive

MITDB_ARCHIVE = "mit-bih-arrhythmia-database-1.0.0.zip"


@pytest.fixture
def mitdb_archive(tmp_path: Path) -> Callable[[dict[str, bytes]], Path]:
    """Packs simulated MIT-BIH records, some of their files exchanged, into an archive.

    The fixture is a function of the exchanged files' contents by name; it returns the
    folder of the archive.
    """

    def write(exchanged: dict[str, bytes]) -> Path:
        folder = tmp_path / "archives"
        write_archive(folder / MITDB_ARCHIVE, mitdb_files() | exchanged)
        return folder

    return write
