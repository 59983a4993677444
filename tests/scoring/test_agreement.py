import math

import numpy as np
import pytest

from ecgmm.scoring.agreement import agreement, cohen_kappa, retention
from ecgmm.scoring.beat_scores import ClassScores


def test_kappa_by_hand():
    assert cohen_kappa(np.array([[20, 5], [10, 15]])) == pytest.approx(0.4)


def test_kappa_of_full_agreement_is_one_and_of_chance_zero():
    assert cohen_kappa(np.diag([10, 5, 1])) == 1.0
    assert cohen_kappa(np.array([[25, 25], [25, 25]])) == 0.0
    assert math.isnan(cohen_kappa(np.array([[10, 0], [0, 0]])))


def test_two_equal_readings_agree_even_where_both_are_wrong(make_result):
    reading = make_result("NNVV", "NVVN")
    result = agreement([reading], [reading])
    assert result.kappa == 1.0
    assert result.disputes == ()


def test_a_beat_that_one_reading_misses_is_a_disagreement(make_result):
    signal, picture = make_result("NNV.", "NNVN"), make_result("NNV.", "NN..")
    result = agreement([signal], [picture])
    found = {(d.reference, d.first, d.second): d.beats for d in result.disputes}
    assert found == {("V", "V", "none"): 1, ("none", "N", "none"): 1}
    assert result.confusion.sum() == 4


def test_disputes_are_counted_and_name_the_first_place_to_look(make_result):
    signal, picture = make_result("NNVVA", "NNVVN"), make_result("NNVVA", "NNNNS")
    first, second = agreement([signal], [picture]).disputes
    assert (first.record, first.reference, first.first, first.second) == ("100", "V", "V", "N")
    assert (first.beats, first.example_s) == (2, 303.0)
    assert (second.reference, second.first, second.second, second.beats) == ("S", "N", "S", 1)


def test_readings_of_different_records_are_not_compared(make_result):
    with pytest.raises(ValueError, match="same records"):
        agreement([make_result("N", "N")], [make_result("N", "N", record="101")])


def test_retention_is_the_share_of_f1_that_survives():
    def scores(s, v):
        return {"S": ClassScores(s, s, s, 10), "V": ClassScores(v, v, v, 10)}

    kept = retention(scores(0.3, 0.72), scores(0.4, 0.9), "SV")
    assert kept == {
        "S": pytest.approx(0.75),
        "V": pytest.approx(0.8),
        "macro": pytest.approx(1.02 / 1.3),
    }
    assert math.isnan(retention(scores(0.0, 0.0), scores(0.0, 0.0), "V")["V"])
