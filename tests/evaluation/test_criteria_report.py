"""Criteria are scored against a reference, beside the network."""

import dataclasses

import numpy as np
import pytest

from ecgmm.analysis.reading import Finding, JudgedCondition, Quality, Reading, Rhythm, Summary
from ecgmm.conditions import CONDITION_CODES
from ecgmm.evaluation.criteria import criteria_table, score_criteria
from ecgmm.evaluation.report import plain

NOTHING = Reading(
    "heart", "signal", 10.0, ("I",), (), Rhythm.unread(), (),
    Summary(None, {}, "normal", 0.1), Quality(1.0), "ecgmm", "5",
)  # fmt: skip


def reading(*, found, judged):
    return dataclasses.replace(
        NOTHING,
        findings=(Finding("low_voltage", "Low.", "info"),) if found else (),
        conditions=(JudgedCondition("LVOLT", "form", "Low", 0.9 if judged else 0.1, 0.5),),
    )


def test_rule_and_network_are_scored_on_the_same_records():
    reference = np.zeros((4, len(CONDITION_CODES)), np.bool_)
    reference[:2, CONDITION_CODES.index("LVOLT")] = True
    reference[3, CONDITION_CODES.index("NORM")] = True
    readings = [
        reading(found=True, judged=True),
        reading(found=True, judged=False),
        reading(found=False, judged=True),
        reading(found=True, judged=False),
    ]
    rows = plain(score_criteria(readings, reference))
    (row,) = [row for row in rows if row["finding"] == "low_voltage"]
    assert row["cases"] == 2
    assert row["rule"] == {"sensitivity": 1.0, "specificity": 0.5, "told_of_normal": 1.0}
    assert row["network"] == {"sensitivity": 0.5, "specificity": 0.5, "told_of_normal": 0.0}
    assert row["both_say_the_same"] == pytest.approx(0.25)
    assert "| low voltage | LVOLT | 2 | 100.0 / 50.0 (100.0)" in criteria_table({"rows": [row]})
