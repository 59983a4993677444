"""The stage of leads teaches conditions and leaves the reading of beats as it was."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from tiny_model import TINY

from ecgmm.conditions import CONDITION_CODES
from ecgmm.errors import InputError
from ecgmm.model.conditions_head import thresholds_of
from ecgmm.model.multimodal import build_model, conditions_head_of, load_model, parts_of
from ecgmm.pipeline.lead_batches import LeadBatch, LeadConfig
from ecgmm.pipeline.lead_records import TRAINING_FOLDS, LeadRecords
from ecgmm.scoring.multilabel import auroc
from ecgmm.training import conditions as training
from ecgmm.training.callbacks import logged_scores
from ecgmm.training.config import StageConfig, TrainingConfig
from ecgmm.training.train import train

LVH = CONDITION_CODES.index("LVH")
STAGE = StageConfig("conditions", "leads", 4, 25, batch_size=16, strip_steps=62, learning_rate=0.02)
CONFIG = TrainingConfig(stages=(STAGE,), model=replace(TINY, condition_dropout=0.0))

pytestmark = pytest.mark.slow


def simulated_records(count: int, seed: int) -> LeadRecords:
    """Records of which those with twice the voltage have hypertrophy, and no other condition."""
    rng = np.random.default_rng(seed)
    has_lvh = np.arange(count) % 2
    rate_hz = rng.uniform(0.9, 1.6, (count, 1, 1))
    wave = np.sin(2 * np.pi * rate_hz * np.arange(1250) / 125) ** 15
    signal_uv = 700 * (1 + has_lvh[:, None, None]) * wave * rng.uniform(0.8, 1.2, (count, 8, 1))
    conditions = np.zeros((count, len(CONDITION_CODES)), np.int8)
    conditions[:, LVH] = conditions[:, CONDITION_CODES.index("HYP")] = has_lvh
    return LeadRecords(signal_uv.astype(np.int16), conditions)


@pytest.fixture(autouse=True)
def _simulated_ptbxl(monkeypatch):
    def load(data_dir, folds):
        return simulated_records(64, 1) if folds == TRAINING_FOLDS else simulated_records(32, 2)

    monkeypatch.setattr(training, "load_lead_records", load)


@pytest.fixture
def init(tmp_path) -> Path:
    keras.utils.set_random_seed(5)
    build_model(TINY).save(tmp_path / "init.keras")
    return tmp_path / "init.keras"


def test_it_learns_what_voltage_says_and_leaves_beats_bit_for_bit(init, tmp_path):
    trained = load_model(train(CONFIG, tmp_path, tmp_path / "run", init))
    for part, before in zip(parts_of(trained), parts_of(load_model(init)), strict=True):
        for one, other in zip(part.get_weights(), before.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)
    held_out = simulated_records(32, 3)
    probabilities = training.read_conditions(conditions_head_of(trained), held_out)
    assert auroc(held_out.conditions[:, LVH], probabilities[:, LVH]) > 0.9
    called = probabilities[:, LVH] >= thresholds_of(conditions_head_of(trained))[LVH]
    assert np.mean(called == held_out.conditions[:, LVH]) > 0.8


def test_a_head_that_learns_from_teachers_and_print_begins_again_where_it_was(init, tmp_path):
    leads = LeadConfig(printed_records=20, printed_share=0.3)
    stage = replace(STAGE, epochs=3, teachers=2)
    config = replace(CONFIG, stages=(stage,), leads=leads)
    trained = load_model(train(config, tmp_path, tmp_path / "run", init))
    held_out = simulated_records(32, 3)
    probabilities = training.read_conditions(conditions_head_of(trained), held_out)
    assert auroc(held_out.conditions[:, LVH], probabilities[:, LVH]) > 0.9
    folder = tmp_path / "run/conditions"
    assert len(logged_scores(folder / "teacher-2/epochs.csv")) == 3
    kept = training.kept_traces(trained, simulated_records(64, 1), config, folder)
    assert kept.trace_uv.shape == (20, 12, 1250)


def test_a_teacher_s_answer_counts_as_much_as_the_label():
    class Sure:
        def predict_on_batch(self, shown):
            assert shown["seen"].all()
            return np.full((2, 3), shown["leads_mv"].max())

    shown = np.zeros((2, 12, 5), np.float32)
    batch = LeadBatch(shown, shown[..., :1], np.eye(2, 3, dtype=np.float32), shown + 1)
    assert training.taught_by([Sure(), Sure()])(batch).tolist() == [[1, 0.5, 0.5], [0.5, 1, 0.5]]


def test_fewer_records_are_learned_from_and_the_superclasses_alone_where_asked():
    config = replace(CONFIG, leads=LeadConfig(records=10, auxiliary=False))
    chosen = training.chosen_records(simulated_records(64, 1), config)
    assert len(chosen) == 10
    assert not chosen.conditions[:, LVH].any()
    assert chosen.conditions[:, CONDITION_CODES.index("HYP")].any()


def test_what_bfloat16_has_trained_reads_in_float32(init, tmp_path):
    config = replace(CONFIG, stages=(replace(STAGE, epochs=1, compute_dtype="bfloat16"),))
    head = conditions_head_of(load_model(train(config, tmp_path, tmp_path / "run", init)))
    assert {layer.compute_dtype for layer in head.layers} == {"float32"}
    assert np.isfinite(training.read_conditions(head, simulated_records(4, 1))).all()


def test_a_stopped_stage_goes_on_where_it_was(init, tmp_path, monkeypatch):
    make = training.LeadBatchMaker.make

    def stop(self, number):
        if number == 2 * STAGE.batches_per_epoch + 3:
            raise KeyboardInterrupt
        return make(self, number)

    with monkeypatch.context() as patch:
        patch.setattr(training.LeadBatchMaker, "make", stop)
        with pytest.raises(Exception, match="KeyboardInterrupt"):
            train(CONFIG, tmp_path, tmp_path / "run", init)
    assert len(logged_scores(tmp_path / "run/conditions/epochs.csv")) == 2
    stopped = load_model(train(CONFIG, tmp_path, tmp_path / "run", init))
    whole = load_model(train(CONFIG, tmp_path, tmp_path / "whole", init))
    records = simulated_records(8, 4)
    np.testing.assert_allclose(
        training.read_conditions(conditions_head_of(stopped), records),
        training.read_conditions(conditions_head_of(whole), records),
        atol=0.02,
    )


def test_ptb_xl_that_is_not_prepared_is_told_with_the_command_that_prepares_it(
    init, tmp_path, monkeypatch
):
    monkeypatch.undo()
    with pytest.raises(InputError, match=r"python -m datasets\.build ptbxl"):
        train(CONFIG, tmp_path, tmp_path / "run", init)
