"""A disk that is full or read-only: one clear line, what is done stays, and later it goes on."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from disk import Disk
from fastapi.testclient import TestClient
from spike_runtime import open_runtime

from ecgmm.cli import main
from ecgmm.errors import InputError
from ecgmm.serving.checksums import check_checksums
from ecgmm.simulator import simulate
from ecgmm.web.app import create_app
from ecgmm.web.settings import Settings
from ecgmm.workers.faults import disk_fault_words
from ecgmm.writers.recording_csv import csv_file

FULL = "No space left on device"
READ_ONLY = "Read-only file system"
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
from ecgmm.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def ecg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CSV file of a minute."""
    path = tmp_path_factory.mktemp("ecg") / "ecg.csv"
    path.write_bytes(csv_file(simulate("NNNV", duration_s=60.0)))
    return path


def convert(ecg: Path, target: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    status = main(["convert", str(ecg), str(target)])
    return status, capsys.readouterr().err


def test_a_recording_is_written_whole_or_not_at_all(
    ecg: Path, small_disk: Disk, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said = convert(ecg, small_disk.folder / "ecg.csv", capsys)
    assert (status, said.count("\n")) == (2, 1)
    assert FULL in said
    assert list(small_disk.folder.iterdir()) == []
    small_disk.remount("size=9m")
    assert convert(ecg, small_disk.folder / "ecg.csv", capsys) == (0, "")


def test_a_read_only_folder_is_named(
    ecg: Path, small_disk: Disk, capsys: pytest.CaptureFixture[str]
) -> None:
    small_disk.remount("ro")
    status, said = convert(ecg, small_disk.folder / "ecg.csv", capsys)
    assert (status, said.count("\n")) == (2, 1)
    assert READ_ONLY in said
    with pytest.raises(InputError, match="Cannot keep results"):
        create_app(Settings(store=small_disk.folder / "readings.sqlite"), open_runtime)


def test_a_file_larger_than_a_process_may_write(ecg: Path, tmp_path: Path) -> None:
    target = tmp_path / "ecg.csv"
    words = [sys.executable, "-c", LIMITED, "convert", str(ecg), str(target)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "File too large" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_results_that_cannot_be_printed(ecg: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ecgmm", "analyze", "--json", "nothing.csv"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert FULL in done.stderr


def test_the_server_goes_on_and_keeps_what_it_had(ecg: Path, small_disk: Disk) -> None:
    small_disk.remount("size=1m")
    settings = Settings(store=small_disk.folder / "readings.sqlite")
    with TestClient(create_app(settings, open_runtime), base_url="http://127.0.0.1") as client:
        kept, filler = [], small_disk.folder / "filler"
        kept.append(_read(client, ecg)["reading_id"])
        filler.write_bytes(bytes(1_000_000 - _used(small_disk.folder)))
        failed = _read(client, ecg)
        assert failed["error"]["code"] == "not_kept"
        assert client.get(f"/api/v1/readings/{kept[0]}").status_code == 200
        filler.unlink()
        kept.append(_read(client, ecg)["reading_id"])
        for reading_id in kept:
            assert client.get(f"/api/v1/readings/{reading_id}").status_code == 200


def test_no_half_written_model_is_released(keras_file: Path, small_disk: Disk) -> None:
    from ecgmm.export.saved_model import export_model

    models_dir = small_disk.folder / "saved_models" / "ecgmm"
    with pytest.raises(Exception) as caught:  # noqa: PT011 whatever TensorFlow makes of it
        export_model(keras_file, models_dir)
    assert FULL in (disk_fault_words(caught.value) or "")
    assert [path for path in small_disk.folder.rglob("*") if path.is_file()] == []
    small_disk.remount("size=90m")
    check_checksums(export_model(keras_file, models_dir))


def _read(client: TestClient, ecg: Path) -> dict:
    """What became of one upload."""
    files = {"files": (ecg.name, io.BytesIO(ecg.read_bytes()))}
    response = client.post("/api/v1/analyze", files=files)
    while response.status_code == 202:
        response = client.get(response.headers["location"])
        if response.json()["state"] != "done":
            response.status_code = 202
    return response.json()["inputs"][0]


def _used(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())
