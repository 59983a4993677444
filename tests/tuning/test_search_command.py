import json

import pytest

from tuning import search
from tuning.search import main

KERASTUNER = ("KERASTUNER_TUNER_ID", "KERASTUNER_ORACLE_IP", "KERASTUNER_ORACLE_PORT")


def complaint(capsys):
    """The one line that went to stderr."""
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("tuning.search: ")
    return line


@pytest.mark.parametrize(
    "arguments",
    [
        ["--hours", "0"],
        ["--hours", "nan"],
        ["--hours", "soon"],
        ["--trials", "-3"],
        ["--epochs", "1.5"],
        ["--tuner", "luck"],
        ["--tune", "weather"],
        ["--modality", "sound"],
        ["stray"],
    ],
)
def test_bad_usage_ends_with_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert arguments[-1] in capsys.readouterr().err


def test_help_says_how_to_go_on_and_what_comes_out(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    said = capsys.readouterr().out
    for word in ("--hours", "--modality", "goes on", "best.toml", "trials.csv", "README.md"):
        assert word in said


def test_a_configuration_that_is_not_there_is_named(tmp_path, capsys):
    assert main(["--config", str(tmp_path / "none.toml"), "--search-dir", str(tmp_path)]) == 2
    assert "none.toml" in complaint(capsys)


def test_the_folder_of_another_search_is_left_alone(tmp_path, capsys):
    record = tmp_path / "search.json"
    record.write_text(json.dumps({"tuner": "bayesian"}))
    assert main(["--search-dir", str(tmp_path)]) == 2
    assert "another search" in complaint(capsys)
    assert json.loads(record.read_text()) == {"tuner": "bayesian"}
    assert list(tmp_path.iterdir()) == [record]


@pytest.mark.parametrize("given", KERASTUNER)
def test_a_process_that_is_half_distributed_is_refused(given, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(given, "worker0")
    assert main(["--search-dir", str(tmp_path / "search")]) == 2
    said = complaint(capsys)
    assert all(name in said for name in KERASTUNER)
    assert not (tmp_path / "search").exists()


def test_missing_packages_are_named_with_the_command_that_installs_them(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(search, "PACKAGES", ("keras_tuner", "no_such_package"))
    assert main(["--search-dir", str(tmp_path / "search")]) == 2
    said = complaint(capsys)
    assert "no_such_package" in said
    assert "keras_tuner" not in said
    assert "pip install" in said
