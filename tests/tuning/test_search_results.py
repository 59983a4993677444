import csv
import json

import pytest

from ecgmm.training.config import load_config
from tuning.results import write_plot, write_tables
from tuning.search import starting_config
from tuning.space import SearchSpace, label_of, value_at
from tuning.trials import read_trials, scores_by_label, share_explained

SPACE = SearchSpace(starting_config(load_config(), "signal"), ("loss",))
START = {path: label_of(value_at(SPACE.base, path)) for path in SPACE.choices()}
FIGURES = {"val_signal_s_f1": 0.5, "epochs": 3, "parameters": 1234}


def leave_trial(search_dir, name, score, status="COMPLETED", **labels):
    folder = search_dir / "trials" / f"trial_{name}"
    folder.mkdir(parents=True)
    values = START | {path.replace("__", "."): value for path, value in labels.items()}
    state = {
        "trial_id": name,
        "status": status,
        "score": score,
        "hyperparameters": {"values": values},
    }
    (folder / "trial.json").write_text(json.dumps(state))
    if status == "COMPLETED":
        (folder / "summary.json").write_text(json.dumps(FIGURES))


@pytest.fixture
def search_dir(tmp_path):
    leave_trial(tmp_path, "00", 0.6, focus=0.0)
    leave_trial(tmp_path, "01", 0.8, focus=2.0, class_weights__S=3.0)
    leave_trial(tmp_path, "02", None, status="FAILED", focus=1.0)
    leave_trial(tmp_path, "03", None, status="RUNNING", focus=1.0)
    leave_trial(tmp_path, "04", 0.7, focus=2.0)
    return tmp_path


def test_trials_that_have_ended_are_listed_best_first_and_failures_last(search_dir):
    assert [trial.name for trial in read_trials(search_dir)] == ["01", "04", "00", "02"]


def test_the_table_says_what_each_trial_tried_and_how_it_did(search_dir):
    write_tables(search_dir, read_trials(search_dir), SPACE, "the command")
    with (search_dir / "trials.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["trial"] == "01"
    assert float(rows[0]["val_score"]) == 0.8
    assert float(rows[0]["class_weights.S"]) == 3.0
    assert float(rows[0]["val_signal_s_f1"]) == 0.5
    assert rows[0]["parameters"] == "1234"
    assert rows[-1]["val_score"] == ""


def test_the_markdown_ranks_what_mattered(search_dir):
    write_tables(search_dir, read_trials(search_dir), SPACE, "the command")
    text = (search_dir / "trials.md").read_text()
    assert "`the command`" in text
    trials, mattered = text.split("## What mattered")
    assert "| 01 | 0.8000 |" in trials
    assert "| 02 | failed |" in trials
    assert mattered.index("| focus |") < mattered.index("| class_weights.F |")
    assert "2.0: 0.750, 0.0: 0.600" in mattered


def test_the_winning_configuration_is_what_training_reads(search_dir):
    write_tables(search_dir, read_trials(search_dir), SPACE, "the command")
    config = load_config(search_dir / "best.toml")
    assert config == SPACE.config(START | {"focus": 2.0, "class_weights.S": 3.0})
    assert "val_score 0.8000" in (search_dir / "best.toml").read_text()


def test_the_plot_shows_every_dimension(search_dir):
    write_plot(search_dir, read_trials(search_dir), SPACE)
    assert (search_dir / "what_mattered.png").read_bytes().startswith(b"\x89PNG")


def test_a_search_without_any_score_has_a_table_but_no_winner(tmp_path):
    leave_trial(tmp_path, "00", None, status="FAILED")
    write_tables(tmp_path, read_trials(tmp_path), SPACE, "the command")
    write_plot(tmp_path, read_trials(tmp_path), SPACE)
    assert "failed" in (tmp_path / "trials.md").read_text()
    assert not (tmp_path / "best.toml").exists()
    assert not (tmp_path / "what_mattered.png").exists()


def test_a_dimension_explains_what_lies_between_its_values():
    assert share_explained({1: [0.5, 0.5], 2: [0.7, 0.7]}) == pytest.approx(1)
    assert share_explained({1: [0.5, 0.7], 2: [0.5, 0.7]}) == pytest.approx(0)
    assert share_explained({1: [0.4, 0.6], 2: [0.6, 0.8]}) == pytest.approx(0.5)
    assert share_explained({1: [0.5]}) == share_explained({}) == 0


def test_failed_trials_have_no_say_in_what_mattered(search_dir):
    assert scores_by_label(read_trials(search_dir), "focus") == {2.0: [0.8, 0.7], 0.0: [0.6]}
