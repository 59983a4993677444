"""What a stage trains, and how fast."""

from dataclasses import replace
from pathlib import Path

import pytest
import tiny_run

from ecgmm.errors import InputError
from ecgmm.model.multimodal import build_model, parts_of
from ecgmm.training.train import compile_model, freeze, train

CONFIG = tiny_run.CONFIG
SIGNAL_STAGE = CONFIG.stages[0]


def test_a_configuration_without_stages_trains_nothing(tmp_path, monkeypatch):
    tiny_run.use_simulated_data(monkeypatch.setattr)
    with pytest.raises(InputError) as caught:
        train(replace(CONFIG, stages=()), Path("no data"), tmp_path)
    assert caught.value.code == "nothing_to_train"


@pytest.mark.parametrize(
    ("modality", "branches"),
    [
        ("signal", {"signal_branch"}),
        ("image", {"image_branch"}),
        ("both", {"signal_branch", "image_branch"}),
    ],
)
@pytest.mark.parametrize("head", [True, False])
def test_a_stage_trains_the_branches_of_its_modality_and_the_head_if_it_says_so(
    modality, branches, head
):
    model = build_model(CONFIG.model)
    freeze(parts_of(model), replace(SIGNAL_STAGE, modality=modality, head=head))
    parts = ("signal_branch", "image_branch", "head")
    trained = {part for part in parts if model.get_layer(part).trainable_variables}
    assert trained == branches | ({"head"} if head else set())


def test_the_learning_rate_warms_up_to_its_peak_and_falls_to_a_hundredth():
    stage = replace(SIGNAL_STAGE, epochs=10, batches_per_epoch=100, learning_rate=0.004)
    model = build_model(CONFIG.model)
    compile_model(model, stage, CONFIG)
    rate = [float(model.optimizer._learning_rate(step)) for step in (0, 25, 50, 500, 1000)]
    assert rate[0] == 0.0
    assert rate[1] == pytest.approx(0.002)
    assert rate[2] == pytest.approx(0.004)
    assert 0.001 < rate[3] < 0.003
    assert rate[4] == pytest.approx(0.00004, rel=1e-3)
