"""The installed console script with the model that ships, as a newcomer runs it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    script = shutil.which("ecgmm", path=str(Path(sys.executable).parent))
    if script is None:
        pytest.skip("the package is not installed beside this Python")
    inputs = [str(SAMPLES / f"sinus_with_pvcs.{ending}") for ending in ("csv", "jpg")]
    return subprocess.run(
        [script, "analyze", "--json", *inputs],
        cwd=tmp_path_factory.mktemp("elsewhere"),
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_reads_the_samples_from_any_folder_and_says_nothing_else(
    done: subprocess.CompletedProcess[str],
) -> None:
    assert done.returncode == 0
    assert done.stderr == ""
    assert [json.loads(line)["modality"] for line in done.stdout.splitlines()] == [
        "signal",
        "image",
    ]


def test_signal_and_picture_of_one_heart_agree(done: subprocess.CompletedProcess[str]) -> None:
    signal, picture = (json.loads(line) for line in done.stdout.splitlines())
    assert signal["summary"]["verdict"] == picture["summary"]["verdict"] == "abnormal"
    assert signal["summary"]["beat_counts"] == picture["summary"]["beat_counts"]
    assert signal["summary"]["beat_counts"]["V"] == 2
