"""Which models the controls train, and on whose beats each is scored."""

from dataclasses import replace

import numpy as np
import pytest
from peak_runtime import PeakRuntime
from simulated_data_sets import prepare
from simulated_records import simulated_recording

pytest.importorskip("tensorflow")

from ecgmm.errors import InputError
from ecgmm.evaluation.reading_ways import SIGNAL
from ecgmm.experiments import controls
from ecgmm.pipeline.splits import DS1, DS2
from ecgmm.training.config import CONTROL_CONFIG, TrainingConfig, load_config
from ecgmm.training.train import load_training_data

CONFIG = TrainingConfig(datasets=("mitdb", "svdb"))


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    template = simulated_recording(duration_s=420.0, sampling_rate_hz=125.0)
    mitdb = [replace(template, name=name, patient=name) for name in (*DS1[:10], *DS2[:3])]
    svdb = [
        replace(template, name=name, patient=name) for name in ("800", "801", "802", "803", "804")
    ]
    flat = replace(svdb[0], name="805", patient="805", signal_mv=np.zeros_like(template.signal_mv))
    noise = replace(template, name="em", annotations=None)
    return prepare(tmp_path, monkeypatch, {"mitdb": mitdb, "svdb": [*svdb, flat], "nstdb": [noise]})


@pytest.fixture
def trained(monkeypatch):
    """Configurations by folder, in the place of trainings; every model finds peaks."""
    configs, read = {}, []

    def train(config, data_dir, run_dir):
        configs[run_dir.name] = config
        return run_dir / "best.keras"

    def read_all(recordings, runtime, ways):
        read.append({recording.name for recording in recordings})
        return original(recordings, PeakRuntime(), ways)

    original = controls.read_all
    monkeypatch.setattr(controls, "train", train)
    monkeypatch.setattr(controls, "SignalModel", lambda path: None)
    monkeypatch.setattr(controls, "read_all", read_all)
    return configs, read


def patients(records):
    return {record.name for record in records}


def test_the_leaky_model_differs_from_the_honest_one_in_the_leak_alone(data_dir, trained, tmp_path):
    configs, (honest_read, leaky_read) = trained[0], run_leak(data_dir, trained, tmp_path)
    honest, leaky = configs["fold-0"], configs["leaky"]
    assert replace(leaky, split="patient") == honest
    assert honest_read == leaky_read
    honest_data = load_training_data(honest, data_dir)
    leaky_data = load_training_data(leaky, data_dir)
    assert not honest_read & patients([*honest_data.training, *honest_data.validation])
    assert patients(leaky_data.training) - patients(honest_data.training) == leaky_read
    assert patients(leaky_data.validation) == patients(honest_data.validation)


def run_leak(data_dir, trained, run_dir):
    rows = controls.leakage_control(CONFIG, data_dir, run_dir)
    assert [row.name for row in rows] == ["honest", "leaky"]
    assert rows[0].figures["N F1"] == rows[1].figures["N F1"] > 0.9
    return trained[1]


def test_each_database_is_scored_by_a_model_that_has_none_of_it(data_dir, trained, tmp_path):
    configs, read = trained
    ds1, svdb = controls.unseen_databases(CONFIG, data_dir, tmp_path)
    assert (ds1.name, svdb.name) == ("MIT-BIH DS1", "SVDB")
    assert configs["without-mitdb"].datasets == ("svdb",)
    assert configs["without-svdb"].datasets == ("mitdb",)
    assert read[0] == set(DS1[:10])
    assert read[1] == {"800", "801", "802", "803", "804", "805"}
    assert "5 records without 805 (missing_lead)" in svdb.note


def test_a_single_database_leaves_nothing_to_train_on(data_dir, tmp_path):
    with pytest.raises(InputError, match="Name two data sets"):
        controls.unseen_databases(replace(CONFIG, datasets=("svdb",)), data_dir, tmp_path)


def test_in_cross_validation_everybody_is_scored_once_by_a_stranger(data_dir, trained, tmp_path):
    configs, read = trained
    rows = controls.cross_validate(CONFIG, data_dir, tmp_path)
    assert [row.name for row in rows] == [*(f"fold {fold}" for fold in range(5)), "all folds"]
    assert sorted(name for names in read for name in names) == sorted(
        [*DS1[:10], "800", "801", "802", "803", "804", "805"]
    )
    for fold, names in enumerate(read):
        data = load_training_data(configs[f"fold-{fold}"], data_dir)
        assert not names & patients([*data.training, *data.validation])


def test_control_and_cross_validation_share_a_training(data_dir, trained, tmp_path):
    controls.leakage_control(CONFIG, data_dir, tmp_path)
    honest = trained[0].pop("fold-0")
    controls.cross_validate(CONFIG, data_dir, tmp_path)
    assert trained[0]["fold-0"] == honest


def test_seeds_differ_in_nothing_else_and_begin_with_the_honest_control(
    data_dir, trained, tmp_path
):
    spreads = controls.seed_spread(CONFIG, data_dir, tmp_path)
    configs = trained[0]
    assert list(configs) == ["fold-0", "seed-2", "seed-3"]
    assert {replace(config, seed=1) for config in configs.values()} == {configs["fold-0"]}
    assert len(spreads["N F1"].values) == 3
    assert spreads["N F1"].standard_deviation == 0


def test_the_control_configuration_trains_signals_on_annotated_beats_alone():
    config = load_config(CONTROL_CONFIG)
    assert {stage.modality for stage in config.stages} == {"signal"}
    assert config.datasets == ("mitdb", "svdb")


def test_a_trained_model_reads_signals_as_any_runtime_does(tmp_path):
    from ecgmm.model.config import ModelConfig
    from ecgmm.model.multimodal import build_model

    small = ModelConfig(
        features=4, head_units=4, stem_filters=4, signal_filters=4, signal_dilations=(1,),
        lstm_units=4, lstm_layers=1, image_stem_filters=(4, 4, 4), image_filters=4,
        image_dilations=(1,),
    )  # fmt: skip
    build_model(small).save(tmp_path / "best.keras")
    model = controls.SignalModel(tmp_path / "best.keras")
    read = model.signal(np.zeros((2, 1250), np.float32))
    assert read.beats.shape == (2, 250, 6)
    assert SIGNAL == "signal"
    with pytest.raises(NotImplementedError):
        model.image([b""])
