"""A folder of recordings and pictures becomes a data set that training reads."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds

from datasets import build
from ecgmm.cli import main as main_of_ecgmm
from ecgmm.pipeline.records import load_recordings, to_grid
from ecgmm.simulator import simulate
from ecgmm.writers.recording_csv import csv_file
from ecgmm.writers.recording_edf import edf_file

TABLE = (
    "file,patient,time_s,label\n"
    "signals/a.csv,p1,,fibrillation\n"
    "signals/b.edf,p2,2.5,PVC\n"
    "signals/b.edf,p2,0.5,N\n"
    "images/a.png,p1,1.5,N\n"
    "signals/gone.csv,p3,,af\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two recordings, a picture and a table with one bad row."""
    own = tmp_path / "own"
    for name in ("signals", "images"):
        (own / name).mkdir(parents=True)
    for name, seed, write in (("a.csv", 1, csv_file), ("b.edf", 2, edf_file)):
        recording = simulate("NV", duration_s=12.0, sampling_rate_hz=250, seed=seed)
        (own / "signals" / name).write_bytes(write(recording))
    drawn = ["draw", str(own / "signals/a.csv"), "--layout", "strip", "--dpi", "110"]
    assert main_of_ecgmm([*drawn, "--out", str(own / "images/a.png")]) == 0
    (own / "labels.csv").write_text(TABLE)
    (own / "classes.toml").write_text('[classes]\nfibrillation = "af"\nPVC = "V"\n')
    return own


def test_recordings_pictures_and_labels_become_records(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["folder", "--archive-dir", str(folder), "--data-dir", str(tmp_path / "data")]
    assert build.main([*words, "--classes", str(folder / "classes.toml")]) == 0
    out = capsys.readouterr().out
    assert "labels.csv, line 6: signals/gone.csv: does not exist." in out
    assert "needs 5 or more" in out
    first, second = sorted(load_recordings(tmp_path / "data", "folder"), key=lambda r: r.name)
    assert (first.patient, second.patient) == ("p1", "p2")
    assert first.annotations is not None
    assert first.annotations.rhythm_class == "af"
    assert second.annotations is not None
    assert second.annotations.beat_symbols == ("N", "V")
    np.testing.assert_array_equal(second.annotations.beat_samples, [125, 625])
    as_simulated = simulate("NV", duration_s=12.0, sampling_rate_hz=250, seed=1)
    np.testing.assert_allclose(first.signal_mv, as_simulated.signal_mv, atol=1e-4)
    assert to_grid(second, "folder").has_beats
    builder = tfds.builder_from_directory(tmp_path / "data" / "folder" / "1.0.0")
    (picture,) = tfds.as_numpy(builder.as_dataset(split="pictures"))
    assert picture["strips"].shape[1:] == (160, 1000)
    assert picture["strips"].min() < 128
    assert picture["beat_symbols"].tolist() == [b"N"]


def test_without_a_folder_the_option_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["folder"]) == 2
    assert "--archive-dir" in capsys.readouterr().err
