"""`ecgmm analyze` over a folder: all of it, in order, once, however often it is killed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import analyze_with_spikes
import pyarrow.parquet as pq
import pytest
from patience import PATIENCE_S
from spike_runtime import DEADLY_MV, SpikeRuntime

from ecgmm.bulk import job as bulk
from ecgmm.bulk.archive import single_input
from ecgmm.bulk.journal import Journal
from ecgmm.cli import main
from ecgmm.commands import analyze as command
from ecgmm.errors import InputError
from ecgmm.simulator import simulate
from ecgmm.workers.pool import Pool
from ecgmm.writers.recording_csv import csv_file
from ecgmm.writers.recording_wfdb import wfdb_files

RECORDS = 12
JOBS = 2


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """CSV files and a WFDB record, a file that is broken and one that breaks its reader."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "ward").mkdir()
    for number in range(RECORDS - 3):
        recording = simulate("NNV", duration_s=10.0 + number, seed=number)
        below = folder / "ward" if number % 2 else folder
        (below / f"ecg{number // 2}.csv").write_bytes(csv_file(recording))
    for name, content in wfdb_files(simulate(duration_s=12.0), "record").items():
        (folder / name).write_bytes(content)
    (folder / "broken.edf").write_bytes(b"0       broken")
    deadly = simulate(duration_s=10.0)
    deadly.signal_mv[:] *= 2 * DEADLY_MV
    (folder / "deadly.csv").write_bytes(csv_file(deadly))
    return folder


class Run:
    """One run of the command in a process of its own."""

    def __init__(self, log: Path, *words: str | Path, kill: tuple[int, str] = (0, "after")) -> None:
        script = [sys.executable, analyze_with_spikes.__file__, *map(str, kill), str(log)]
        done = subprocess.run(
            [*script, *map(str, words)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr
        self.results = [json.loads(line) for line in self.out.splitlines()]


class PoolHere:
    """Does every task in this process."""

    fault, ready = "", 1

    def __init__(self, open_runtime: Any, **limits: Any) -> None:
        self._open_runtime = open_runtime

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def submit(self, entries: list[tuple]) -> None:
        for task, report, on_done in entries:
            try:
                on_done(task.run(self._open_runtime(), report))
            except InputError as error:
                on_done(error)


@pytest.fixture
def analyze(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """The command in this process; gives its status and what it prints."""
    monkeypatch.setattr(command, "runtime_opener", lambda args: SpikeRuntime)
    monkeypatch.setattr(command, "runtime_identity", lambda args: "spikes")
    monkeypatch.setattr(bulk, "Pool", PoolHere)

    def run(*words: str | Path) -> tuple[int, str, str]:
        status = main(["analyze", "--jobs", "1", *map(str, words)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture(scope="module")
def whole(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path, int]:
    """A run that nothing stopped, its folder, and how many signals it read."""
    folder = tmp_path_factory.mktemp("whole")
    out = folder / "out"
    words = (archive, "--json", "--out", out, "--parquet", out, "--jobs", str(JOBS))
    run = Run(folder / "log", *words)
    return run, out, len((folder / "log").read_text().splitlines())


def without_journal(folder: Path) -> list[str]:
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".ecgmm-journal")
    )


def test_every_recording_has_its_object_in_order(archive: Path, whole: tuple) -> None:
    run, _, _ = whole
    inputs = [result["input"] for result in run.results]
    assert len(set(inputs)) == len(inputs) == RECORDS
    in_folder = [name for name in inputs if "/ward/" not in name]
    assert inputs == sorted(in_folder) + sorted(set(inputs) - set(in_folder))
    assert str(archive / "record.hea") in inputs


def test_a_file_that_is_broken_and_one_that_kills_its_reader_spare_the_others(whole: tuple) -> None:
    run, _, _ = whole
    codes = {Path(r["input"]).name: r["error"]["code"] for r in run.results if "error" in r}
    assert run.status == 2
    assert set(codes) == {"broken.edf", "deadly.csv"}
    assert codes["deadly.csv"] == "crashed"
    assert len(run.err.splitlines()) == 2
    assert all(name in run.err for name in codes)


def test_reports_lie_as_the_recordings_do(whole: tuple) -> None:
    run, out, _ = whole
    files = without_journal(out)
    assert "ward/ecg0.json" in files
    assert "ward/ecg0.txt" in files
    stored = [json.loads((out / name).read_text()) for name in files if name.endswith(".json")]
    assert sorted(stored, key=lambda r: r["input"]) == sorted(run.results, key=lambda r: r["input"])


def test_the_tables_hold_what_the_lines_say(whole: tuple) -> None:
    run, out, _ = whole
    recordings = pq.read_table(out / "recordings.parquet").to_pylist()
    beats = pq.read_table(out / "beats.parquet").to_pylist()
    assert [row["input"] for row in recordings] == [result["input"] for result in run.results]
    assert len(beats) == sum(len(result.get("beats", ())) for result in run.results)


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_and_started_again_it_loses_and_repeats_nothing(
    archive: Path, whole: tuple, tmp_path: Path, moment: str
) -> None:
    uninterrupted, complete, reads = whole
    out, log = tmp_path / "out", tmp_path / "log"
    words = (archive, "--json", "--out", out, "--parquet", out, "--jobs", "1")
    killed = Run(log, *words, kill=(5, moment))
    assert killed.status == -signal.SIGKILL
    assert not (out / "recordings.parquet").exists()

    resumed = Run(log, *words)
    assert resumed.out == uninterrupted.out
    assert (resumed.status, resumed.err) == (uninterrupted.status, uninterrupted.err)
    assert without_journal(out) == without_journal(complete)
    for table in ("recordings.parquet", "beats.parquet"):
        assert pq.read_table(out / table).equals(pq.read_table(complete / table))
    not_noted = moment == "before"
    the_crash = 1
    assert len(log.read_text().splitlines()) == reads + not_noted + the_crash


def test_a_job_that_is_done_is_not_done_again(
    analyze: Any, archive: Path, whole: tuple, monkeypatch: pytest.MonkeyPatch
) -> None:
    uninterrupted, complete, _ = whole
    begun = []
    monkeypatch.setattr(PoolHere, "submit", lambda self, entries: begun.extend(entries))
    (archive / "deadly.csv").rename(archive / "deadly")
    try:
        status, out, err = analyze(archive, "--json", "--out", complete)
    finally:
        (archive / "deadly").rename(archive / "deadly.csv")
    lines = [line for line in uninterrupted.out.splitlines() if "deadly" not in line]
    assert begun == []
    assert (status, out.splitlines()) == (2, lines)
    assert "broken.edf" in err


def test_a_fault_of_our_own_while_a_result_is_noted_ends_the_job_in_one_line(
    analyze: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(self: Journal, one: Any, stem: str) -> None:
        raise KeyError(stem)

    monkeypatch.setattr(Journal, "add", add)
    monkeypatch.setattr(bulk, "Pool", Pool)
    source = tmp_path / "heart.csv"
    source.write_bytes(csv_file(simulate(duration_s=10.0)))
    status, _, err = analyze(source, source, "--out", tmp_path / "out")
    assert (status, "program itself" in err, len(err.splitlines())) == (1, True, 1)


def test_an_input_that_has_changed_is_read_again(analyze: Any, tmp_path: Path) -> None:
    source, out_dir = tmp_path / "heart.csv", tmp_path / "out"
    durations_s = []
    for duration_s in (10.0, 12.0):
        source.write_bytes(csv_file(simulate(duration_s=duration_s)))
        _, out, _ = analyze(source, "--json", "--out", out_dir)
        durations_s.append(json.loads(out)["duration_s"])
    assert durations_s == pytest.approx([10.0, 12.0])
    assert without_journal(out_dir) == ["heart.json", "heart.txt"]


def test_other_options_begin_anew(analyze: Any, tmp_path: Path) -> None:
    source, out_dir = tmp_path / "heart.csv", tmp_path / "out"
    source.write_bytes(csv_file(simulate(duration_s=10.0)))
    analyze(source, "--json", "--out", out_dir)
    analyze(source, "--json", "--out", out_dir, "--beats", "csv")
    assert without_journal(out_dir) == ["heart.beats.csv", "heart.json", "heart.txt"]


def test_reports_of_people_come_in_order_too(analyze: Any, tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.csv").write_bytes(csv_file(simulate(duration_s=10.0)))
    status, out, err = analyze(tmp_path)
    heads = [line for line in out.splitlines() if ".csv: Rhythm and beats normal" in line]
    assert (status, err) == (0, "")
    assert [Path(head.partition(":")[0]).name for head in heads] == ["a.csv", "b.csv"]


def test_a_plot_of_a_folder_needs_a_place(analyze: Any, tmp_path: Path) -> None:
    status, out, err = analyze(tmp_path, "--plot")
    assert (status, out) == (2, "")
    assert "--out" in err


def test_a_folder_without_recordings_is_one_line(analyze: Any, tmp_path: Path) -> None:
    (tmp_path / "README").write_text("nothing here")
    status, out, err = analyze(tmp_path, "--json")
    assert status == 2
    assert json.loads(out)["error"]["code"] == "no_recordings"
    assert len(err.splitlines()) == 1


def test_what_a_file_of_a_folder_leaves_unsaid_names_the_option(
    analyze: Any, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bare.csv").write_text("II_mV\n" + "0.1\n" * 500)
    status, out, err = analyze("--json", tmp_path / "in")
    assert status == 2
    message = json.loads(out)["error"]["message"]
    assert message.endswith("does not state its sampling rate. Give it with --sampling-rate HZ.")
    assert message in err


def test_two_jobs_cannot_share_a_folder(tmp_path: Path) -> None:
    with Journal(tmp_path, {}), pytest.raises(InputError, match="Another job") as caught:
        Journal(tmp_path, {})
    assert caught.value.code == "folder_in_use"


def test_a_line_that_was_cut_off_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1")
    (tmp_path / "b.csv").write_text("1")
    one, other = (single_input(str(tmp_path / name)) for name in ("a.csv", "b.csv"))
    with Journal(tmp_path, {"model": 1}) as journal:
        journal.add(one, "a")
        journal.add(other, "b")
    path = tmp_path / ".ecgmm-journal.jsonl"
    path.write_bytes(path.read_bytes()[:-9])
    with Journal(tmp_path, {"model": 1}) as journal:
        assert (journal.is_done(one), journal.is_done(other)) == (True, False)
        journal.add(other, "b")
    with Journal(tmp_path, {"model": 1}) as journal:
        assert journal.is_done(one)
        assert journal.is_done(other)


def test_a_model_that_is_not_there_ends_the_job_with_one_line(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", str(archive), "--model", str(tmp_path / "none")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
