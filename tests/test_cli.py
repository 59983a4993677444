"""What the console script owes to everyone who calls it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ecgmm import cli
from ecgmm.errors import InputError

ECGMM = [sys.executable, "-m", "ecgmm"]


def run_process(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*ECGMM, *words], capture_output=True, text=True, check=False, **options)


def command_that(action: Any) -> SimpleNamespace:
    """A subcommand `do` that does `action`."""

    def add_parser(subparsers: Any) -> None:
        subparsers.add_parser("do").set_defaults(run=lambda args: action())

    return SimpleNamespace(add_parser=add_parser)


def raise_(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(
    ("module", "library", "extra"),
    [
        ("tensorflow_datasets", "tensorflow-datasets", "train"),
        ("tensorflow_serving.apis", "tensorflow-serving-api", "serving"),
        ("pyarrow.parquet", "pyarrow", "parquet"),
    ],
)
def test_a_library_of_an_extra_that_is_not_there_is_named_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    module: str,
    library: str,
    extra: str,
) -> None:
    def use() -> None:
        raise ModuleNotFoundError(f"No module named {module!r}", name=module)

    monkeypatch.setattr(cli, "COMMANDS", (command_that(use),))
    status = cli.main(["do"])
    complaint = capsys.readouterr().err
    assert (status, len(complaint.splitlines())) == (2, 1)
    assert library in complaint
    assert f"pip install 'ecgmm[{extra}]'" in complaint


def test_training_without_its_extra_says_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    status = cli.main(["train", "--run-dir", str(tmp_path)])
    assert (status, "ecgmm[train]" in capsys.readouterr().err) == (2, True)


HEAVY = ("tensorflow", "keras", "numpy", "cv2", "scipy", "pandas", "matplotlib", "onnxruntime")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--version"], 0),
        (["--help"], 0),
        (["analyze", "--help"], 0),
        (["analyze", "--colour"], 2),
        (["analyze", "there-is-no-such-file.csv"], 2),
        (["analyze", "--json", "there-is-no-such-archive.zip/ecg.csv"], 2),
    ],
)
def test_help_and_refusals_load_nothing_that_reading_needs(words: list[str], status: int) -> None:
    script = (
        "import sys; from ecgmm.cli import main\n"
        f"try: status = main({words!r})\n"
        "except SystemExit as leaving: status = leaving.code\n"
        f"loaded = sorted(set({HEAVY!r}) & set(sys.modules))\n"
        "print(status or 0, loaded)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == f"{status} []"


def test_the_command_line_is_ready_within_half_a_second_of_work() -> None:
    script = "import time, ecgmm.cli; ecgmm.cli.build_parser(); print(time.process_time())"
    runs_s = [
        float(subprocess.check_output([sys.executable, "-c", script], text=True)) for _ in range(3)
    ]
    assert min(runs_s) < 0.5


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["diagnose"],
        ["analyze"],
        ["analyze", "x.csv", "--sampling-rate", "-1"],
        ["analyze", "x.csv", "--sampling-rate", "nan"],
        ["analyze", "x.csv", "--unit", "kg"],
        ["analyze", "x.csv", "--colour"],
    ],
)
def test_bad_usage_is_one_line_on_stderr(words: list[str]) -> None:
    done = run_process(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "--help" in done.stderr


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (InputError("damaged", "x.csv: it is\ndamaged"), 2, "x.csv: it is damaged"),
        (ZeroDivisionError("division"), 1, "ZeroDivisionError: division"),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(), 141, ""),
    ],
)
def test_every_failure_has_its_status_and_at_most_one_line(
    error: BaseException,
    status: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(cli, "COMMANDS", (command_that(lambda: raise_(error)),))
    monkeypatch.setattr(cli, "_forget_stdout", lambda: None)
    assert cli.main(["do"]) == status
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err
    assert len(captured.err.splitlines()) == bool(words)


@pytest.fixture
def unread_model(tmp_path: Path) -> Path:
    """A folder that looks like a model to whoever does not load it."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "saved_model.pb").touch()
    return tmp_path / "model"


def test_whoever_stops_reading_hears_no_complaint(unread_model: Path) -> None:
    reading_end, writing_end = os.pipe()
    os.close(reading_end)
    words = ["analyze", "--json", "missing.png", "--model", str(unread_model)]
    done = subprocess.run(
        [*ECGMM, *words], stdout=writing_end, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing_end)
    assert done.returncode == 141
    assert done.stderr == ""


def test_stderr_holds_nothing_but_the_complaint(unread_model: Path) -> None:
    done = run_process("analyze", "--json", "missing.png", "--model", str(unread_model))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("closed", [1, 2])
def test_a_closed_stream_is_no_fault(unread_model: Path, closed: int) -> None:
    command = " ".join([*ECGMM, "analyze --json missing.png --model", str(unread_model)])
    done = subprocess.run(
        ["sh", "-c", f"exec {command} {closed}>&-"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    lines = (done.stdout + done.stderr).splitlines()
    assert len(lines) == 1
    assert "missing.png" in lines[0]


def test_a_file_whose_name_is_no_text_can_be_named(unread_model: Path) -> None:
    words = ["analyze", "--json", b"missing-\xff.png", "--model", str(unread_model)]
    done = subprocess.run([*ECGMM, *words], capture_output=True, check=False)
    assert done.returncode == 2
    assert json.loads(done.stdout)["input"] == os.fsdecode(b"missing-\xff.png")
