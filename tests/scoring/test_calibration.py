import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ecgmm.scoring.calibration import (
    apply_temperature,
    brier_score,
    classwise_calibration_error,
    fit_temperature,
    labelled_probabilities,
    negative_log_likelihood,
    reliability,
    risk_coverage,
    score_calibration,
    top_label_reliability,
)


def drawn_cases(cases=20_000, temperature=1.0, seed=0):
    """Cases whose labels are drawn from their probabilities, stated at a temperature."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (cases, 5))
    true = apply_temperature(np.exp(logits) / np.exp(logits).sum(1, keepdims=True), 1.0)
    labels = (rng.random((cases, 1)) > np.cumsum(true, axis=1)).sum(axis=1)
    return apply_temperature(true, 1 / temperature), np.minimum(labels, 4)


def test_probabilities_that_mean_what_they_say_have_no_calibration_error():
    probabilities, labels = drawn_cases()
    assert top_label_reliability(probabilities, labels).expected_calibration_error < 0.015
    assert classwise_calibration_error(probabilities, labels).max() < 0.015


def test_ece_by_hand():
    confidences = np.array([0.9, 0.9, 0.9, 0.9, 0.6, 0.6])
    correct = np.array([True, True, True, False, True, True])
    bins = reliability(confidences, correct, bins=10)
    assert bins.counts.tolist() == [0, 0, 0, 0, 0, 2, 0, 0, 4, 0]
    assert bins.expected_calibration_error == pytest.approx((4 * 0.15 + 2 * 0.4) / 6)
    assert math.isnan(bins.accuracies[0])


def test_the_ends_of_the_confidence_scale_have_a_bin():
    bins = reliability(np.array([0.0, 1.0]), np.array([False, True]), bins=10)
    assert (bins.counts[0], bins.counts[-1]) == (1, 1)
    assert bins.expected_calibration_error == 0.0


def test_the_classwise_error_sees_a_rare_class_that_the_top_label_error_hides():
    probabilities = np.tile([0.99, 0.01], (1000, 1))
    labels = np.array([0] * 990 + [1] * 10)
    probabilities[990:] = [0.49, 0.51]
    top = top_label_reliability(probabilities, labels).expected_calibration_error
    assert top < classwise_calibration_error(probabilities, labels).sum()


def test_brier_score_runs_from_sure_and_right_to_sure_and_wrong():
    sure = np.array([[1.0, 0.0]])
    assert brier_score(sure, np.array([0])) == 0.0
    assert brier_score(sure, np.array([1])) == 2.0
    assert brier_score(np.array([[0.5, 0.5]]), np.array([1])) == 0.5


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_that_spoilt_the_probabilities_is_found_again(temperature):
    probabilities, labels = drawn_cases(temperature=temperature)
    assert fit_temperature(probabilities, labels) == pytest.approx(temperature, rel=0.05)


def test_the_fitted_temperature_lowers_calibration_error_and_likelihood_loss():
    probabilities, labels = drawn_cases(temperature=2.5)
    temperature = fit_temperature(probabilities, labels)
    before = score_calibration(probabilities, labels)
    after = score_calibration(probabilities, labels, temperature=temperature)
    assert after.ece < 0.2 * before.ece
    assert after.nll < before.nll
    assert after.temperature == temperature


@given(
    arrays(np.float64, (7, 5), elements=st.floats(0.001, 1)),
    st.floats(0.1, 10),
)
def test_a_temperature_keeps_the_order_of_classes_and_the_sum_of_one(weights, temperature):
    probabilities = weights / weights.sum(axis=1, keepdims=True)
    scaled = apply_temperature(probabilities, temperature)
    assert scaled.sum(axis=1) == pytest.approx(np.ones(7))
    chosen = scaled[np.arange(7), probabilities.argmax(axis=1)]
    assert chosen == pytest.approx(scaled.max(axis=1))


def test_a_probability_of_zero_for_the_truth_is_a_finite_loss():
    assert math.isfinite(negative_log_likelihood(np.array([[1.0, 0.0]]), np.array([1])))


def test_leaving_out_the_least_certain_cases_lowers_the_risk():
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4], [0.55, 0.45]])
    curve = risk_coverage(probabilities, np.array([0, 0, 1, 0]))
    assert curve.coverages.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert curve.risks.tolist() == pytest.approx([0, 0, 1 / 3, 1 / 4])
    assert curve.area == pytest.approx((0 + 0 + 1 / 3 + 1 / 4) / 4)


def test_a_thinned_curve_keeps_both_ends():
    probabilities, labels = drawn_cases(1000)
    curve = risk_coverage(probabilities, labels)
    thin = curve.thinned(50)
    assert len(thin.risks) == 50
    assert thin.coverages[0] == curve.coverages[0]
    assert thin.risks[-1] == curve.risks[-1]


def test_only_paired_beats_of_the_scored_period_have_labelled_probabilities(make_result):
    result = make_result(
        "NNV.", "NN.N", first_s=299.0, test_probabilities=np.eye(5)[[0, 2, 1]] * 0.5
    )
    probabilities, labels = labelled_probabilities([result])
    assert probabilities.tolist() == [[0, 0, 1, 0, 0]]
    assert labels.tolist() == [0]
    assert len(labelled_probabilities([result], start_s=0.0)[1]) == 2


def test_a_reading_without_probabilities_has_no_calibration(make_result):
    with pytest.raises(ValueError, match="record 100 to have probabilities"):
        labelled_probabilities([make_result("N", "N")])
    with pytest.raises(ValueError, match="at least one case"):
        score_calibration(np.empty((0, 5)), np.empty(0, np.int64))
    with pytest.raises(ValueError, match="at least one case"):
        fit_temperature(np.empty((0, 5)), np.empty(0, np.int64))
