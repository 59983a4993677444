"""What `ecgmm analyze` prints, writes and returns."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import wfdb

from ecgmm.analysis.analyze import open_source
from ecgmm.cli import main
from ecgmm.simulator import simulate

RATE_HZ = 250
SAMPLES = Path(__file__).parents[2] / "samples"
SAMPLE = "sinus_with_pvcs"


def write_csv(path: Path, *, duration_s: float = 12.0, stated_rate: bool = True) -> Path:
    recording = simulate("N", duration_s=duration_s, sampling_rate_hz=RATE_HZ, seed=1)
    columns, header = [recording.signal_mv[:, 0]], "MLII_mV"
    if stated_rate:
        columns.insert(0, np.arange(len(recording.signal_mv)) / RATE_HZ)
        header = "time_s," + header
    np.savetxt(path, np.column_stack(columns), delimiter=",", header=header, comments="", fmt="%g")
    return path


@pytest.fixture
def csv_path(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "heart.csv")


@pytest.fixture
def analyze(tiny_model: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str | Path) -> tuple[int, str, str]:
        status = main(["analyze", "--model", str(tiny_model), *map(str, words)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_the_report_begins_with_the_verdict(analyze: Any, csv_path: Path) -> None:
    status, out, err = analyze(csv_path)
    assert (status, err) == (0, "")
    assert out.startswith(f"{csv_path}: Rhythm and beats normal, ")
    assert "Not a medical device" in out


def test_json_lines_come_in_input_order_with_errors_in_their_place(
    analyze: Any, csv_path: Path
) -> None:
    status, out, err = analyze("--json", csv_path, "missing.csv", csv_path)
    first, second, third = (json.loads(line) for line in out.splitlines())
    assert status == 2
    assert first == third
    assert first["input"] == str(csv_path)
    assert second["input"] == "missing.csv"
    assert second["error"]["code"] == "not_found"
    assert len(err.splitlines()) == 1
    assert "missing.csv" in err


def test_the_json_object_keeps_its_contract(analyze: Any, csv_path: Path) -> None:
    _, out, _ = analyze("--json", csv_path)
    reading = json.loads(out)
    assert reading["modality"] == "signal"
    assert reading["duration_s"] == pytest.approx(12.0)
    assert reading["leads"] == ["MLII"]
    times_s = [beat["time_s"] for beat in reading["beats"]]
    assert times_s == sorted(times_s)
    assert {beat["label"] for beat in reading["beats"]} == {"N"}
    assert reading["rhythm"]["label"] == "normal"
    assert list(reading["rhythm"]["probabilities"]) == ["normal", "af", "other", "noise"]
    assert reading["summary"]["beat_counts"] == {"N": len(times_s), "S": 0, "V": 0, "F": 0, "Q": 0}
    assert reading["summary"]["heart_rate_bpm"] == pytest.approx(70, abs=3)
    assert reading["summary"]["verdict"] == "normal"
    assert 0 <= reading["summary"]["abnormal_probability"] < 0.5
    assert 0 <= reading["quality"]["score"] <= 1
    assert reading["model"] == {"name": "tiny", "version": "7"}


def test_a_signal_and_a_picture_of_one_heart_get_one_verdict(analyze: Any) -> None:
    status, out, err = analyze("--json", SAMPLES / f"{SAMPLE}.csv", SAMPLES / f"{SAMPLE}.jpg")
    signal, picture = (json.loads(line) for line in out.splitlines())
    assert (status, err) == (0, "")
    assert (signal["modality"], picture["modality"]) == ("signal", "image")
    assert signal["summary"]["verdict"] == picture["summary"]["verdict"]


def test_a_rate_that_the_file_does_not_state_can_be_given(analyze: Any, tmp_path: Path) -> None:
    silent = write_csv(tmp_path / "silent.csv", stated_rate=False)
    status, out, err = analyze("--json", silent)
    assert status == 2
    assert json.loads(out)["error"]["code"] == "missing_sampling_rate"
    assert "--sampling-rate" in err

    status, out, _ = analyze("--json", silent, "--sampling-rate", RATE_HZ)
    assert status == 0
    assert json.loads(out)["duration_s"] == pytest.approx(12.0)


def test_files_are_written_and_stdout_stays_the_same(
    analyze: Any, csv_path: Path, tmp_path: Path
) -> None:
    _, alone, _ = analyze("--json", csv_path, "missing.csv")
    out_dir = tmp_path / "reports"
    status, out, _ = analyze("--json", csv_path, "missing.csv", "--out", out_dir, "--plot")
    assert status == 2
    assert out == alone
    names = sorted(path.name for path in out_dir.iterdir())
    assert names == ["heart.json", "heart.png", "heart.txt", "missing.json"]
    written = json.loads((out_dir / "heart.json").read_text())
    assert written == json.loads(out.splitlines()[0])
    assert json.loads((out_dir / "missing.json").read_text())["error"]["code"] == "not_found"
    assert (out_dir / "heart.txt").read_text().startswith(f"{csv_path}: Rhythm and beats normal")
    assert (out_dir / "heart.png").read_bytes().startswith(b"\x89PNG")


def test_beats_are_written_for_other_programs(analyze: Any, csv_path: Path, tmp_path: Path) -> None:
    formats = ("--beats", "atr", "--beats", "csv", "--beats", "json")
    _, out, _ = analyze("--json", csv_path, *formats, "--out", tmp_path / "out")
    beats = json.loads(out)["beats"]
    marks = wfdb.rdann(str(tmp_path / "out" / "heart.beats"), "atr")
    is_beat = [symbol != "+" for symbol in marks.symbol]
    assert marks.fs == RATE_HZ
    assert (marks.sample[is_beat] / RATE_HZ).tolist() == [beat["time_s"] for beat in beats]
    assert len((tmp_path / "out" / "heart.beats.csv").read_text().splitlines()) == 1 + len(beats)
    assert json.loads((tmp_path / "out" / "heart.beats.json").read_text())["beats"] == beats


def test_a_reading_is_written_for_a_clinics_system(
    analyze: Any, csv_path: Path, tmp_path: Path
) -> None:
    _, out, _ = analyze("--json", csv_path, "--to", "fhir", "--out", tmp_path / "out")
    bundle = json.loads((tmp_path / "out" / "heart.fhir.json").read_text())
    report = bundle["entry"][0]["resource"]
    assert report["resourceType"] == "DiagnosticReport"
    assert report["conclusion"].startswith(json.loads(out)["summary"]["statement"])


def test_the_beats_of_a_picture_can_be_written_too(analyze: Any, tmp_path: Path) -> None:
    picture = SAMPLES / f"{SAMPLE}.jpg"
    status, out, _ = analyze("--json", picture, "--beats", "atr", "--out", tmp_path)
    marks = wfdb.rdann(str(tmp_path / f"{SAMPLE}.beats"), "atr")
    assert status == 0
    assert sum(symbol != "+" for symbol in marks.symbol) == len(json.loads(out)["beats"])


def test_inputs_of_one_name_do_not_overwrite_each_other(analyze: Any, tmp_path: Path) -> None:
    for folder, duration_s in (("a", 12.0), ("b", 15.0)):
        (tmp_path / folder).mkdir()
        write_csv(tmp_path / folder / "x.csv", duration_s=duration_s)
    out_dir = tmp_path / "out"
    analyze(tmp_path / "a" / "x.csv", tmp_path / "b" / "x.csv", "--out", out_dir)
    durations_s = [
        json.loads((out_dir / name).read_text())["duration_s"] for name in ("x.json", "x-2.json")
    ]
    assert durations_s == pytest.approx([12.0, 15.0])


def test_a_plot_alone_lands_in_the_working_directory(
    analyze: Any, csv_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    analyze(csv_path, "--plot")
    assert [path.name for path in folder.iterdir()] == ["heart.png"]


def test_a_folder_that_cannot_be_made_is_one_line(analyze: Any, csv_path: Path) -> None:
    status, out, err = analyze(csv_path, "--out", csv_path / "below-a-file")
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_a_fault_of_the_program_spares_the_other_inputs(
    analyze: Any, csv_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trip(path: Path, **options: Any) -> Any:
        if path.name == "trap.csv":
            raise ZeroDivisionError("trapped\nhere")
        return open_source(path, **options)

    trap = csv_path.with_name("trap.csv")
    trap.write_bytes(csv_path.read_bytes())
    monkeypatch.setattr("ecgmm.analysis.analyze.open_source", trip)
    status, out, err = analyze("--json", trap, csv_path)
    trapped, read = (json.loads(line) for line in out.splitlines())
    assert status == 2
    assert trapped["error"]["code"] == "internal_error"
    assert "beats" in read
    assert len(err.splitlines()) == 1


def test_a_plot_that_fails_spares_the_reading(
    analyze: Any, csv_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trip(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("ecgmm.analysis.plot.plot_reading", trip)
    status, out, err = analyze("--json", csv_path, csv_path, "--plot", "--out", tmp_path / "out")
    assert status == 2
    assert ["beats" in json.loads(line) for line in out.splitlines()] == [True, True]
    assert len(err.splitlines()) == 2


def test_a_folder_without_a_model_is_one_line(
    csv_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", str(csv_path), "--model", str(tmp_path / "none")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert "saved_model.pb" in captured.err


def test_a_damaged_model_is_one_line_and_an_error_object(
    csv_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "saved_model.pb").write_bytes(b"damaged")
    assert main(["analyze", "--json", str(csv_path), "--model", str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["error"]["code"] == "model_unreadable"
    assert len(captured.err.splitlines()) == 1
