"""Findings have weights: a premature beat in a healthy heart is borderline at most."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.analysis.findings import find_findings
from ecgmm.analysis.reading import Beat, JudgedCondition, Quality, Rhythm, Summary
from ecgmm.analysis.summary import summarise

HEALTHY = {"normal": 0.95, "af": 0.01, "other": 0.03, "noise": 0.01}
DISEASES = ("MI", "CD", "STTC", "HYP")


def judged(**probabilities: float) -> list[JudgedCondition]:
    return [
        JudgedCondition(code, code, code, probabilities.get(code, 0.01), 0.3) for code in DISEASES
    ]


def summary_of(labels: str, rhythm=HEALTHY, conditions=(), rr_s: float = 0.8) -> Summary:
    beats = [Beat(0.4 + rr_s * number, label, 0.97) for number, label in enumerate(labels)]
    label = max(rhythm, key=rhythm.__getitem__)
    end_s = beats[-1].time_s + 0.4
    told = Rhythm(label, rhythm)
    findings = find_findings(beats, told, end_s, judged=conditions)
    return summarise(beats, told, findings, Quality(0.95), duration_s=end_s, judged=conditions)


@pytest.mark.parametrize("labels", ["NNNNVNNNNNNN", "NNVNNNNNNVNN", "NNNNSNNNNNNN"])
def test_a_premature_beat_or_two_in_a_healthy_heart_are_borderline(labels: str) -> None:
    assert summary_of(labels).grade.label == "borderline"
    with_leads = summary_of(labels, conditions=judged())
    assert (with_leads.grade.label, with_leads.verdict) == ("borderline", "abnormal")
    assert with_leads.grade.disease_probability < 0.1


def test_frequent_premature_beats_are_abnormal() -> None:
    assert summary_of("NNVNNVNNNVNN").grade.label == "abnormal"


def test_fibrillation_is_abnormal() -> None:
    rhythm = {"normal": 0.1, "af": 0.85, "other": 0.04, "noise": 0.01}
    assert summary_of("N" * 12, rhythm).grade.label == "abnormal"


def test_a_rhythm_that_nothing_explains_is_borderline() -> None:
    rhythm = {"normal": 0.1, "af": 0.02, "other": 0.87, "noise": 0.01}
    summary = summary_of("N" * 12, rhythm)
    assert (summary.grade.label, summary.verdict) == ("borderline", "normal")


def test_a_run_and_an_extreme_rate_are_abnormal() -> None:
    assert summary_of("NNNNVVVVNNNN", rr_s=0.5).grade.label == "abnormal"
    assert summary_of("N" * 8, rr_s=1.8).grade.label == "abnormal"


def test_a_slow_heart_alone_is_borderline() -> None:
    assert summary_of("N" * 8, rr_s=1.25).grade.label == "borderline"


def test_a_disease_is_as_probable_as_any_of_those_that_may_be_there() -> None:
    assert summary_of("N" * 12, conditions=judged()).grade.disease_probability < 0.05
    doubtful = summary_of("N" * 12, conditions=judged(HYP=0.2)).grade
    assert doubtful.label == "borderline"
    assert doubtful.disease_probability == pytest.approx(2.5 * 0.25 / (1 + 2.5 * 0.25), abs=1e-3)
    assert summary_of("N" * 12, conditions=judged(MI=0.6)).grade.label == "abnormal"


def test_s_beats_are_never_counted_without_a_word_on_those_that_are_missed() -> None:
    for labels in ("N" * 12, "NNNNSNNN"):
        assert "misses many supraventricular premature beats" in summary_of(labels).caution
    rhythm = {"normal": 0.1, "af": 0.85, "other": 0.04, "noise": 0.01}
    assert summary_of("N" * 12, rhythm).caution is None


@given(
    labels=st.text("NSVFQ", min_size=1, max_size=30),
    rr_s=st.floats(0.3, 4.0),
    shares=st.tuples(*[st.floats(0.01, 1.0)] * 4),
    probability=st.floats(0.0, 1.0),
)
def test_a_grade_never_contradicts_the_verdict(labels, rr_s, shares, probability) -> None:
    names = ("normal", "af", "other", "noise")
    rhythm = {name: share / sum(shares) for name, share in zip(names, shares, strict=True)}
    summary = summary_of(labels, rhythm, judged(MI=probability), rr_s)
    assert 0.0 <= summary.grade.disease_probability <= 1.0
    if summary.verdict == "abnormal":
        assert summary.grade.label != "normal"
    if summary.grade.label == "abnormal":
        assert summary.verdict == "abnormal"
