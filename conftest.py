"""Gives every process of the tests one thread, says how far to search, and finds the archives.

`make test` and a bare `pytest` always try the same examples; `make test-all` tries more of them
and, but for CI, others each time (`pytest --hypothesis-profile=thorough`).
"""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ARCHIVE_DIR = Path(os.environ.get("ECGMM_ARCHIVE_DIR", "../shared/data"))

ONE_THREAD_EACH = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
for variable in ONE_THREAD_EACH:
    os.environ.setdefault(variable, "1")

# A deadline would measure the machine and not the code.
settings.register_profile("fast", deadline=None, derandomize=True, database=None)
settings.register_profile(
    "thorough",
    deadline=None,
    max_examples=500,
    derandomize="CI" in os.environ,
    print_blob=True,
)
settings.load_profile("fast")


@pytest.fixture(scope="session")
def archive_dir() -> Path:
    """Folder of PhysioNet's own archives; the test is skipped where it is not there."""
    if not (ARCHIVE_DIR / "mit-bih-arrhythmia-database-1.0.0.zip").exists():
        pytest.skip(f"no archives of real recordings in {ARCHIVE_DIR} (set ECGMM_ARCHIVE_DIR)")
    return ARCHIVE_DIR.resolve()
