"""The second look: what it learns from, that it learns, and that it is the same once written."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ecgmm.analysis.beat_features import BeatTable, beat_features
from ecgmm.analysis.shapes import QRS, QRS_S, P, no_shapes
from ecgmm.training.opencv_onnx import to_onnx
from ecgmm.training.second_look.network import (
    Example,
    SecondLookConfig,
    build_network,
    rows,
    second_opinion,
    train,
)
from ecgmm.training.second_look.splices import (
    LabelledBeats,
    stretch,
    with_ectopic_runs,
    with_wandering_sinus,
)

N, S = 0, 1


def patient(seed: int = 0, beats: int = 400, rr_s: float = 0.8) -> LabelledBeats:
    """A regular sinus rhythm with a premature beat now and then, all called normal."""
    rng = np.random.default_rng(seed)
    labels = np.where(np.arange(beats) % 37 == 36, S, N)
    intervals_s = rr_s * np.exp(rng.normal(0, 0.02, beats - 1))
    intervals_s[labels[1:] == S] *= 0.7
    shapes = no_shapes(beats)
    shapes[:, :, QRS] = np.exp(-((QRS_S / 0.02) ** 2))
    shapes[:, :, QRS.stop :] = 0.1
    shapes += rng.normal(0, 0.01, shapes.shape)
    probability = np.tile(np.float32([0.9, 0.07, 0.01, 0.01, 0.01]), (beats, 1))
    table = BeatTable(np.concatenate([[0.0], np.cumsum(intervals_s)]), probability, shapes)
    return LabelledBeats(f"made/{seed}", f"made/{seed}", table, labels)


def test_spliced_runs_are_early_labelled_and_steady() -> None:
    spliced = with_ectopic_runs(patient(1), patient(2), np.random.default_rng(3))
    before_s = np.append(np.nan, np.diff(spliced.table.time_s))
    inside = (spliced.labels == S) & (np.roll(spliced.labels, 1) == S)
    assert inside.sum() >= 3
    assert np.median(before_s[inside]) < 0.87 * np.nanmedian(before_s[spliced.labels == N])
    assert (np.diff(spliced.table.time_s) > 0).all()


def test_splicing_changes_the_shapes_of_ectopic_beats_alone() -> None:
    before = patient(1)
    spliced = with_ectopic_runs(before, patient(2), np.random.default_rng(4))
    stayed = (spliced.labels == N) & (before.labels == N)
    np.testing.assert_array_equal(
        spliced.table.shapes[stayed][:, :, QRS], before.table.shapes[stayed][:, :, QRS]
    )
    changed = np.abs(spliced.table.shapes - before.table.shapes)[spliced.labels == S][:, :, P]
    assert changed.max() > 0


def test_a_wandering_sinus_changes_the_rate_and_nothing_else() -> None:
    before = patient(1, beats=1000)
    wandering = with_wandering_sinus(before, np.random.default_rng(0))
    np.testing.assert_array_equal(wandering.labels, before.labels)
    ratio = np.diff(wandering.table.time_s) / np.diff(before.table.time_s)
    assert ratio.max() / ratio.min() > 1.1
    assert np.abs(np.diff(np.log(ratio))).max() < 0.05


def test_a_stretch_is_a_part_as_it_was() -> None:
    part = stretch(patient(1), np.random.default_rng(0))
    assert 12 <= len(part.labels) < 400
    assert len(part.table.time_s) == len(part.labels)


@pytest.fixture(scope="module")
def kinds() -> dict[str, list[Example]]:
    def example(beats: LabelledBeats) -> Example:
        return Example(beat_features(beats.table), beats.labels)

    made = [example(patient(seed)) for seed in range(4)]
    return dict.fromkeys(("as_they_are", "short", "wandering", "spliced"), made)


def test_rows_are_the_same_for_the_same_seed(kinds: dict[str, list[Example]]) -> None:
    config = SecondLookConfig(beats=64, batch_size=4)
    first, again = (next(iter(rows(kinds, config))) for _ in range(2))
    np.testing.assert_array_equal(first[0], again[0])
    assert first[0].shape == (4, 1, 64, 30)
    other = next(iter(rows(kinds, replace(config, seed=5))))
    assert not np.array_equal(first[0], other[0])


def test_it_learns_that_early_beats_are_supraventricular(kinds: dict[str, list[Example]]) -> None:
    config = SecondLookConfig(steps=60, beats=128, batch_size=8, learning_rate=1e-2)
    stranger = patient(9)
    features = beat_features(stranger.table)
    untrained = second_opinion(build_network(0.0), features)
    np.testing.assert_allclose(untrained, stranger.table.class_probability, atol=1e-4)
    learned = second_opinion(train(kinds, config), features)
    assert (learned.argmax(axis=1) == stranger.labels).mean() > 0.98


def test_the_written_network_answers_as_the_trained_one(kinds: dict[str, list[Example]]) -> None:
    trained = train(kinds, SecondLookConfig(steps=3, beats=64, batch_size=2))
    written = cv2.dnn.readNetFromONNX(np.frombuffer(to_onnx(trained, "beats"), np.uint8))
    features = kinds["as_they_are"][0].features
    written.setInput(np.ascontiguousarray(features.T)[np.newaxis, :, np.newaxis])
    answer = trained(features[np.newaxis, np.newaxis], training=False)
    np.testing.assert_allclose(written.forward()[0, :, 0].T, np.asarray(answer)[0, 0], atol=1e-4)
