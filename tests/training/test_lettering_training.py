"""The network that reads print: it learns, and OpenCV reads it as Keras does."""

import cv2
import keras
import numpy as np
import pytest

from ecgmm.paper.words.answers import CELLS_ACROSS, CHANNELS
from ecgmm.training.lettering import build_network, loss, main, random_batch
from ecgmm.training.opencv_onnx import to_onnx

pytest.importorskip("onnx")


def test_opencv_reads_the_network_as_keras_does():
    network = build_network()
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            shape = layer.gamma.shape
            rng = np.random.default_rng(0)
            layer.set_weights([rng.uniform(0.5, 1.5, shape) for _ in range(4)])
    dark = np.random.default_rng(1).random((1, 48, 72, 1), np.float32)
    exported = cv2.dnn.readNetFromONNX(np.frombuffer(to_onnx(network, "dark"), np.uint8))
    exported.setInput(np.ascontiguousarray(dark.transpose(0, 3, 1, 2)))
    answers = exported.forward().transpose(0, 2, 3, 1)
    assert answers.shape == (1, 12, 18, CELLS_ACROSS * CHANNELS)
    np.testing.assert_allclose(answers, network(dark, training=False), rtol=1e-3, atol=1e-4)


def test_a_better_answer_has_a_smaller_loss():
    _, classes, sizes = random_batch(0)
    rows, columns = classes.shape[1:]
    wrong = np.zeros((len(classes), rows, columns, CHANNELS), np.float32)
    right = wrong.copy()
    at = np.nonzero(classes >= 0)
    right[(*at, classes[at])] = 9.0
    right[..., -1] = np.nan_to_num(sizes)
    shape = (len(classes), rows, columns // CELLS_ACROSS, CELLS_ACROSS * CHANNELS)
    good, bad = (float(loss(a.reshape(shape), classes, sizes)) for a in (right, wrong))
    assert good < 0.05 < bad


@pytest.mark.slow
def test_a_training_writes_a_network(tmp_path):
    assert main(["--out", str(tmp_path / "print.onnx"), "--minutes", "0.1"]) == 0
    assert (tmp_path / "print.onnx").stat().st_size < 2_000_000
