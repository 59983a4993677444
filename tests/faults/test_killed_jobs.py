"""Kill -9 at random moments of export and training; two exports at once."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from patience import PATIENCE_S

import ecgmm.training.supervision  # noqa: F401 Keras has to know what a stage's model is made of
from ecgmm.model.multimodal import load_model
from ecgmm.serving.checksums import CHECKSUM_FILE, check_checksums
from ecgmm.serving.engines import open_model

EXPORT_KILLS = 5
TRAIN_KILLS = 2
SCRIPT = Path(__file__).with_name("killed_job.py")
TESTS = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


def run(*words: str | Path | int) -> str:
    """What a run of `killed_job` says; its last process has to finish."""
    path = os.pathsep.join([str(TESTS / "training"), *sys.path])
    done = subprocess.run(
        [sys.executable, SCRIPT, *map(str, words)],
        env=os.environ | {"PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdout=subprocess.PIPE,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    return done.stdout


def assert_whole(models_dir: Path) -> list[int]:
    """Every version that a server would find is whole and has its `.keras` file."""
    versions = sorted(int(version.name) for version in models_dir.iterdir())
    for version in versions:
        assert (models_dir / str(version) / CHECKSUM_FILE).is_file()
        check_checksums(models_dir / str(version))
        load_model(models_dir.parent / f"{models_dir.name}-{version}.keras")
    return versions


def test_a_killed_export_leaves_no_half_of_a_model(keras_file: Path, tmp_path: Path) -> None:
    models_dir = tmp_path / "saved_models" / "ecgmm"
    said = run("export", keras_file, models_dir, EXPORT_KILLS)
    assert said.count("killed") > EXPORT_KILLS / 2
    versions = assert_whole(models_dir)
    assert versions == list(range(1, len(versions) + 1))
    assert open_model(models_dir / str(versions[-1])).model_version == str(versions[-1])
    assert [path.name for path in models_dir.parent.glob(".*")] == []


def test_two_exports_at_once_are_two_versions(keras_file: Path, tmp_path: Path) -> None:
    models_dir = tmp_path / "saved_models" / "ecgmm"
    run("two_exports", keras_file, models_dir)
    assert assert_whole(models_dir) == [1, 2]


def test_a_training_killed_again_and_again_goes_on_to_its_end(tmp_path: Path) -> None:
    run_dir = tmp_path / "run"
    run("train", run_dir, TRAIN_KILLS)
    for stage in json.loads((run_dir / "config.json").read_text())["stages"]:
        with (run_dir / stage["name"] / "epochs.csv").open(newline="") as file:
            epochs = {int(row["epoch"]) for row in csv.DictReader(file)}
        assert epochs == set(range(stage["epochs"]))
        load_model(run_dir / stage["name"] / "best.keras")
    load_model(run_dir / "best.keras")
    assert not list(run_dir.rglob("*partial*"))
