"""Shared fixtures."""

import pytest
from simulated_training import CONFIG, Training

KERASTUNER = ("KERASTUNER_TUNER_ID", "KERASTUNER_ORACLE_IP", "KERASTUNER_ORACLE_PORT")


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Whoever runs the tests may be part of a distributed search."""
    for name in KERASTUNER:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def training(monkeypatch):
    """The training, replaced by one that takes no time."""
    pytest.importorskip("keras_tuner")
    from tuning import hypermodel, run, tuner

    stand_in = Training()
    monkeypatch.setattr(hypermodel, "stage_model", stand_in.stage_model)
    monkeypatch.setattr(hypermodel, "fit_stage", stand_in.fit_stage)
    monkeypatch.setattr(run, "load_training_data", lambda config, data_dir: "the data")
    monkeypatch.setattr(run, "write_plot", lambda *arguments: stand_in.plots.append(arguments))
    monkeypatch.setattr(tuner, "POLL_S", 0.0)
    return stand_in


@pytest.fixture
def search(tmp_path):
    """Runs the command on a small space in `tmp_path / "search"`."""
    from tuning.search import main

    config = tmp_path / "start.toml"
    config.write_text(CONFIG)

    def run(*arguments: str) -> int:
        folder = ["--search-dir", str(tmp_path / "search"), "--config", str(config)]
        return main([*folder, "--tune", "loss", *arguments])

    return run
