import math

import numpy as np
import pytest

from ecgmm.scoring.reading_scores import beat_figures, score_beats, score_reading


@pytest.fixture(scope="module")
def results(make_result):
    def probabilities(labels):
        return np.eye(5)[["NSVFQ".index(label) for label in labels]] * 0.8 + 0.04

    def result(record, reference, test):
        return make_result(
            reference,
            test,
            record=record,
            patient=record,
            first_s=290.0,
            test_probabilities=probabilities(test.replace(".", "")),
        )

    return [
        result("100", "NNNNNNNNNNNNNNNVVNN", "NNNNNNNNNNNNNNNVNNN"),
        result("232", "NNNNNNNNNNNjAAAAAAN", "NNNNNNNNNNNNSSSNS.N"),
    ]


def test_both_periods_and_both_classes_of_escape_beats_are_scored(results):
    scores = score_reading("signal", results)
    assert [(t.start_s, t.escapes_as) for t in scores.tables] == [
        (300.0, "N"),
        (300.0, "S"),
        (0.0, "N"),
        (0.0, "S"),
    ]
    as_n, as_s = scores.tables[:2]
    assert as_n.classes["S"].support == 6
    assert as_s.classes["S"].support == 7
    assert scores.tables[2].confusion.sum() == as_n.confusion.sum() + 20


def test_the_figures_carry_an_interval_over_records(results):
    interval = score_beats(results).figures["S Se"]
    assert interval.value == pytest.approx(4 / 6)
    assert interval.low == interval.high == interval.value
    figures = score_beats(results).figures
    assert figures["QRS Se"].low < figures["QRS Se"].value < figures["QRS Se"].high


def test_the_per_record_table_shows_which_record_has_the_s_beats(results):
    first, second = score_beats(results).per_record
    assert first.share_of_class["S"] == 0.0
    assert second.share_of_class["S"] == 1.0
    assert second.beats == {"N": 3, "S": 6, "V": 0, "F": 0, "Q": 0}
    assert math.isnan(first.f1["S"])
    assert second.qrs_sensitivity == pytest.approx(8 / 9)


def test_the_tables_of_bxb_and_rxr_have_a_line_a_record_and_their_summary(results):
    tables = score_beats(results)
    for table in (tables.beats, tables.ventricular_runs, tables.supraventricular_runs):
        assert [line["Record"] for line in table.lines] == ["100", "232"]
        assert [line["Record"] for line in table.summary] == ["Sum", "Gross", "Average"]
    assert tables.ventricular_runs.summary[0]["CFN"] == 1


def test_calibration_is_scored_before_and_after_the_temperature(results):
    before, after = score_reading("signal", results, temperature=2.0).calibration
    assert (before.temperature, after.temperature) == (1.0, 2.0)
    assert before.cases == 17


def test_a_reading_without_probabilities_has_no_calibration(make_result):
    assert score_reading("xqrs", [make_result("NN", "NN")]).calibration == ()


def test_qrs_figures_do_not_mind_the_class():
    confusion = np.zeros((6, 6), np.int64)
    confusion[0, 2] = 9
    confusion[0, 5] = 1
    confusion[5, 1] = 3
    figures = beat_figures(confusion)
    assert figures["QRS Se"] == 0.9
    assert figures["QRS +P"] == 0.75
    assert figures["N F1"] == 0.0
