from dataclasses import replace

import numpy as np
import pytest
from simulated_records import simulated_record

from ecgmm.labels import RHYTHM_CLASSES, STEP_CLASSES
from ecgmm.pipeline.pictures import CLEAN
from ecgmm.pipeline.rows import beat_targets
from ecgmm.pipeline.strips import cut_strip
from ecgmm.serving.runtime import Probabilities
from ecgmm.training import validation
from ecgmm.training.validation import (
    Validator,
    score_strips,
    validation_strips,
)

RHYTHMS = ("normal", "af", "other")
BEATS = [
    simulated_record(str(number), pattern, duration_s=60.0, leads=("II", "V1"))
    for number, pattern in enumerate(["NNNA", "NNV", "N"])
]
WHOLE = [
    simulated_record(name, dataset="cinc2017", rhythm_class=name, duration_s=30.0)
    for name in RHYTHMS
]
STRIPS = validation_strips([*BEATS, *WHOLE], 250, beat_strips=12, rhythm_strips=9)


def truth_of(strip):
    """What a perfect model says of a strip."""
    beats = np.eye(len(STEP_CLASSES), dtype=np.float32)[beat_targets(strip, 250)]
    return beats, np.eye(len(RHYTHM_CLASSES), dtype=np.float32)[max(strip.rhythm, 0)]


def score(answer, strips=STRIPS):
    """Score of a model that gives `answer(strip)`; rows are the numbers of the strips."""

    def reader(rows):
        beats, rhythm = zip(*(answer(strips[row]) for row in rows), strict=True)
        return Probabilities(np.stack(beats), np.stack(rhythm))

    return score_strips(strips, np.arange(len(strips)), reader)


def test_a_perfect_reading_scores_one():
    scores = score(truth_of)
    assert scores.score == 1.0
    assert scores.f1 == {"N": 1.0, "S": 1.0, "V": 1.0}
    assert scores.rhythm_f1 == 1.0


def test_a_model_that_finds_nothing_scores_by_its_rhythm_alone():
    nothing = np.eye(len(STEP_CLASSES), dtype=np.float32)[np.zeros(250, int)]
    scores = score(lambda strip: (nothing, truth_of(strip)[1]))
    assert scores.macro_f1 == 0.0
    assert scores.score == pytest.approx(0.2)


def test_calling_every_beat_normal_costs_the_rare_classes():
    normal = np.eye(len(STEP_CLASSES), dtype=np.float32)[1]

    def answer(strip):
        beats, rhythm = truth_of(strip)
        beats[beats[:, 0] == 0] = normal
        return beats, rhythm

    scores = score(answer)
    assert scores.f1["S"] == scores.f1["V"] == 0.0
    assert 0.8 < scores.f1["N"] < 1.0
    assert scores.macro_f1 < 0.34


def test_a_rhythm_that_nobody_knows_does_not_count():
    strips = [replace(strip, rhythm=-1) for strip in STRIPS[:3]] + list(STRIPS[-9:])
    wrong = np.eye(len(RHYTHM_CLASSES), dtype=np.float32)[3]

    def answer(strip):
        beats, rhythm = truth_of(strip)
        return beats, wrong if strip.rhythm == -1 else rhythm

    assert score(answer, strips).rhythm_f1 == 1.0


def test_where_no_beats_are_annotated_the_rhythm_decides():
    strips = validation_strips(WHOLE, 250, beat_strips=10, rhythm_strips=9)
    assert score(truth_of, strips).score == pytest.approx(0.2)
    always_af = np.eye(len(RHYTHM_CLASSES), dtype=np.float32)[RHYTHM_CLASSES.index("af")]
    worse = score(lambda strip: (truth_of(strip)[0], always_af), strips).score
    assert 0 < worse < 0.2


def test_the_strips_are_spread_over_every_record_and_every_lead():
    strips = validation_strips([*BEATS, *WHOLE], 250, beat_strips=18, rhythm_strips=9)
    with_beats = [strip for strip in strips if strip.has_beats]
    assert (len(with_beats), len(strips) - len(with_beats)) == (18, 9)
    for record in BEATS:
        for lead in range(2):
            cut = [cut_strip(record, start, 250, lead) for start in range(0, 7500, 1250)]
            own = [
                strip
                for strip in with_beats
                if any(np.array_equal(strip.signal_mv, other.signal_mv) for other in cut)
            ]
            assert len(own) == 3


def test_the_number_of_strips_is_about_what_is_wanted():
    strips = validation_strips(BEATS, 250, beat_strips=5, rhythm_strips=5)
    assert 5 <= len(strips) <= 9


@pytest.fixture
def perfect_reader(monkeypatch):
    """Every branch reads perfectly the strips that it is asked for."""

    def branch_reader(model, branch):
        def reader(rows):
            beats, rhythm = zip(*(truth_of(strip) for strip in STRIPS[: len(rows)]), strict=True)
            return Probabilities(np.stack(beats), np.stack(rhythm))

        return reader

    monkeypatch.setattr(validation, "branch_reader", branch_reader)


@pytest.mark.usefixtures("perfect_reader")
def test_the_score_that_is_watched_is_the_mean_of_both_modalities():
    validator = Validator(STRIPS, STRIPS[:4], CLEAN)
    validator.set_model(None)
    logs = {"loss": 0.5}
    validator.on_epoch_end(0, logs)
    assert logs["val_signal_score"] == 1.0
    assert logs["val_score"] == (logs["val_signal_score"] + logs["val_image_score"]) / 2
    assert {"loss", "val_signal_s_f1", "val_image_v_f1", "val_image_rhythm_f1"} <= set(logs)


@pytest.mark.usefixtures("perfect_reader")
def test_a_stage_of_one_modality_is_scored_on_it_alone():
    validator = Validator([], STRIPS, CLEAN)
    validator.set_model(None)
    logs = {}
    validator.on_epoch_end(0, logs)
    assert logs["val_score"] == logs["val_image_score"] == 1.0
    assert "val_signal_score" not in logs
