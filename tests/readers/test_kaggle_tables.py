"""Kaggle's two copies of MIT-BIH: the records with their annotations, and the table of beats."""

from pathlib import Path

import numpy as np
import pytest
from refusal import code_of

from ecgmm.errors import InputWarning
from ecgmm.readers.route import identify, read_input
from ecgmm.recording import Recording

ANNOTATIONS = """      Time   Sample #  Type  Sub Chan  Num      Aux
    0:00.050       18     +    0    0    0      (N
    0:00.214       77     N    0    0    0
    0:01.028      370     V    0    0    0
    0:01.500      540     ~    1    0    0
    0:01.711      616     +    0    0    0      (AFIB
    0:09.999     9999     N    0    0    0
"""


def write_record(folder: Path) -> Path:
    counts = np.rint(1024 + 200 * np.sin(np.arange(720) / 9)).astype(int)
    rows = "\n".join(f"{i},{count},{count}" for i, count in enumerate(counts))
    (folder / "100.csv").write_text(f"'sample #','MLII','V5'\n{rows}\n")
    return folder / "100.csv"


def write_beats(path: Path, beats: int = 3) -> Path:
    rows = np.zeros((beats, 188))
    rows[:, :100] = np.linspace(1, 0.1, 100)
    rows[:, 187] = np.arange(beats) % 5
    np.savetxt(path, rows, delimiter=",", fmt="%.6e")
    return path


def test_the_annotations_beside_a_record_are_read(tmp_path: Path) -> None:
    path = write_record(tmp_path)
    (tmp_path / "100annotations.txt").write_text(ANNOTATIONS)
    recording = read_input(path)
    assert isinstance(recording, Recording)
    assert recording.annotations is not None
    assert recording.annotations.beat_samples.tolist() == [77, 370]
    assert recording.annotations.beat_symbols == ("N", "V")
    assert recording.annotations.rhythm_names == ("(N", "(AFIB")


def test_a_record_without_annotations_has_none(tmp_path: Path) -> None:
    recording = read_input(write_record(tmp_path))
    assert isinstance(recording, Recording)
    assert recording.annotations is None


def test_a_table_of_beats_says_what_it_lacks(tmp_path: Path) -> None:
    path = write_beats(tmp_path / "mitbih_train.csv")
    assert identify(path) == "heartbeats"
    assert code_of(path) == "missing_unit"
    with pytest.warns(InputWarning, match="without patient identity"):
        recording = read_input(path, unit="mV")
    assert isinstance(recording, Recording)
    assert recording.sampling_rate_hz == 125.0
    assert recording.annotations is not None
    assert recording.annotations.beat_symbols == ("N", "S", "V")
    assert recording.annotations.beat_samples.tolist() == [0, 250, 500]
    np.testing.assert_allclose(recording.signal_mv[250:350, 0], np.linspace(1, 0.1, 100), atol=1e-6)
    assert np.isnan(recording.signal_mv[350:500]).all()


@pytest.mark.filterwarnings("ignore::ecgmm.errors.InputWarning")
def test_healthy_and_ill_are_not_taken_for_kinds_of_beats(tmp_path: Path) -> None:
    recording = read_input(write_beats(tmp_path / "ptbdb_abnormal.csv", beats=2), unit="mV")
    assert isinstance(recording, Recording)
    assert recording.annotations is None


def test_a_class_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    path = write_beats(tmp_path / "beats.csv")
    path.write_text(path.read_text().replace("2.000000e+00\n", "7.000000e+00\n"))
    assert code_of(path, unit="mV") == "damaged"
