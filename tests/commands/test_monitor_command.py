"""`ecgmm monitor`: JSON Lines out, one line and status 2 for what cannot be watched."""

import argparse
import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from patience import PATIENCE_S

from ecgmm.cli import main
from ecgmm.commands import monitor
from ecgmm.simulator import simulate
from ecgmm.writers.recording_csv import csv_file


class NoBeats:
    """A runtime that never sees a beat."""

    model_name = "nothing"
    model_version = "1"

    def signal(self, signal):
        import numpy as np

        from ecgmm.serving.runtime import Probabilities

        beats = np.zeros((len(signal), 250, 6), np.float32)
        beats[..., 0] = 1.0
        return Probabilities(beats, np.tile(np.float32([1, 0, 0, 0]), (len(signal), 1)))


@pytest.fixture
def csv_path(tmp_path):
    path = tmp_path / "heart.csv"
    path.write_bytes(csv_file(simulate(duration_s=12.0, sampling_rate_hz=250.0)))
    return path


@pytest.fixture
def without_model(monkeypatch):
    monkeypatch.setattr(monitor, "runtime_opener", lambda args: NoBeats)


def test_events_are_printed_as_json_lines_and_alarms_are_logged(
    csv_path, tmp_path, without_model, capsys
):
    log = tmp_path / "alarms.jsonl"
    assert main(["monitor", str(csv_path), "--speed", "max", "--log", str(log)]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[0]["code"] == "started"
    assert events[-1]["code"] == "ended"
    assert [e["code"] for e in events if e["type"] == "alarm"] == ["pause", "asystole"]
    assert [json.loads(line)["code"] for line in log.read_text().splitlines()][-1] == "asystole"


def test_samples_are_printed_where_they_are_asked_for(csv_path, without_model, capsys):
    assert main(["monitor", str(csv_path), "--speed", "max", "--trace"]) == 0
    traces = [
        e for e in map(json.loads, capsys.readouterr().out.splitlines()) if e["type"] == "trace"
    ]
    assert sum(len(trace["samples_mv"]) for trace in traces) == 1500


def test_limits_are_obeyed(csv_path, without_model, capsys):
    arguments = ["monitor", str(csv_path), "--speed", "max", "--limits", "asystole_s=8"]
    assert main(arguments) == 0
    (alarm,) = [
        event
        for event in map(json.loads, capsys.readouterr().out.splitlines())
        if event.get("code") == "asystole"
    ]
    assert 8.0 < alarm["time_s"] < 9.5


def test_standard_input_is_a_source(csv_path, without_model, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(csv_path.read_text()))
    assert main(["monitor", "-"]) == 0
    assert '"ended"' in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing.csv"],
        ["ws://127.0.0.1:9"],
        ["HEART", "--limits", "speed=3"],
        ["HEART", "--log", "no/such/folder/log"],
    ],
)
def test_what_cannot_be_watched_is_one_line_and_status_2(
    arguments, csv_path, without_model, capsys
):
    arguments = [str(csv_path) if argument == "HEART" else argument for argument in arguments]
    assert main(["monitor", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("ecgmm: ")
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "nan", "1e9"])
def test_a_speed_that_is_none_is_bad_usage(speed):
    with pytest.raises(argparse.ArgumentTypeError):
        monitor._speed(speed)


def test_ctrl_c_stops_it_without_a_word(csv_path):
    program = (
        "import sys; sys.path[:0] = sys.argv[1:3]\n"
        "from test_monitor_command import NoBeats\n"
        "from ecgmm.commands import monitor\n"
        "monitor.runtime_opener = lambda args: NoBeats\n"
        "from ecgmm.cli import main\n"
        "sys.exit(main(['monitor', sys.argv[3]]))\n"
    )
    here = Path(__file__).parent
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(here), str(here.parent), str(csv_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert '"started"' in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (0, "")
