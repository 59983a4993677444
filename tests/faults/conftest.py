"""A small trained model and its export, and disks that are full or read-only."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from disk import Disk, mount
from tiny_model import TINY


@pytest.fixture(scope="session")
def keras_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that was never trained, as training leaves one."""
    pytest.importorskip("tensorflow")
    from ecgmm.model.multimodal import build_model

    path = tmp_path_factory.mktemp("trained") / "best.keras"
    build_model(TINY).save(path)
    return path


@pytest.fixture(scope="session")
def exported(keras_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model as a SavedModel."""
    from ecgmm.export.saved_model import export_model

    return export_model(keras_file, tmp_path_factory.mktemp("saved_models") / "ecgmm")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk of 64 kB; the test is skipped where none may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        mount("-t", "tmpfs", "-o", "size=64k", "none", folder)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk can only be mounted by root, and not everywhere")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", folder], check=True)
