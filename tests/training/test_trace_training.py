"""The network that follows a trace: it learns, and OpenCV runs it as Keras does."""

import cv2
import keras
import numpy as np
import pytest

from ecgmm.pipeline.traces.pages import UNASKED_ROW
from ecgmm.pipeline.traces.pool import PagePool, write_rows
from ecgmm.training.opencv_onnx import to_onnx
from ecgmm.training.traces import build_network, loss, mixed, train

pytest.importorskip("onnx")

ROWS = np.full((1, 4000), 60.0, np.float32)
DARK = np.zeros((1, 160, 2000, 1), np.float32)
DARK[:, 59:62] = 1.0


def test_opencv_runs_the_network_as_keras_does():
    network = build_network()
    exported = cv2.dnn.readNetFromONNX(np.frombuffer(to_onnx(network, "dark"), np.uint8))
    exported.setInput(np.ascontiguousarray(DARK.transpose(0, 3, 1, 2)))
    answers = exported.forward().transpose(0, 2, 3, 1)
    assert answers.shape == (1, 160, 2000, 2)
    np.testing.assert_allclose(answers, network(DARK, training=False), rtol=1e-3, atol=1e-4)


def test_the_best_answer_is_the_row_of_the_trace_and_unasked_places_do_not_count():
    row = np.arange(160, dtype=np.float32).reshape(1, 160, 1, 1)
    right = np.broadcast_to(-0.5 * (row - 60) ** 2, (1, 160, 2000, 2))
    wrong = np.broadcast_to(-0.5 * (row - 63) ** 2, (1, 160, 2000, 2))
    assert float(loss(ROWS, right)) < float(loss(ROWS, wrong)) - 1
    unasked = np.full_like(ROWS, UNASKED_ROW)
    assert float(loss(unasked, wrong)) == 0.0


def test_a_flank_that_is_told_late_costs_more_than_a_level_stretch_as_far_off():
    flank = np.broadcast_to(20 + np.arange(4000, dtype=np.float32) * 3 % 120, (1, 4000))
    row = np.arange(160, dtype=np.float32).reshape(1, 160, 1)

    def told_off_by(rows, off):
        return (-0.5 * (row - rows[:, np.newaxis] - off) ** 2).reshape(1, 160, 2000, 2)

    half_off = np.where(np.arange(4000) < 2000, 0.0, 2.0).astype(np.float32)
    mixed = np.where(np.arange(4000) < 2000, ROWS, flank).astype(np.float32)
    level_wrong = loss(mixed, told_off_by(mixed, half_off[::-1]))
    flank_wrong = loss(mixed, told_off_by(mixed, half_off))
    assert float(flank_wrong) > float(level_wrong)


def test_rows_of_pages_are_added_to_every_batch_of_strips(tmp_path):
    write_rows(tmp_path / "page-0.npz", [(DARK[0, ..., 0], ROWS[0])] * 3)
    strips = iter([(np.zeros((1, 160, 2000, 1), np.float32), ROWS)])
    dark, rows = next(mixed(strips, PagePool(tmp_path), size=2, seed=0))
    assert dark.shape == (3, 160, 2000, 1)
    assert rows.shape == (3, 4000)
    assert not dark[0].any()
    assert dark[1:].max() > 0.7


@pytest.mark.slow
def test_a_training_lowers_the_loss_and_keeps_what_it_has_learnt(tmp_path):
    keras.utils.set_random_seed(0)
    network = build_network()
    before = float(loss(ROWS, network(DARK, training=True)))
    kept = tmp_path / "trace.weights.h5"
    train(network, iter([(DARK, ROWS)] * 20), minutes=5.0, checkpoint=kept)
    assert float(loss(ROWS, network(DARK, training=True))) < before - 1
    assert kept.exists()
