"""Shared fixtures."""

import os
from pathlib import Path

import pytest

ARCHIVE_DIR = Path(os.environ.get("ECGMM_ARCHIVE_DIR", "../shared/data"))


@pytest.fixture(scope="session")
def archive_dir() -> Path:
    """Folder of PhysioNet's own archives; the test is skipped where it is not there."""
    if not (ARCHIVE_DIR / "mit-bih-arrhythmia-database-1.0.0.zip").exists():
        pytest.skip(f"no archives of real recordings in {ARCHIVE_DIR} (set ECGMM_ARCHIVE_DIR)")
    return ARCHIVE_DIR.resolve()
