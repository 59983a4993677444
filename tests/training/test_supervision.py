import keras
import numpy as np
import pytest
from tiny_model import TINY

from ecgmm.model.multimodal import assemble, build_model, parts_of
from ecgmm.training.supervision import Divergence, supervised_model

RNG = np.random.default_rng(0)
ROWS = {
    "signal": RNG.normal(size=(3, 250)).astype(np.float32),
    "image": RNG.integers(0, 256, (3, 160, 200, 1)).astype(np.uint8),
    "modality": np.array([1, 0, 1], np.int32),
}


@pytest.fixture(scope="module")
def parts():
    keras.utils.set_random_seed(0)
    return parts_of(build_model(TINY))


@pytest.fixture(scope="module")
def outputs(parts):
    return supervised_model(parts).predict_on_batch(ROWS)


def test_it_reads_beats_and_rhythm_as_the_model_does(parts, outputs):
    expected = assemble(parts).predict_on_batch(ROWS)
    for name in ("beats", "rhythm"):
        np.testing.assert_allclose(outputs[name], expected[name], atol=1e-6)


def test_every_row_has_an_answer_and_a_signal_a_neutral_one(outputs):
    assert outputs["height_mv"].shape == (3, 250)
    assert outputs["ecg"].shape == (3, 1)
    assert outputs["disagreement"].shape == (3, 50)
    assert outputs["ecg"][1] == 1
    assert not outputs["height_mv"][1].any()
    assert not outputs["disagreement"][1].any()
    assert outputs["height_mv"][[0, 2]].any(axis=1).all()


def test_the_disagreement_is_that_of_the_picture_with_the_signal_it_was_printed_from(
    parts, outputs
):
    signals = assemble(parts).predict_on_batch(ROWS | {"modality": np.zeros(3, np.int32)})
    taught, read = signals["beats"][[0, 2]], outputs["beats"][[0, 2]]
    divergence = (taught * np.log(taught / read)).sum(axis=-1)
    np.testing.assert_allclose(outputs["disagreement"][[0, 2]], divergence, atol=1e-4)


def test_two_readings_that_agree_do_not_diverge_and_the_teacher_does_not_learn():
    import tensorflow as tf

    one = tf.constant(RNG.dirichlet(np.ones(6), (2, 5)), tf.float32)
    other = tf.constant(RNG.dirichlet(np.ones(6), (2, 5)), tf.float32)
    np.testing.assert_allclose(Divergence()([one, one]), 0.0, atol=1e-6)
    with tf.GradientTape() as tape:
        tape.watch([one, other])
        loss = tf.reduce_sum(Divergence()([one, other]))
    taught, read = tape.gradient(loss, [one, other])
    assert taught is None
    assert tf.reduce_any(read != 0)
