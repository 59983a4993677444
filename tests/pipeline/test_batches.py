from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from simulated_records import simulated_record

from ecgmm.labels import RHYTHM_CLASSES, STEP_CLASSES, UNNAMED_BEATS
from ecgmm.pipeline.batches import BatchConfig, BatchMaker, Share, batches
from ecgmm.pipeline.pictures import CLEAN, print_strip
from ecgmm.pipeline.rows import Row, beat_targets, image_row
from ecgmm.pipeline.strips import SamplingConfig, cut_strip

NOISE_MV = np.random.default_rng(1).normal(size=(5000, 2)).astype(np.float32)
CONFIG = BatchConfig(signals=3, images=2)

RECORDS = [
    simulated_record("101", "NNNA", duration_s=40.0, leads=("MLII", "V1")),
    simulated_record("106", "NNV", duration_s=40.0),
    simulated_record("A00001", dataset="cinc2017", rhythm_class="af", duration_s=30.0),
]


def make(number=0, config=CONFIG, records=RECORDS, seed=7):
    return Row(*BatchMaker(records, NOISE_MV, config, seed).make(number))._asdict()


def assert_same(one, other):
    for name in set(one) & set(other):
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)


def flat(element):
    inputs, targets, weights = element
    return inputs | targets | {f"{name}_weight": value for name, value in weights.items()}


def test_the_same_seed_and_number_make_the_same_batch():
    assert_same(make(3), make(3))


def test_another_number_or_another_seed_makes_another_batch():
    assert (make(3)["signal"] != make(4)["signal"]).any()
    assert (make(3)["signal"] != make(3, seed=8)["signal"]).any()


@pytest.mark.parametrize("threads", [1, 4])
def test_batches_are_the_same_and_in_order_however_many_threads_make_them(threads):
    options = tf.data.Options()
    options.threading.private_threadpool_size = threads
    maker = BatchMaker(RECORDS, NOISE_MV, CONFIG, seed=7)
    made = list(batches(maker, CONFIG, count=6).with_options(options).as_numpy_iterator())
    assert len(made) == 6
    for number, element in enumerate(made):
        assert_same(flat(element), make(number))


def test_a_data_set_may_begin_at_any_batch():
    maker = BatchMaker(RECORDS, NOISE_MV, CONFIG, seed=7)
    made = list(batches(maker, CONFIG, count=2, first=5).as_numpy_iterator())
    assert len(made) == 2
    for number, element in enumerate(made, start=5):
        assert_same(flat(element), make(number))


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_workers_make_the_parts_of_the_batch_that_one_makes_alone(workers):
    parts = 4
    maker = BatchMaker(RECORDS, NOISE_MV, CONFIG, seed=7)
    alone = batches(maker, CONFIG, count=2, first=3, share=Share(parts))
    shared = [
        batches(maker, CONFIG, 2, 3, Share(parts, workers, worker, workers)).as_numpy_iterator()
        for worker in range(workers)
    ]
    for whole, *theirs in zip(alone.as_numpy_iterator(), *shared, strict=True):
        joined = [flat(element) for element in theirs]
        for name, values in flat(whole).items():
            np.testing.assert_array_equal(values, np.concatenate([j[name] for j in joined]))


def test_the_parts_of_a_batch_are_numbered_through():
    maker = BatchMaker(RECORDS, NOISE_MV, CONFIG, seed=7)
    (whole,) = batches(maker, CONFIG, count=1, first=3, share=Share(parts=2)).as_numpy_iterator()
    expected = [make(number)["signal"] for number in (6, 7)]
    np.testing.assert_array_equal(flat(whole)["signal"], np.concatenate(expected))


def test_the_data_set_tells_the_model_its_shapes():
    config = replace(CONFIG, steps=400)
    maker = BatchMaker(RECORDS, NOISE_MV, config, seed=7)
    inputs, targets, weights = batches(maker, config, count=1).element_spec
    assert inputs["signal"].shape == (5, 2000)
    assert inputs["image"].shape == (5, 160, 1600, 1)
    assert inputs["modality"].shape == (5,)
    assert targets["beats"].shape == weights["beats"].shape == (5, 400)
    assert targets["rhythm"].shape == weights["rhythm"].shape == (5,)


def test_a_batch_holds_as_many_signals_and_pictures_as_asked():
    batch = make()
    assert batch["modality"].tolist() == [0, 0, 0, 1, 1]
    assert batch["signal"][:3].std(axis=1).min() > 0
    assert batch["image"][3:].std(axis=(1, 2, 3)).min() > 0


def test_no_picture_is_drawn_of_a_row_that_is_read_as_a_signal():
    assert not make()["image"][:3].any()


def test_a_picture_comes_with_the_signal_that_was_printed_and_the_height_of_its_trace():
    config = BatchConfig(signals=0, images=40, picture=CLEAN)
    batch = make(config=config)
    shown = batch["ecg"][:, 0] == 1
    assert 20 < shown.sum() < 40
    for signal, height in zip(batch["signal"][shown], batch["height_mv"][shown], strict=True):
        inside = np.abs(height) < 2
        np.testing.assert_allclose(
            height[inside] - height[inside].mean(),
            signal[inside] - signal[inside].mean(),
            atol=0.03,
        )
    assert (batch["height_weight"][shown] == 1).all()
    assert (batch["teacher_weight"][shown] == 1).all()


def test_a_picture_of_something_else_has_no_beats_no_rhythm_and_no_trace():
    batch = make(config=BatchConfig(signals=0, images=40))
    other = batch["ecg"][:, 0] == 0
    assert other.any()
    assert not batch["beats"][other].any()
    assert batch["beats_weight"][other].all()
    for weight in ("rhythm_weight", "height_weight", "teacher_weight"):
        assert not batch[weight][other].any()


def test_a_beat_that_cannot_be_seen_in_the_picture_is_not_asked_for():
    strip = cut_strip(RECORDS[1], 100, 250, lead=0)
    printed = print_strip(strip.signal_mv, CLEAN, np.random.default_rng(0))
    hidden = np.full_like(printed.trace_mv, np.nan)
    hidden[625:] = printed.trace_mv[625:]
    row = image_row(strip, replace(printed, trace_mv=hidden), np.ones(6, np.float32))
    assert not row.beats[:125].any()
    np.testing.assert_array_equal(row.beats[125:], beat_targets(strip, 250)[125:])
    assert not row.height_weight[:625].any()
    assert not row.teacher_weight[:125].any()


@pytest.mark.parametrize(("signals", "images"), [(4, 0), (0, 4)])
def test_a_batch_may_be_of_one_modality(signals, images):
    batch = make(config=BatchConfig(signals=signals, images=images))
    assert batch["modality"].tolist() == [0] * signals + [1] * images


def test_the_class_of_a_beat_is_asked_in_the_step_that_holds_it_and_none_elsewhere():
    strip = cut_strip(RECORDS[1], 100, 250, lead=0)
    targets = beat_targets(strip, 250)
    steps = np.floor(strip.beat_position / 5).astype(int)
    np.testing.assert_array_equal(targets[steps], strip.beat_class)
    assert not np.delete(targets, steps).any()


def test_beats_that_nobody_annotated_weigh_nothing():
    batch = make(config=BatchConfig(signals=4, images=0), records=RECORDS[2:])
    assert not batch["beats_weight"].any()
    assert (batch["rhythm"] == RHYTHM_CLASSES.index("af")).all()
    assert (batch["rhythm_weight"] == 1).all()


def test_of_beats_in_fibrillation_that_nobody_named_it_is_known_that_none_is_s():
    config = BatchConfig(signals=3, images=3, unnamed_weight=0.5)
    batch = make(config=config, records=RECORDS[2:])
    shown = batch["ecg"][:, 0] == 1
    assert (batch["beats"][shown] == UNNAMED_BEATS["af"]).all()
    assert (batch["beats_weight"][shown] == 0.5).all()


@pytest.mark.parametrize("rhythm", ["other", "noise"])
def test_a_rhythm_that_rules_no_class_out_says_nothing_about_beats(rhythm):
    of_rhythm = np.full_like(RECORDS[2].rhythm, RHYTHM_CLASSES.index(rhythm))
    config = BatchConfig(signals=4, images=0, unnamed_weight=0.5)
    batch = make(config=config, records=[replace(RECORDS[2], rhythm=of_rhythm)])
    assert not batch["beats_weight"].any()


def test_a_rhythm_that_nobody_annotated_weighs_nothing():
    silent = replace(RECORDS[1], rhythm=np.full_like(RECORDS[1].rhythm, -1))
    batch = make(records=[silent])
    assert not batch["rhythm_weight"].any()
    assert set(batch["rhythm"]) <= set(range(len(RHYTHM_CLASSES)))
    assert batch["beats_weight"].all()


def test_a_step_weighs_what_its_class_weighs():
    weights = (0.5, 1.0, 2.0, 3.0, 4.0, 5.0)
    batch = make(config=replace(CONFIG, class_weights=weights), records=RECORDS[:2])
    np.testing.assert_array_equal(batch["beats_weight"], np.array(weights)[batch["beats"]])
    assert {STEP_CLASSES[name] for name in np.unique(batch["beats"])} >= {"none", "N"}


def test_rare_beats_reach_the_batches():
    config = BatchConfig(signals=20, images=0, sampling=SamplingConfig())
    rare = simulated_record("101", "N" * 60 + "A", duration_s=120.0)
    batch = make(config=config, records=[rare])
    has_s = (batch["beats"] == STEP_CLASSES.index("S")).any(axis=1)
    assert has_s.mean() > 0.4
