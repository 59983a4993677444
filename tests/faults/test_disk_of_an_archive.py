"""A disk that fills up under `ecgmm analyze` over a folder: with room again, the job goes on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from disk import Disk
from patience import PATIENCE_S

from ecgmm.simulator import simulate
from ecgmm.writers.recording_csv import csv_file

SCRIPT = Path(__file__).parents[1] / "commands" / "analyze_with_spikes.py"
RECORDINGS = 8
NEVER_KILLED = ("0", "after")

pytestmark = pytest.mark.slow


def run(archive: Path, out: Path, log: Path) -> subprocess.CompletedProcess[str]:
    words = ["--json", "--jobs", "1", "--out", str(out), str(archive)]
    return subprocess.run(
        [sys.executable, SCRIPT, *NEVER_KILLED, str(log), *words],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_what_was_done_is_not_done_again_and_the_rest_is(tmp_path: Path, small_disk: Disk) -> None:
    archive, log = tmp_path / "archive", tmp_path / "log"
    archive.mkdir()
    for number in range(RECORDINGS):
        content = csv_file(simulate("NNV", duration_s=240.0, seed=number))
        (archive / f"{number}.csv").write_bytes(content)
    out = small_disk.folder / "out"
    stopped = run(archive, out, log)
    assert stopped.returncode == 2
    assert "No space left on device" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    whole = [json.loads(path.read_text()) for path in out.glob("*.json")]
    assert 0 < len(whole) < RECORDINGS
    reads = len(log.read_text().splitlines())

    small_disk.remount("size=9m")
    resumed = run(archive, out, log)
    assert (resumed.returncode, resumed.stderr) == (0, "")
    names = [Path(json.loads(line)["input"]).name for line in resumed.stdout.splitlines()]
    assert names == [f"{number}.csv" for number in range(RECORDINGS)]
    assert len(list(out.glob("*.json"))) == RECORDINGS
    again = len(log.read_text().splitlines()) - reads
    assert again < RECORDINGS * (reads / (len(whole) or 1))
