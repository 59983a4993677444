"""A search over the real training, on simulated patients."""

import csv

import numpy as np
import pytest
from simulated_records import simulated_record
from tiny_table import TINY_MODEL

START = (
    """\
seed = 3

[[stages]]
modality = "signal"
epochs = 1
batches_per_epoch = 2
batch_size = 2
strip_steps = 100
learning_rate = 0.002

[model]
"""
    + TINY_MODEL
)


@pytest.fixture
def search(tmp_path, monkeypatch):
    """Runs the command on two simulated patients."""
    pytest.importorskip("keras_tuner")
    from ecgmm.training.train import TrainingData
    from tuning import run
    from tuning.search import main

    data = TrainingData(
        training=[simulated_record("101", "NNNAV", duration_s=30.0)],
        validation=[simulated_record("106", "NNV", duration_s=30.0)],
        noise_mv=np.random.default_rng(1).normal(size=(5000, 1)).astype(np.float32),
    )
    monkeypatch.setattr(run, "load_training_data", lambda config, data_dir: data)
    config = tmp_path / "start.toml"
    config.write_text(START)
    folder = ["--search-dir", str(tmp_path / "search"), "--config", str(config)]
    return lambda *arguments: main([*folder, *arguments])


def test_a_search_trains_a_real_network_and_keeps_it(search, tmp_path):
    from ecgmm.model.multimodal import load_model
    from ecgmm.training.config import load_config

    assert search("--tuner", "bayesian", "--trials", "1", "--tune", "loss", "sampler") == 0
    with (tmp_path / "search" / "trials.csv").open(newline="") as file:
        (best,) = csv.DictReader(file)
    assert 0 <= float(best["val_score"]) <= 1
    assert 0 <= float(best["val_signal_macro_f1"]) <= 1
    model = load_model(tmp_path / "search" / "best.keras")
    assert model.count_params() == int(best["parameters"])
    winner = load_config(tmp_path / "search" / "best.toml")
    assert winner.model.lstm_units == 4
    assert winner.class_weights[2] == float(best["class_weights.S"])


def test_data_that_is_not_prepared_is_an_error_that_names_the_command(
    tmp_path, monkeypatch, capsys
):
    pytest.importorskip("tensorflow_datasets")
    from tuning.search import main

    folders = ["--search-dir", str(tmp_path / "search"), "--data-dir", str(tmp_path / "none")]
    assert main(folders) == 2
    assert "python -m datasets.build" in capsys.readouterr().err


@pytest.mark.parametrize("modality", ["signal", "image", "both"])
def test_the_largest_network_of_the_search_is_still_small(modality):
    pytest.importorskip("keras")
    from ecgmm.model.multimodal import build_model
    from ecgmm.training.config import load_config
    from tuning.search import starting_config
    from tuning.space import SearchSpace

    space = SearchSpace(starting_config(load_config(), modality), ["branches", "fit"])
    largest = {path: list(values)[-1] for path, values in space.choices().items()}
    assert build_model(space.config(largest).model).count_params() < 1_500_000
