"""A run directory belongs to one configuration, also when a newer version knows more settings."""

import json
from dataclasses import asdict, replace

import pytest

pytest.importorskip("tensorflow")

from ecgmm.errors import InputError
from ecgmm.training import train
from ecgmm.training.config import TrainingConfig, config_of

CONFIG = TrainingConfig()


class DataAskedForError(Exception):
    """The run directory was accepted."""


@pytest.fixture(autouse=True)
def no_data(monkeypatch):
    def load(config, data_dir):
        raise DataAskedForError

    monkeypatch.setattr(train, "load_training_data", load)


def begin(config, run_dir):
    with pytest.raises(DataAskedForError):
        train.train(config, run_dir / "data", run_dir)


def test_a_configuration_survives_being_written_down():
    config = replace(CONFIG, test_folds=(0, 3), split="strip", seed=7)
    assert config_of(json.loads(json.dumps(asdict(config)))) == config


def test_a_run_goes_on_with_its_own_configuration(tmp_path):
    begin(CONFIG, tmp_path)
    begin(CONFIG, tmp_path)


def test_a_run_of_a_version_without_test_folds_goes_on(tmp_path):
    begin(CONFIG, tmp_path)
    values = json.loads((tmp_path / "config.json").read_text())
    del values["test_folds"], values["split"]
    (tmp_path / "config.json").write_text(json.dumps(values))
    begin(CONFIG, tmp_path)


@pytest.mark.parametrize("text", ["", "[]", '{"seed": 2}', '{"never": "heard of"}'])
def test_another_or_unreadable_configuration_is_not_mixed_in(text, tmp_path):
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(InputError, match="another configuration"):
        train.train(CONFIG, tmp_path / "data", tmp_path)


@pytest.mark.parametrize("test_folds", [(1,), (5,), (0, 2, 3, 4, 1)])
def test_test_folds_are_other_folds_than_the_validation_one(test_folds):
    with pytest.raises(InputError, match="test_folds"):
        replace(CONFIG, fold=1, test_folds=test_folds)


def test_something_is_left_to_learn_from():
    with pytest.raises(InputError, match="test_folds"):
        replace(CONFIG, fold=1, test_folds=(0, 2, 3, 4))
