"""The network that marks waves: it learns, and OpenCV reads it as Keras does."""

import keras
import numpy as np
import pytest

from ecgmm.measure.network import wave_probabilities
from ecgmm.measure.waves import SAMPLE_CLASSES, SAMPLES_PER_STEP
from ecgmm.training.opencv_onnx import to_onnx
from ecgmm.training.waves import build_network, loss

pytest.importorskip("onnx")


def test_opencv_marks_as_keras_does(tmp_path):
    network = build_network()
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            rng = np.random.default_rng(0)
            layer.set_weights([rng.uniform(0.5, 1.5, layer.gamma.shape) for _ in range(4)])
    leads = np.random.default_rng(1).normal(size=(321, 3)).astype(np.float32)
    (tmp_path / "waves.onnx").write_bytes(to_onnx(network, "lead"))
    found = wave_probabilities(leads, tmp_path / "waves.onnx")
    padded = np.pad(leads, ((0, 3), (0, 0))).T[:, None, :, None]
    logits = np.asarray(network(padded, training=False)).reshape(3, -1, len(SAMPLE_CLASSES))
    expected = np.asarray(keras.ops.softmax(logits))[:, :321]
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(found.sum(axis=-1), 1.0, atol=1e-5)


def test_what_was_not_marked_does_not_count():
    classes = np.array([[0, 1, 2, 3, -1, -1, -1, -1]])
    right = np.zeros((1, 8, 4), np.float32)
    right[0, np.arange(4), [0, 1, 2, 3]] = 9.0
    other = right.copy()
    other[0, 4:, 2] = 50.0
    shape = (1, 1, 8 // SAMPLES_PER_STEP, SAMPLES_PER_STEP * len(SAMPLE_CLASSES))
    first, second = (float(loss(answers.reshape(shape), classes)) for answers in (right, other))
    assert first == pytest.approx(second)
    assert first < 0.01 < float(loss(np.zeros(shape, np.float32), classes))
