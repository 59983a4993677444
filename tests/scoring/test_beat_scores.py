import math

import numpy as np
import pytest

from ecgmm.scoring.beat_scores import class_scores, macro_f1
from ecgmm.scoring.matching import CONFUSION_CLASSES


def confusion(**counts):
    """Counts by reference class and test class: `confusion(NN=5, Vnone=1)`."""
    matrix = np.zeros((6, 6), np.int64)
    for name, count in counts.items():
        reference = "none" if name.startswith("none") else name[0]
        test = name.removeprefix(reference)
        matrix[CONFUSION_CLASSES.index(reference), CONFUSION_CLASSES.index(test)] = count
    return matrix


def test_missed_beats_lower_sensitivity_and_extra_beats_lower_positive_predictivity():
    scores = class_scores(confusion(VV=6, VN=1, Vnone=1, NV=2, noneV=4, NN=90))["V"]
    assert scores.sensitivity == 6 / 8
    assert scores.positive_predictivity == 6 / 12
    assert scores.f1 == pytest.approx(2 * 0.75 * 0.5 / 1.25)
    assert scores.support == 8


def test_the_scores_of_a_class_that_is_nowhere_are_undefined_not_zero():
    scores = class_scores(confusion(NN=3))["F"]
    assert math.isnan(scores.sensitivity)
    assert math.isnan(scores.positive_predictivity)
    assert math.isnan(scores.f1)


def test_a_class_never_named_by_the_test_has_an_f1_of_zero():
    assert class_scores(confusion(SN=3))["S"].f1 == 0.0


def test_macro_f1_weighs_rare_and_common_classes_alike():
    matrix = confusion(NN=900, VV=10, SS=1, SN=3)
    scores = class_scores(matrix)
    assert macro_f1(matrix) == pytest.approx((scores["N"].f1 + scores["S"].f1 + scores["V"].f1) / 3)


def test_macro_f1_leaves_out_a_class_that_is_nowhere():
    assert macro_f1(confusion(NN=5, VV=5)) == 1.0
    assert math.isnan(macro_f1(np.zeros((6, 6), np.int64)))


def test_a_matrix_without_the_row_of_extra_beats_is_refused():
    with pytest.raises(ValueError, match="Expected a confusion matrix"):
        class_scores(np.zeros((5, 5), np.int64))
