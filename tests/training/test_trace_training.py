"""The network that follows a trace: it learns, and OpenCV runs it as Keras does."""

import cv2
import numpy as np
import pytest

from ecgmm.pipeline.traces.pages import UNASKED_ROW
from ecgmm.training.opencv_onnx import to_onnx
from ecgmm.training.traces import build_network, loss, train

pytest.importorskip("onnx")

ROWS = np.full((1, 2000), 60.0, np.float32)
DARK = np.zeros((1, 160, 1000, 1), np.float32)
DARK[:, 59:62] = 1.0


def test_opencv_runs_the_network_as_keras_does():
    network = build_network()
    exported = cv2.dnn.readNetFromONNX(np.frombuffer(to_onnx(network, "dark"), np.uint8))
    exported.setInput(np.ascontiguousarray(DARK.transpose(0, 3, 1, 2)))
    answers = exported.forward().transpose(0, 2, 3, 1)
    assert answers.shape == (1, 160, 1000, 2)
    np.testing.assert_allclose(answers, network(DARK, training=False), rtol=1e-3, atol=1e-4)


def test_the_best_answer_is_the_row_of_the_trace_and_unasked_places_do_not_count():
    row = np.arange(160, dtype=np.float32).reshape(1, 160, 1, 1)
    right = np.broadcast_to(-0.5 * (row - 60) ** 2, (1, 160, 1000, 2))
    wrong = np.broadcast_to(-0.5 * (row - 63) ** 2, (1, 160, 1000, 2))
    assert float(loss(ROWS, right)) < float(loss(ROWS, wrong)) - 1
    unasked = np.full_like(ROWS, UNASKED_ROW)
    assert float(loss(unasked, wrong)) == 0.0


@pytest.mark.slow
def test_a_training_lowers_the_loss_and_keeps_what_it_has_learnt(tmp_path):
    network = build_network()
    before = float(loss(ROWS, network(DARK)))
    kept = tmp_path / "trace.weights.h5"
    train(network, iter([(DARK, ROWS)] * 20), minutes=5.0, checkpoint=kept)
    assert float(loss(ROWS, network(DARK))) < before
    assert kept.exists()
