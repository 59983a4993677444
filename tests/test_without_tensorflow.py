"""A machine without TensorFlow reads a signal, a photo, a folder and a live stream."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parents[1] / "samples"
SIGNAL, PHOTO = SAMPLES / "sinus_with_pvcs.csv", SAMPLES / "sinus_with_pvcs.jpg"
MISSING = ("tensorflow", "keras", "tensorflow_datasets", "tensorflow_serving")


@pytest.fixture(scope="module")
def ecgmm_without(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Runs `ecgmm` where these cannot be imported, by the processes that it starts either."""
    absent = tmp_path_factory.mktemp("absent")
    for name in MISSING:
        words = f"raise ModuleNotFoundError(\"No module named '{name}'\", name={name!r})\n"
        (absent / f"{name}.py").write_text(words)
    path = os.pathsep.join([str(absent), os.environ.get("PYTHONPATH", "")])

    def run(*words: str | Path, **options: Any) -> list[dict[str, Any]]:
        command = [sys.executable, "-m", "ecgmm", *map(str, words)]
        environment = os.environ | {"PYTHONPATH": path}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, **options)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


def test_a_signal_and_a_photo_are_read(ecgmm_without: Any) -> None:
    signal, photo = ecgmm_without("analyze", "--json", SIGNAL, PHOTO)
    assert (signal["modality"], photo["modality"]) == ("signal", "image")
    for reading in (signal, photo):
        assert reading["summary"]["beat_counts"]["V"] == 2


def test_a_signal_loads_nothing_that_pictures_and_plots_need() -> None:
    script = (
        "import sys; from ecgmm.cli import main\n"
        f"status = main(['analyze', '--json', {str(SIGNAL)!r}])\n"
        "heavy = {'matplotlib', 'PIL', 'ecgmm.paper.rows.read', 'ecgmm.paper.document'}\n"
        "print(status, sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "0 []"


def test_a_folder_is_read(ecgmm_without: Any, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    for sample in (SIGNAL, PHOTO):
        (folder / sample.name).write_bytes(sample.read_bytes())
    readings = ecgmm_without("analyze", "--json", "--jobs", "1", folder)
    assert [reading["summary"]["beat_counts"]["V"] for reading in readings] == [2, 2]


def test_a_live_stream_is_watched(ecgmm_without: Any) -> None:
    events = ecgmm_without("monitor", "-", input=SIGNAL.read_text())
    beats = [event["label"] for event in events if event["type"] == "beat"]
    assert len(beats) > 5
    assert "V" in beats
