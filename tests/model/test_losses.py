import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from ecgmm.labels import UNNAMED_BEATS
from ecgmm.model.losses import BeatCrossentropy, KnownCrossentropy

TRUTH = np.array([[1, 0, 2], [0, 0, 0]])
READ = np.random.default_rng(0).dirichlet(np.ones(3), size=(2, 3)).astype(np.float32)
CROSSENTROPY = -np.log(np.take_along_axis(READ, TRUTH[..., None], axis=-1)[..., 0])


def loss(weight=None, *, focus=0.0, truth=TRUTH, read=READ):
    return float(KnownCrossentropy(focus)(truth, read, sample_weight=weight))


def test_without_weights_it_is_the_mean_cross_entropy():
    assert loss() == pytest.approx(CROSSENTROPY.mean(), rel=1e-5)


def test_what_is_not_known_does_not_count_whatever_is_read_there():
    weight = np.array([[1, 1, 1], [0, 0, 0]], np.float32)
    assert loss(weight) == pytest.approx(CROSSENTROPY[0].mean(), rel=1e-5)
    other = READ.copy()
    other[1] = [0.98, 0.01, 0.01]
    assert loss(weight, read=other) == loss(weight)


def test_a_few_known_strips_teach_as_strongly_as_a_batch_full_of_them():
    truth, read = np.tile(TRUTH, (8, 1)), np.tile(READ, (8, 1, 1))
    weight = np.zeros((16, 3), np.float32)
    weight[:2] = 1
    assert loss(weight, truth=truth, read=read) == pytest.approx(loss(), rel=1e-5)


def test_a_batch_in_which_nothing_is_known_costs_nothing():
    assert loss(np.zeros((2, 3), np.float32)) == 0.0


def test_masked_steps_do_not_count():
    steps = keras.Input((3, 3))
    masked = keras.layers.Masking(mask_value=0.0)(steps)
    model = keras.Model(steps, keras.layers.Activation("linear")(masked))
    model.compile(loss=KnownCrossentropy())
    read = READ.copy()
    read[1, 1:] = 0.0
    known = np.array([[1, 1, 1], [1, 0, 0]], bool)
    value = model.evaluate(read, TRUTH, verbose=0)
    assert value == pytest.approx(CROSSENTROPY[known].mean(), rel=1e-5)


def test_it_is_computed_in_float32_of_probabilities_in_half_precision():
    value = KnownCrossentropy()(TRUTH, READ.astype(np.float16))
    assert value.dtype == "float32"
    assert float(value) == pytest.approx(CROSSENTROPY.mean(), rel=1e-2)


TWO_COPIES = """
import numpy as np
import tensorflow as tf

from ecgmm.model.losses import KnownCrossentropy

(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
truth, read = np.array([[1, 0, 2], [0, 0, 0]]), np.full((2, 3, 3), [0.2, 0.3, 0.5], np.float32)
weight, loss = np.array([[1, 1, 1], [1, 0, 0]], np.float32), KnownCrossentropy()
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
parts = [
    strategy.experimental_distribute_values_from_function(
        lambda copy, rows=rows: tf.constant(rows[copy.replica_id_in_sync_group][None])
    )
    for rows in (truth, read, weight)
]
losses = tf.function(lambda *rows: strategy.run(loss, rows))(*parts)
together = float(strategy.reduce("SUM", losses, axis=None))
print(abs(together / float(loss(truth, read, weight)) - 1) < 1e-5)
"""


@pytest.mark.slow
def test_copies_of_a_model_add_up_to_the_loss_of_the_whole_batch():
    """The first copy has three known steps and the second one: they are no mean of two means."""
    done = subprocess.run(
        [sys.executable, "-c", TWO_COPIES], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "True", done.stderr


def test_a_class_that_weighs_twice_counts_twice():
    weight = np.where(TRUTH == 2, 2.0, 1.0).astype(np.float32)
    assert loss(weight) == pytest.approx((CROSSENTROPY * weight).sum() / weight.sum(), rel=1e-5)


def test_the_rhythm_of_a_strip_has_one_weight_a_strip():
    weight = np.array([1, 0], np.float32)
    value = loss(weight, truth=TRUTH[:, 0], read=READ[:, 0])
    assert value == pytest.approx(CROSSENTROPY[0, 0], rel=1e-5)


def test_the_focal_loss_forgives_what_is_read_rightly():
    sure = np.array([[[0.99, 0.01]], [[0.4, 0.6]]], np.float32)
    truth = np.zeros((2, 1), int)
    right, wrong = (np.array([[1.0 - row], [row]], np.float32) for row in (0.0, 1.0))
    for weight, probability in ((right, 0.99), (wrong, 0.4)):
        expected = -np.log(probability) * (1 - probability) ** 2
        assert loss(weight, focus=2.0, truth=truth, read=sure) == pytest.approx(expected, rel=1e-3)


def test_certainty_about_the_wrong_class_costs_much_but_not_infinity():
    certain = np.array([[[0.0, 1.0]]], np.float32)
    assert 10 < loss(truth=np.array([[0]]), read=certain) < 100


def test_it_survives_saving():
    again = keras.losses.deserialize(keras.losses.serialize(KnownCrossentropy(1.5, name="beats")))
    assert (again.focus, again.name) == (1.5, "beats")


def unnamed_loss(target, *, none, n, s, v):
    read = np.array([[[none, n, s, v, 0.0, 0.0]]], np.float32)
    return float(BeatCrossentropy()(np.array([[target]]), read))


def test_a_named_beat_costs_its_cross_entropy():
    read = np.random.default_rng(1).dirichlet(np.ones(6), size=(2, 3)).astype(np.float32)
    plain = float(KnownCrossentropy()(TRUTH, read))
    assert float(BeatCrossentropy()(TRUTH, read)) == pytest.approx(plain, rel=1e-5)


def test_in_a_normal_recording_s_and_v_cost_and_n_or_no_beat_cost_nothing():
    normal = UNNAMED_BEATS["normal"]
    assert unnamed_loss(normal, none=0.0, n=1.0, s=0.0, v=0.0) == 0
    assert unnamed_loss(normal, none=1.0, n=0.0, s=0.0, v=0.0) == 0
    assert unnamed_loss(normal, none=0.0, n=0.4, s=0.6, v=0.0) == pytest.approx(-np.log(0.4))
    assert unnamed_loss(normal, none=0.0, n=0.4, s=0.0, v=0.6) == pytest.approx(-np.log(0.4))


def test_in_fibrillation_s_costs_and_v_does_not():
    assert unnamed_loss(UNNAMED_BEATS["af"], none=0.0, n=0.4, s=0.6, v=0.0) > 0.9
    assert unnamed_loss(UNNAMED_BEATS["af"], none=0.0, n=0.4, s=0.0, v=0.6) == 0


def test_an_unnamed_beat_learns_what_it_is_not_and_nothing_of_what_it_is():
    read = keras.Variable(np.array([[[0.5, 0.25, 0.25, 0.0, 0.0, 0.0]]], np.float32))
    with tf.GradientTape() as tape:
        loss = BeatCrossentropy()(np.array([[UNNAMED_BEATS["af"]]]), read)
    gradient = np.asarray(tape.gradient(loss, read.value))[0, 0]
    assert gradient[2] > 0
    assert gradient[1] == 0
