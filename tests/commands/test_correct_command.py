"""`ecgmm correct` applies a person's corrections to a reading, and keeps them to learn from."""

import json
from pathlib import Path
from typing import Any

import pytest

from ecgmm.cli import main
from ecgmm.own_data.folder import read_folder

SAMPLE = Path(__file__).parents[2] / "samples" / "sinus_with_pvcs.csv"


@pytest.fixture
def reading(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["analyze", str(SAMPLE), "--json"]) == 0
    path = tmp_path / "reading.json"
    path.write_text(capsys.readouterr().out)
    return path


def corrections(folder: Path, described: Any) -> str:
    path = folder / "corrections.json"
    path.write_text(json.dumps(described))
    return str(path)


def ectopic_time_s(reading: Path) -> float:
    beats = json.loads(reading.read_text())["beats"]
    return next(beat["time_s"] for beat in beats if beat["label"] == "V")


def test_a_corrected_template_is_told_again_and_kept_to_learn_from(
    reading: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    described = [{"change": "label_alike", "time_s": ectopic_time_s(reading), "label": "N"}]
    told = corrections(tmp_path, described)
    data = tmp_path / "my_ecgs"
    words = ["correct", str(SAMPLE), str(reading), told, "--json"]
    keep = ["--data", str(data), "--patient", "one", "--out", str(tmp_path), "--beats", "atr"]
    assert main([*words, *keep]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["summary"]["beat_counts"]["V"] == 0
    assert again["corrections"] == described
    assert not any(finding["code"] == "pvc" for finding in again["findings"])
    assert (tmp_path / "sinus_with_pvcs.beats.atr").stat().st_size
    assert main([*words, *keep]) == 0
    (file,), faults = read_folder(data)
    assert [fault.message for fault in faults if "patient" not in fault.message] == []
    assert {symbol for _, symbol in file.label.beats} == {"N"}
    assert len(file.label.beats) == len(again["beats"])
    assert file.recording.duration_s == pytest.approx(again["duration_s"], abs=0.01)


def test_what_does_not_fit_is_refused_in_one_line(
    reading: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = corrections(tmp_path, [{"change": "not_a_beat", "time_s": 0.0}])
    assert main(["correct", str(SAMPLE), str(reading), told]) == 2
    assert "Expected the time of a beat" in capsys.readouterr().err
    assert main(["correct", str(SAMPLE), told, told]) == 2
    assert "as 'ecgmm analyze --json' prints it" in capsys.readouterr().err
    assert main(["correct", str(SAMPLE), str(reading), told, "--data", str(tmp_path)]) == 2
    assert "--patient" in capsys.readouterr().err


def test_the_reading_of_another_recording_is_refused(
    reading: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = json.loads(reading.read_text()) | {"duration_s": 99.0}
    reading.write_text(json.dumps(other))
    told = corrections(tmp_path, [])
    assert main(["correct", str(SAMPLE), str(reading), told]) == 2
    assert "Received one of 99 s" in capsys.readouterr().err
