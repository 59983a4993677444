"""What an installed copy has to hold."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
import yaml

import ecgmm

PACKAGE = Path(ecgmm.__file__).parent
CHECKOUT = PACKAGE.parent
SAMPLE = CHECKOUT / "samples" / "sinus_with_pvcs.csv"
SOURCES = (
    "LICENSE",
    "README.md",
    "ecgmm",
    "pyproject.toml",
    "saved_models",
    "setup.cfg",
    "setup.py",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a checkout that holds an older model beside the newest."""
    checkout = tmp_path_factory.mktemp("checkout")
    for name in SOURCES:
        copy = shutil.copytree if (CHECKOUT / name).is_dir() else shutil.copy
        copy(CHECKOUT / name, checkout / name)
    older = checkout / "saved_models" / "ecgmm" / "1"
    older.mkdir()
    (older / "saved_model.pb").write_bytes(b"an older model")
    (checkout / "saved_models" / "ecgmm-1.keras").write_bytes(b"an older model")
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "."]
    subprocess.run(build, cwd=checkout, check=True, capture_output=True)
    (built,) = checkout.glob("ecgmm-*.whl")
    return built


def test_no_module_is_left_out_of_a_wheel() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


@pytest.mark.slow
def test_a_wheel_holds_the_newest_model_and_no_other(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    newest = max(int(path.name) for path in (CHECKOUT / "saved_models" / "ecgmm").iterdir())
    models = {name for name in names if name.endswith(("saved_model.pb", ".keras"))}
    assert models == {
        f"ecgmm/saved_models/ecgmm/{newest}/saved_model.pb",
        f"ecgmm/saved_models/ecgmm-{newest}.keras",
    }


@pytest.mark.slow
def test_a_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    files = [path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert {path.relative_to(CHECKOUT).as_posix() for path in files} <= names


@pytest.mark.slow
def test_analyze_works_from_the_wheel_in_an_environment_of_its_own(
    wheel: Path, tmp_path: Path
) -> None:
    """The environment sees the libraries of this one, but not this checkout."""
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    run = {"cwd": tmp_path, "check": True, "capture_output": True, "text": True}
    run["env"] = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    subprocess.run([python, "-m", "pip", "install", "--no-deps", wheel], **run)
    (site_packages,) = (tmp_path / "env").glob("lib/python*/site-packages")
    (site_packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    done = subprocess.run([tmp_path / "env/bin/ecgmm", "analyze", SAMPLE, "--json"], **run)
    reading = json.loads(done.stdout)
    assert reading["summary"]["beat_counts"]["V"] == 2
    where = subprocess.run(
        [python, "-c", "from ecgmm.serving.released import released_model as r; print(r())"], **run
    )
    assert Path(where.stdout.strip()).is_relative_to(site_packages)
    loaded = subprocess.run([python, "-c", "import ecgmm; print(ecgmm.load_model().name)"], **run)
    assert (loaded.stdout.strip(), loaded.stderr) == ("ecgmm", "")


def test_one_version_and_date_stand_everywhere() -> None:
    citation = yaml.safe_load((CHECKOUT / "CITATION.cff").read_text(encoding="utf-8"))
    changes = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
    version, date = re.findall(r"^## \[(\d.*)\] - (.*)$", changes, re.M)[0]
    assert version == citation["version"] == ecgmm.__version__
    assert date == str(citation["date-released"])
