"""The summary's heart rate is a rate, and its verdict and probability say the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.analysis.findings import find_findings
from ecgmm.analysis.heart_rate import heart_rate_bpm
from ecgmm.analysis.reading import Beat, Quality, Rhythm, Summary
from ecgmm.analysis.summary import LOWEST_READABLE_SCORE, beat_counts, summarise
from ecgmm.labels import AAMI_CLASSES

NORMAL = {"normal": 0.9, "af": 0.03, "other": 0.05, "noise": 0.02}
GOOD = Quality(0.95)


def regular(labels: str, rr_s: float = 0.8, probability: float = 0.97) -> list[Beat]:
    return [Beat(0.4 + rr_s * i, label, probability) for i, label in enumerate(labels)]


def summary_of(
    beats: list[Beat],
    probabilities: dict[str, float] = NORMAL,
    quality: Quality = GOOD,
    duration_s: float | None = None,
) -> Summary:
    rhythm = Rhythm(max(probabilities, key=probabilities.__getitem__), probabilities)
    end_s = duration_s or (beats[-1].time_s + 0.4 if beats else 10.0)
    findings = find_findings(beats, rhythm, end_s)
    return summarise(beats, rhythm, findings, quality, duration_s=end_s)


class TestHeartRate:
    def test_is_beats_a_minute(self):
        assert heart_rate_bpm(regular("N" * 10, 0.75)) == pytest.approx(80.0)

    def test_in_bigeminy_is_that_of_all_beats(self):
        times_s = [0.0, 0.5, 1.6, 2.1, 3.2, 3.7, 4.8]
        beats = [Beat(time_s, "N", 1.0) for time_s in times_s]
        assert heart_rate_bpm(beats) == pytest.approx(75.0)

    def test_leaves_gaps_out(self):
        beats = [Beat(time_s, "N", 1.0) for time_s in (1.0, 2.0, 3.0, 13.0, 14.0)]
        assert heart_rate_bpm(beats, gaps=((5.0, 12.0),)) == pytest.approx(60.0)

    @pytest.mark.parametrize("count", [0, 1])
    def test_is_unknown_without_two_beats(self, count):
        assert heart_rate_bpm(regular("N" * count)) is None

    def test_is_unknown_when_every_interval_touches_a_gap(self):
        assert heart_rate_bpm(regular("NN"), gaps=((0.5, 0.6),)) is None


def test_counts_name_every_class():
    assert beat_counts(regular("NNVSNV")) == {"N": 3, "S": 1, "V": 2, "F": 0, "Q": 0}


class TestVerdict:
    def test_a_normal_strip_is_normal_with_the_doubt_of_its_rhythm(self):
        summary = summary_of(regular("N" * 12))
        assert summary.verdict == "normal"
        assert summary.abnormal_probability == pytest.approx(0.08 / 0.98, abs=1e-4)

    @pytest.mark.parametrize("label", ["S", "V", "F"])
    def test_one_sure_ectopic_beat_makes_a_strip_abnormal(self, label):
        summary = summary_of(regular("NNNNNN" + label + "NNNNN"))
        assert (summary.verdict, summary.abnormal_probability) == ("abnormal", 0.97)

    def test_stray_ectopic_beats_leave_half_an_hour_normal(self):
        beats = regular("N" * 150 + ("V" + "N" * 149) * 14)
        summary = summary_of(beats, duration_s=1800.0)
        assert summary.beat_counts["V"] == 14
        assert summary.verdict == "normal"

    def test_thousands_of_slightly_doubtful_normal_beats_stay_normal(self):
        assert summary_of(regular("N" * 5000, probability=0.9)).abnormal_probability < 0.1

    def test_frequent_ectopic_beats_are_as_sure_as_the_fewest_that_matter(self):
        beats = regular("N" * 50 + ("V" + "N" * 99) * 22)
        surer = {50 + 100 * i: 0.99 - 0.01 * i for i in range(22)}
        beats = [
            Beat(beat.time_s, beat.label, surer.get(i, beat.probability))
            for i, beat in enumerate(beats)
        ]
        summary = summary_of(beats, duration_s=1800.0)
        assert summary.abnormal_probability == pytest.approx(0.99 - 0.01 * 14)

    def test_fibrillation_is_as_sure_as_its_probability(self):
        summary = summary_of(
            regular("N" * 50), {"normal": 0.3, "af": 0.55, "other": 0.1, "noise": 0.05}
        )
        assert summary.verdict == "abnormal"
        assert summary.abnormal_probability == pytest.approx(0.65 / 0.95, abs=1e-4)

    def test_marked_bradycardia_is_as_sure_as_its_beats(self):
        summary = summary_of(regular("N" * 8, 1.4))
        assert (summary.verdict, summary.abnormal_probability) == ("abnormal", 0.97)

    def test_a_slightly_slow_rate_is_for_information(self):
        assert summary_of(regular("N" * 10, 60 / 55)).verdict == "normal"

    def test_a_rule_that_is_met_is_never_less_than_even(self):
        summary = summary_of(regular("NNNNVVNNNN", probability=0.4))
        assert (summary.verdict, summary.abnormal_probability) == ("abnormal", 0.5)


class TestUnreadable:
    @pytest.mark.parametrize(
        ("beats", "score"), [([], 0.9), (regular("NVNV"), LOWEST_READABLE_SCORE - 0.01)]
    )
    def test_without_beats_or_quality_there_is_no_verdict(self, beats, score):
        summary = summary_of(beats, quality=Quality(score))
        assert summary.verdict == "unreadable"
        assert summary.abnormal_probability is None

    def test_the_lowest_readable_score_is_readable(self):
        summary = summary_of(regular("N" * 12), quality=Quality(LOWEST_READABLE_SCORE))
        assert summary.verdict == "normal"


@given(
    labels=st.text(AAMI_CLASSES, min_size=1, max_size=40),
    rr_s=st.floats(0.3, 5.0),
    probability=st.floats(0.2, 1.0),
    shares=st.tuples(*[st.floats(0.01, 1.0)] * 4),
)
def test_the_verdict_is_abnormal_exactly_when_the_probability_and_some_finding_say_so(
    labels, rr_s, probability, shares
):
    names = ("normal", "af", "other", "noise")
    probabilities = {name: share / sum(shares) for name, share in zip(names, shares, strict=True)}
    beats = regular(labels, rr_s, probability)
    rhythm = Rhythm(max(probabilities, key=probabilities.__getitem__), probabilities)
    findings = find_findings(beats, rhythm, beats[-1].time_s + 0.4)
    summary = summarise(beats, rhythm, findings, GOOD, duration_s=beats[-1].time_s + 0.4)
    assert 0.0 <= summary.abnormal_probability <= 1.0
    is_abnormal = summary.verdict == "abnormal"
    assert is_abnormal == (summary.abnormal_probability >= 0.5)
    assert is_abnormal == any(finding.severity != "info" for finding in findings)
