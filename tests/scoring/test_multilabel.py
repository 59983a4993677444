"""Sums over conditions, of which a record may have any number."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import f1_score, roc_auc_score

from ecgmm.scoring.calibration import reliability
from ecgmm.scoring.multilabel import (
    auroc,
    best_f1_threshold,
    f1,
    fit_platt,
    macro_auroc,
    macro_auroc_interval,
    sensitivity_at,
    with_platt,
)


@pytest.fixture
def cases() -> tuple[np.ndarray, np.ndarray]:
    """A hundred records, three conditions, scores that know something; some are tied."""
    rng = np.random.default_rng(2)
    truth = (rng.random((100, 3)) < (0.5, 0.2, 0.1)).astype(np.int8)
    return truth, np.round(expit(truth + rng.normal(0, 1, truth.shape)), 2)


def test_auroc_is_the_share_of_pairs_in_the_right_order():
    assert auroc(np.array([0, 1, 0, 1]), np.array([0.1, 0.4, 0.4, 0.9])) == (1 + 0.5 + 1 + 1) / 4


def test_auroc_agrees_with_scikit_learn(cases):
    truth, scores = cases
    for condition in range(3):
        expected = roc_auc_score(truth[:, condition], scores[:, condition])
        assert auroc(truth[:, condition], scores[:, condition]) == pytest.approx(expected)
    assert macro_auroc(truth, scores) == pytest.approx(roc_auc_score(truth, scores))


def test_a_condition_that_nobody_has_is_left_out_of_the_mean(cases):
    truth, scores = cases
    without = truth.copy()
    without[:, 2] = 0
    assert np.isnan(auroc(without[:, 2], scores[:, 2]))
    assert macro_auroc(without, scores) == pytest.approx(macro_auroc(truth[:, :2], scores[:, :2]))


def test_an_interval_holds_its_figure(cases):
    interval = macro_auroc_interval(*cases, repeats=50)
    assert interval.low < interval.value < interval.high
    assert interval.value == pytest.approx(macro_auroc(*cases))


def test_sensitivity_keeps_to_the_specificity():
    truth = np.repeat([0, 1], 100)
    scores = np.concatenate([np.arange(100), np.arange(50, 150)]).astype(float)
    sensitivity = sensitivity_at(truth, scores, specificity=0.95)
    assert sensitivity == pytest.approx(0.55, abs=0.011)
    assert np.mean(scores[:100] <= 95) >= 0.95


def test_f1_agrees_with_scikit_learn(cases):
    truth, scores = cases
    called = scores[:, 0] >= 0.6
    assert f1(truth[:, 0], called) == pytest.approx(f1_score(truth[:, 0], called))


def test_no_threshold_has_a_better_f1(cases):
    truth, scores = cases
    threshold = best_f1_threshold(truth[:, 0], scores[:, 0])
    reached = f1(truth[:, 0], scores[:, 0] >= threshold)
    others = [f1(truth[:, 0], scores[:, 0] >= other) for other in np.linspace(0, 1, 101)]
    assert reached == pytest.approx(max(others))


def test_platt_makes_overconfident_probabilities_mean_what_they_say():
    rng = np.random.default_rng(1)
    logits = rng.normal(-1, 2, 4000)
    truth = (rng.random(4000) < expit(logits)).astype(int)
    overconfident = expit(3 * logits + 1)
    slope, offset = fit_platt(truth, overconfident)
    assert slope == pytest.approx(1 / 3, abs=0.05)
    fitted = with_platt(overconfident, [slope], [offset])
    before, after = (
        reliability(p, truth == 1).expected_calibration_error for p in (overconfident, fitted)
    )
    assert after < 0.03 < before


def test_a_condition_that_nobody_has_is_called_unlikely_but_not_impossible():
    probabilities = np.linspace(0.01, 0.4, 50)
    slope, offset = fit_platt(np.zeros(50, int), probabilities)
    fitted = with_platt(probabilities, [slope], [offset])
    assert 0 < fitted.max() < 0.1
    assert best_f1_threshold(np.zeros(50, int), probabilities) == 0.5
