import math

import pytest

from ecgmm.scoring.rhythm import af_burden, cinc2017_scores


def test_cinc2017_f1_is_the_mean_over_normal_af_and_other():
    reference = ["normal"] * 4 + ["af"] * 2 + ["other"] * 3 + ["noise"]
    test = ["normal", "normal", "normal", "other", "af", "normal", "other", "other", "af", "noise"]
    scores = cinc2017_scores(reference, test)
    assert scores.f1n == pytest.approx(2 * 3 / (4 + 4))
    assert scores.f1a == pytest.approx(2 * 1 / (2 + 2))
    assert scores.f1o == pytest.approx(2 * 2 / (3 + 3))
    assert scores.f1p == 1.0
    assert scores.f1 == pytest.approx((3 / 4 + 1 / 2 + 2 / 3) / 3)
    assert scores.f1_with_noise == pytest.approx((3 / 4 + 1 / 2 + 2 / 3 + 1) / 4)


def test_the_rhythm_matrix_has_reference_rows():
    scores = cinc2017_scores(["af", "af"], ["other", "af"])
    assert scores.confusion[1].tolist() == [0, 1, 1, 0]


def test_a_class_that_is_nowhere_leaves_its_f1_and_the_means_undefined():
    scores = cinc2017_scores(["normal", "af", "other"], ["normal", "af", "other"])
    assert scores.f1 == 1.0
    assert math.isnan(scores.f1p)
    assert math.isnan(scores.f1_with_noise)


def test_lists_that_do_not_fit_or_strange_classes_are_refused():
    with pytest.raises(ValueError, match="one test class a recording"):
        cinc2017_scores(["af"], [])
    with pytest.raises(ValueError, match="flutter"):
        cinc2017_scores(["flutter"], ["af"])
    with pytest.raises(ValueError, match="flutter"):
        cinc2017_scores(["af"], ["flutter"])


def test_af_burden_is_the_share_of_the_recording_in_af(make_result):
    result = make_result(
        "N",
        "N",
        duration_s=1000.0,
        reference_af_spans_s=((0.0, 100.0), (400.0, 500.0)),
        test_af_spans_s=((50.0, 150.0),),
    )
    burden = af_burden(result)
    assert burden.reference == 0.2
    assert burden.test == 0.1
    assert burden.sensitivity == 0.25
    assert burden.positive_predictivity == 0.5


def test_a_recording_without_af_has_no_af_to_find(make_result):
    burden = af_burden(make_result("N", "N"))
    assert burden.reference == burden.test == 0.0
    assert math.isnan(burden.sensitivity)
    assert math.isnan(burden.positive_predictivity)
