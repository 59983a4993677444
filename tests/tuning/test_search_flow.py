import csv
import json
import math
from types import SimpleNamespace

import pytest

from ecgmm.training.config import load_config

BAYESIAN = ("--tuner", "bayesian", "--trials", "3")


@pytest.fixture
def search_dir(tmp_path, training):
    return tmp_path / "search"


def table(search_dir):
    with (search_dir / "trials.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def weight_of(model):
    import keras

    return float(keras.models.load_model(model).get_weights()[0][0, 0])


def stop_at(number):
    """A kill at the given fit, the first being 0."""
    seen = []

    def before_fit(fit):
        seen.append(fit)
        if len(seen) == number + 1:
            raise KeyboardInterrupt

    return before_fit


def test_bayesian_optimization_stops_after_its_trials(search, search_dir, training, capsys):
    assert search(*BAYESIAN) == 0
    assert len(table(search_dir)) == len(training.fits) == 3
    said = capsys.readouterr().out
    assert "3 trials; the best is" in said
    assert "ecgmm train --config" in said


def test_bayesian_optimization_models_the_scores_once_it_has_enough_of_them(search, training):
    pytest.importorskip("sklearn")
    assert search("--tuner", "bayesian", "--trials", "6") == 0
    *at_random, modelled = training.fits
    assert modelled.config not in [fit.config for fit in at_random]


def test_only_the_best_model_is_kept(search, search_dir, training):
    search(*BAYESIAN)
    best = table(search_dir)[0]
    assert [path.parent for path in search_dir.rglob("*.keras")] == [search_dir]
    assert weight_of(search_dir / "best.keras") == pytest.approx(float(best["val_score"]))


def test_the_winner_is_what_was_trained(search, search_dir, training):
    search(*BAYESIAN)
    winner = load_config(search_dir / "best.toml")
    folder = search_dir / "trials" / f"trial_{table(search_dir)[0]['trial']}"
    assert winner in [fit.config for fit in training.fits if fit.folder == folder]


def test_the_same_seed_tries_the_same(search, search_dir, training):
    search(*BAYESIAN)
    first = [fit.config for fit in training.fits]
    for path in sorted(search_dir.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    search(*BAYESIAN)
    assert [fit.config for fit in training.fits[len(first) :]] == first


def test_a_search_that_was_stopped_goes_on_with_the_trial_it_was_at(
    search, search_dir, training, capsys
):
    training.before_fit = stop_at(1)
    assert search(*BAYESIAN) == 130
    assert "goes on" in capsys.readouterr().err
    assert len(table(search_dir)) == len(training.plots) == 1
    training.before_fit = lambda fit: None
    assert search(*BAYESIAN) == 0
    assert [fit.folder.name for fit in training.fits] == [f"trial_{n}" for n in range(3)]


def test_a_search_that_was_stopped_in_its_first_trial_goes_on(search, training):
    training.before_fit = stop_at(0)
    assert search(*BAYESIAN) == 130
    assert search(*BAYESIAN) == 0
    assert len(training.fits) == 3


def test_a_finished_search_is_not_done_again(search, training):
    search(*BAYESIAN)
    assert search(*BAYESIAN) == 0
    assert len(training.fits) == 3


def test_the_time_box_cuts_a_trial_off_between_two_batches(search, training, monkeypatch, capsys):
    def run_out(fit):
        with monkeypatch.context() as later:
            later.setattr("tuning.time_box.time", SimpleNamespace(monotonic=lambda: math.inf))
            fit.callbacks[0].on_train_batch_end(0)

    training.before_fit = run_out
    assert search(*BAYESIAN, "--hours", "5") == 0
    assert "Time is up" in capsys.readouterr().out
    assert training.fits == []
    training.before_fit = lambda fit: None
    assert search(*BAYESIAN, "--hours", "5") == 0
    assert len(training.fits) == 3


def test_no_trial_begins_when_time_is_up(search, training, capsys):
    assert search(*BAYESIAN, "--hours", "1e-9") == 0
    assert "Time is up" in capsys.readouterr().out
    assert training.fits == []


def test_a_trial_that_fails_is_told_and_the_search_goes_on(search, search_dir, training, capsys):
    def fail_once(fit):
        if fit.folder.name == "trial_1":
            raise MemoryError("no memory left")

    training.before_fit = fail_once
    assert search(*BAYESIAN) == 0
    assert "no memory left" in capsys.readouterr().out
    assert [row["trial"] for row in table(search_dir) if not row["val_score"]] == ["1"]


def test_a_search_whose_trials_all_fail_gives_up(search, training, capsys):
    def fail(fit):
        raise MemoryError("no memory left")

    training.before_fit = fail
    assert search(*BAYESIAN) == 1
    assert "3 trials in a row have failed: MemoryError: no memory left" in capsys.readouterr().err


def test_another_search_does_not_go_into_the_same_folder(search, training, capsys):
    search(*BAYESIAN)
    assert search("--tuner", "hyperband") == 2
    assert search(*BAYESIAN, "--seed", "5") == 2
    assert "another search" in capsys.readouterr().err


def test_hyperband_lets_the_best_short_trial_go_on_from_its_weights(search, training):
    assert search("--tuner", "hyperband") == 0
    short = [fit for fit in training.fits if fit.epochs == 1]
    (continued,) = [fit for fit in training.fits if fit.init is not None]
    best = max(short, key=lambda fit: fit.score)
    assert continued.init == best.folder / "best.keras"
    assert continued.epochs == 2
    assert continued.config.class_weights == best.config.class_weights
    assert continued.config.seed != best.config.seed


def test_hyperband_keeps_one_model_and_counts_all_epochs(search, search_dir, training):
    search("--tuner", "hyperband")
    assert [path.parent for path in search_dir.rglob("*.keras")] == [search_dir]
    assert sorted(int(row["epochs"]) for row in table(search_dir)) == [1, 1, 1, 3, 3, 3]


def test_hyperband_goes_on_after_a_stop(search, search_dir, training):
    training.before_fit = stop_at(3)
    assert search("--tuner", "hyperband") == 130
    kept = {path.parent.name for path in search_dir.rglob("trial_*/best.keras")}
    assert kept == {"trial_0000", "trial_0001", "trial_0002"}
    assert search("--tuner", "hyperband") == 0
    assert len(table(search_dir)) == 6


def test_the_record_of_a_search_says_what_was_searched(search, search_dir, training):
    search(*BAYESIAN)
    record = json.loads((search_dir / "search.json").read_text())
    assert record["tuner"] == "bayesian"
    assert record["tune"] == ["loss"]
