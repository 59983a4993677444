"""Classes are named as readily as held-out patients want them."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from ecgmm.grid import SAMPLES_PER_STEP, STRIP_SAMPLES, STRIP_STEPS
from ecgmm.labels import STEP_CLASSES
from ecgmm.model.config import ModelConfig
from ecgmm.model.multimodal import build_model
from ecgmm.pipeline.strips import Strip
from ecgmm.training.balance import ReadStrips, add_biases, biased, choose_biases

BEAT_STEPS = np.arange(20, 240, 20)


def reading_of(truth: list[str], v_probability: float) -> ReadStrips:
    """One strip whose every beat is doubted between N and V alike."""
    beats = np.zeros((1, STRIP_STEPS, len(STEP_CLASSES)), np.float32)
    beats[0, :, STEP_CLASSES.index("none")] = 1.0
    beats[0, BEAT_STEPS] = 0.0
    beats[0, BEAT_STEPS, STEP_CLASSES.index("V")] = v_probability
    beats[0, BEAT_STEPS, STEP_CLASSES.index("N")] = 1 - v_probability
    strip = Strip(
        signal_mv=np.zeros(STRIP_SAMPLES, np.float32),
        beat_position=(BEAT_STEPS + 0.5) * SAMPLES_PER_STEP,
        beat_class=np.array([STEP_CLASSES.index(name) for name in truth]),
        has_beats=True,
        rhythm=-1,
    )
    return ReadStrips([strip], beats)


def test_a_class_named_too_rarely_is_named_more_readily() -> None:
    biases = choose_biases([reading_of(["V"] * len(BEAT_STEPS), v_probability=0.4)])
    assert biases["V"] > 0


def test_a_class_named_too_often_is_named_less_readily() -> None:
    biases = choose_biases([reading_of(["N"] * len(BEAT_STEPS), v_probability=0.6)])
    assert biases["V"] < 0


def test_the_biases_in_the_head_do_what_was_chosen() -> None:
    model = build_model(
        ModelConfig(
            features=8,
            head_units=8,
            stem_filters=4,
            signal_filters=8,
            signal_blocks=1,
            lstm_units=4,
            lstm_layers=1,
            image_stem_filters=(4, 4, 8),
            image_filters=8,
            image_dilations=(1,),
        )
    )
    features = np.random.default_rng(0).normal(size=(2, STRIP_STEPS, 8)).astype(np.float32)
    head = model.get_layer("head")
    before = keras.ops.convert_to_numpy(head(features)["beats"])
    add_biases(model, {"S": -0.5, "V": 1.0})
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(head(features)["beats"]),
        biased(before, {"S": -0.5, "V": 1.0}),
        atol=1e-6,
    )


@pytest.mark.parametrize("biases", [{}, {"S": 0.0, "V": 0.0}])
def test_no_bias_changes_nothing(biases: dict[str, float]) -> None:
    probabilities = np.random.default_rng(1).dirichlet(np.ones(6), size=(3, 4)).astype(np.float32)
    np.testing.assert_allclose(biased(probabilities, biases), probabilities, atol=1e-6)
