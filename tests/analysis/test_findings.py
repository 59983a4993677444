"""Each finding is given by its clinical definition, and a normal ECG has none."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.analysis.findings import RULES, find_findings
from ecgmm.analysis.reading import Beat, Finding, Rhythm
from ecgmm.analysis.words import SEVERITY_ORDER
from ecgmm.labels import AAMI_CLASSES, aami_class
from ecgmm.simulator import Episode, simulate_episodes

NORMAL = Rhythm("normal", {"normal": 0.94, "af": 0.02, "other": 0.03, "noise": 0.01})
AF = Rhythm("af", {"normal": 0.05, "af": 0.85, "other": 0.09, "noise": 0.01})
OTHER = Rhythm("other", {"normal": 0.25, "af": 0.05, "other": 0.65, "noise": 0.05})
HOUR_S = 3600.0


def beats_of(labels: str, rr_s: float | list[float] = 0.8, start_s: float = 0.4) -> list[Beat]:
    """One beat a letter; `rr_s` is one interval for all, or one for each pair."""
    intervals_s = [rr_s] * (len(labels) - 1) if isinstance(rr_s, float) else rr_s
    times_s = accumulate(intervals_s, initial=start_s)
    return [Beat(time_s, label, 0.95) for time_s, label in zip(times_s, labels, strict=True)]


def hour_with(label: str, count: int) -> list[Beat]:
    """An hour at 75 bpm with some ectopic beats, far apart."""
    labels = ("N" * 140 + label) * count
    return beats_of(labels.ljust(round(HOUR_S / 0.8), "N"))


def find(
    beats: list[Beat],
    rhythm: Rhythm = NORMAL,
    duration_s: float | None = None,
    gaps: tuple[tuple[float, float], ...] = (),
) -> dict[str, Finding]:
    """Findings by code; by default the recording ends soon after its last beat."""
    end_s = duration_s or (beats[-1].time_s + 0.4 if beats else 10.0)
    return {finding.code: finding for finding in find_findings(beats, rhythm, end_s, gaps)}


@pytest.mark.parametrize("rate_bpm", [59.5, 59.84, 100.4])
def test_a_rate_that_is_told_as_a_limit_is_not_beyond_it(rate_bpm: float):
    assert find(beats_of("N" * 400, 60.0 / rate_bpm)) == {}


@pytest.mark.parametrize(
    ("rate_bpm", "text"),
    [(59.4, "59 bpm, below 60 bpm"), (49.9, "50 bpm, below 60 bpm"), (100.6, "101 bpm, above 100")],
)
def test_a_rate_beyond_a_limit_is_told_as_such(rate_bpm: float, text: str):
    (finding,) = find(beats_of("N" * 400, 60.0 / rate_bpm)).values()
    assert text in finding.text


@pytest.mark.parametrize(("rate_bpm", "is_told"), [(39.6, False), (39.4, True)])
def test_extreme_bradycardia_is_never_told_as_its_limit(rate_bpm: float, is_told: bool):
    found = find(beats_of("N" * 20, 60.0 / rate_bpm))
    assert ("extreme_bradycardia" in found) == is_told
    assert not is_told or "down to 39 bpm" in found["extreme_bradycardia"].text


@pytest.mark.parametrize(("rate_bpm", "is_told"), [(140.4, False), (140.6, True)])
def test_extreme_tachycardia_is_never_told_as_its_limit(rate_bpm: float, is_told: bool):
    found = find(beats_of("N" * 40, 60.0 / rate_bpm))
    assert ("extreme_tachycardia" in found) == is_told
    assert not is_told or "up to 141 bpm" in found["extreme_tachycardia"].text


def test_a_run_told_at_100_bpm_is_a_tachycardia():
    rr_s = [0.8] * 5 + [60.0 / 99.8] * 5 + [0.8] * 5
    found = find(beats_of("N" * 5 + "V" * 6 + "N" * 5, rr_s))
    assert "6 beats at 100 bpm" in found["vt_nonsustained"].text
    assert "idioventricular_rhythm" not in found


def test_a_pause_is_never_told_longer_than_it_was():
    found = find(beats_of("NNNN", [0.8, 3.97, 0.8]))
    assert "the longest 3.9 s" in found["pause"].text


def test_intervals_may_change_by_more_than_all_of_their_length():
    change = find(beats_of("N" * 15, [0.5, 1.6] * 7))["irregular_rhythm"].text
    assert "by 104.8 % from" in change


@pytest.mark.parametrize("rate_bpm", [60.0, 61.0, 75.0, 99.0, 100.0])
@pytest.mark.parametrize("start_s", [0.0, 0.1, 0.37])
def test_a_regular_normal_rhythm_from_60_to_100_bpm_has_no_findings(rate_bpm, start_s):
    assert find(beats_of("N" * 400, 60.0 / rate_bpm, start_s)) == {}


def test_a_recording_without_beats_has_no_findings():
    assert find([]) == {}


def test_refuses_beats_out_of_order():
    with pytest.raises(ValueError, match=r"Expected beats in time order.*Received"):
        find([Beat(2.0, "N", 0.9), Beat(1.0, "N", 0.9)])


class TestRates:
    @pytest.mark.parametrize(
        ("rate_bpm", "severity"), [(59.0, "info"), (50.0, "info"), (49.0, "warning")]
    )
    def test_bradycardia_is_below_60_and_a_warning_below_50(self, rate_bpm, severity):
        finding = find(beats_of("N" * 10, 60.0 / rate_bpm))["bradycardia"]
        assert finding.severity == severity
        assert f"{rate_bpm:.0f} bpm" in finding.text
        assert finding.beats == tuple(range(10))

    def test_tachycardia_is_above_100(self):
        assert "101 bpm" in find(beats_of("N" * 20, 60.0 / 101.0))["tachycardia"].text

    def test_two_intervals_are_too_few_for_a_rate(self):
        assert "tachycardia" not in find(beats_of("NNN", 0.5))
        assert "tachycardia" in find(beats_of("NNNN", 0.5))

    @pytest.mark.parametrize(("count", "told"), [(4, False), (5, True)])
    def test_extreme_bradycardia_needs_five_beats(self, count, told):
        assert ("extreme_bradycardia" in find(beats_of("N" * count, 1.6))) == told

    def test_exactly_40_bpm_is_not_extreme(self):
        assert "extreme_bradycardia" not in find(beats_of("N" * 10, 1.5))

    def test_extreme_bradycardia_points_at_the_slow_beats_only(self):
        finding = find(beats_of("N" * 15, [0.8] * 5 + [1.6] * 5 + [0.8] * 4))["extreme_bradycardia"]
        assert finding.severity == "critical"
        assert set(range(5, 11)) <= set(finding.beats) <= set(range(3, 13))

    def test_one_pause_is_no_bradycardia(self):
        found = find(beats_of("N" * 21, [0.8] * 10 + [5.0] + [0.8] * 9))
        assert "asystole" in found
        assert "extreme_bradycardia" not in found

    @pytest.mark.parametrize(("count", "told"), [(16, False), (17, True)])
    def test_extreme_tachycardia_needs_17_beats_above_140_bpm(self, count, told):
        assert ("extreme_tachycardia" in find(beats_of("N" * count, 60.0 / 141.0))) == told
        assert "extreme_tachycardia" not in find(beats_of("N" * count, 60.0 / 140.0))


class TestPauses:
    @pytest.mark.parametrize("start_s", [0.0, 0.1, 0.7, 1.1])
    @pytest.mark.parametrize(
        ("interval_s", "code"),
        [(2.99, None), (3.0, "pause"), (3.99, "pause"), (4.0, "asystole"), (9.0, "asystole")],
    )
    def test_a_pause_begins_at_3_s_and_asystole_at_4_s(self, start_s, interval_s, code):
        found = find(beats_of("N" * 12, [0.8] * 5 + [interval_s] + [0.8] * 5, start_s))
        assert [name for name in found if name in ("pause", "asystole")] == ([code] if code else [])
        if code:
            assert found[code].beats == (5, 6)

    def test_every_pause_is_counted_and_the_longest_named(self):
        found = find(beats_of("NNNNNN", [3.1, 0.8, 3.6, 0.8, 3.2]))
        assert found["pause"].text == "3 pauses without a beat, the longest 3.6 s."
        assert found["pause"].beats == (0, 1, 2, 3, 4, 5)

    def test_silence_before_the_first_and_after_the_last_beat_counts(self):
        found = find(beats_of("NNNN", start_s=3.5), duration_s=3.5 + 2.4 + 4.5)
        assert found["pause"].beats == (0,)
        assert found["asystole"].beats == (3,)
        assert found["asystole"].severity == "critical"

    def test_no_pause_is_invented_inside_a_gap(self):
        beats = beats_of("N" * 12, [0.8] * 5 + [6.0] + [0.8] * 5)
        assert "asystole" in find(beats)
        assert find(beats, gaps=((5.0, 9.9),)) == {}

    def test_a_pause_beside_a_gap_stands(self):
        beats = beats_of("N" * 12, [0.8] * 5 + [6.0] + [0.8] * 5)
        assert find(beats, gaps=((9.0, 9.9),))["asystole"].text.endswith("longest 4.6 s.")


class TestVentricularBeats:
    def test_premature_beats_are_counted_with_their_share(self):
        finding = find(beats_of("NNVNNNVNNNVN"))["pvc"]
        assert finding.text == "3 ventricular premature beats, 25 % of all beats."
        assert finding.beats == (2, 6, 10)

    @pytest.mark.parametrize(("count", "share"), [(7, "12.5 %"), (149, "0.7 %"), (2999, "0.03 %")])
    def test_a_small_share_is_told_in_few_digits(self, count, share):
        assert find(beats_of("V" + "N" * count))["pvc"].text.endswith(f" {share} of all beats.")

    def test_one_in_a_strip_is_a_warning(self):
        assert find(beats_of("NNNNVNNNNNNN"))["pvc"].severity == "warning"

    @pytest.mark.parametrize(("count", "severity"), [(29, "info"), (30, "warning")])
    def test_in_an_hour_it_takes_30(self, count, severity):
        assert find(hour_with("V", count), duration_s=HOUR_S)["pvc"].severity == severity

    @pytest.mark.parametrize(
        ("labels", "told"),
        [("N" * 8 + "V" + "N" * 9 + "VNNNNNNNVNNN", True), ("N" * 28 + "VVN", False)],
    )
    def test_burden_takes_a_tenth_of_the_beats_and_three(self, labels, told):
        assert ("pvc_burden" in find(beats_of(labels))) == told

    def test_burden_below_a_tenth_is_none(self):
        labels = "N" * 8 + "V" + "N" * 9 + "V" + "N" * 8 + "VNNN"
        assert len(labels) == 31
        assert "pvc_burden" not in find(beats_of(labels))

    def test_a_couplet_is_two_in_a_row_and_no_more(self):
        found = find(beats_of("NNVVNNNVVVNNNVNN"))
        assert found["couplet"].beats == (2, 3)
        assert found["couplet"].text == "1 ventricular couplet."

    def test_a_couplet_does_not_reach_over_a_gap(self):
        beats = beats_of("NNNVVNNN")
        assert "couplet" not in find(beats, gaps=((3.0, 3.4),))
        assert "couplet" in find(beats, gaps=((0.0, 0.3),))

    @pytest.mark.parametrize(
        ("labels", "code", "beats"),
        [
            ("NNNVNVNVNNN", "bigeminy", range(2, 8)),
            ("VNVNVNVN", "bigeminy", range(1, 7)),
            ("SVNVNV", "bigeminy", range(6)),
            ("NNVNNVNNV", "trigeminy", range(9)),
            ("NNNVNNNVNNNV", "quadrigeminy", range(12)),
        ],
    )
    def test_a_grouped_rhythm_is_three_groups_in_a_row(self, labels, code, beats):
        found = find(beats_of(labels))
        assert found[code].beats == tuple(beats)
        grouped = {"bigeminy", "trigeminy", "quadrigeminy"} & set(found)
        assert grouped == {code}

    @pytest.mark.parametrize("labels", ["NNNVNVNNN", "NNVNNVNN", "NFVNFV", "NNNVNNNVNNN"])
    def test_two_groups_are_too_few(self, labels):
        assert not {"bigeminy", "trigeminy", "quadrigeminy"} & set(find(beats_of(labels)))


class TestVentricularRuns:
    @staticmethod
    def run(count: int, rate_bpm: float) -> list[Beat]:
        run_s = 60.0 / rate_bpm
        return beats_of(
            "NNN" + "V" * count + "NNN", [0.8] * 2 + [0.6] + [run_s] * (count - 1) + [1.0, 0.8, 0.8]
        )

    def test_tachycardia_begins_at_three_beats(self):
        assert "vt_nonsustained" not in find(self.run(2, 150.0))
        assert find(self.run(3, 150.0))["vt_nonsustained"].beats == (3, 4, 5)

    def test_exactly_100_bpm_is_tachycardia(self):
        assert "vt_nonsustained" in find(self.run(3, 100.0))
        assert "idioventricular_rhythm" not in find(self.run(3, 100.0))

    def test_slower_is_an_idioventricular_rhythm(self):
        found = find(self.run(6, 99.0))
        assert found["idioventricular_rhythm"].beats == tuple(range(3, 9))
        assert "vt_nonsustained" not in found

    @pytest.mark.parametrize(("count", "severity"), [(4, "warning"), (5, "critical")])
    def test_five_beats_are_critical(self, count, severity):
        assert find(self.run(count, 150.0))["vt_nonsustained"].severity == severity

    @pytest.mark.parametrize(
        ("count", "code"), [(60, "vt_nonsustained"), (61, "vt_sustained"), (80, "vt_sustained")]
    )
    def test_sustained_tachycardia_lasts_30_s(self, count, code):
        found = find(self.run(count, 120.0))
        assert {name for name in found if name.startswith("vt_")} == {code}
        assert found[code].severity == "critical"

    def test_a_run_does_not_reach_over_a_gap(self):
        beats = self.run(4, 150.0)
        gap = (beats[4].time_s + 0.1, beats[5].time_s - 0.1)
        assert "vt_nonsustained" not in find(beats, gaps=(gap,))

    def test_the_figures_are_those_of_the_longest_run(self):
        labels = "NNVVVNNVVVVVNN"
        text = find(beats_of(labels, 0.4))["vt_nonsustained"].text
        assert text.endswith("2 runs, the longest 5 beats at 150 bpm.")


class TestSupraventricularBeats:
    def test_premature_beats_are_counted_with_their_share(self):
        finding = find(beats_of("NNNSNNNN"))["pac"]
        assert finding.text == "1 supraventricular premature beat, 12.5 % of all beats."
        assert finding.beats == (3,)

    @pytest.mark.parametrize(("count", "codes"), [(29, {"pac"}), (30, {"pac", "pac_burden"})])
    def test_30_an_hour_are_frequent(self, count, codes):
        assert set(find(hour_with("S", count), duration_s=HOUR_S)) == codes

    def test_two_in_a_strip_are_not_frequent(self):
        assert "pac_burden" not in find(beats_of("NSNNNNSNN"))
        assert "pac_burden" in find(beats_of("NSNNNSNNNS"))

    def test_a_couplet_is_two_in_a_row(self):
        assert find(beats_of("NNSSNNN"))["atrial_couplet"].beats == (2, 3)

    def test_bigeminy_is_three_pairs(self):
        assert find(beats_of("NNSNSNSN"))["atrial_bigeminy"].beats == tuple(range(1, 7))

    def test_a_run_of_three_at_100_bpm_is_tachycardia(self):
        assert find(beats_of("NNSSSNN", 0.6))["svt_run"].beats == (2, 3, 4)

    def test_a_slower_run_is_an_ectopic_rhythm(self):
        found = find(beats_of("NNSSSNN", 0.8))
        assert found["supraventricular_rhythm"].severity == "info"
        assert "svt_run" not in found

    def test_in_fibrillation_no_atrial_beat_is_premature(self):
        assert set(find(beats_of("NNSSSNNSNSNSNSSN", 0.65), AF)) == {"af"}


class TestRhythms:
    def test_fibrillation_is_told_with_its_probability(self):
        finding = find(beats_of("N" * 50), AF)["af"]
        assert finding.text == "Atrial fibrillation, probability 85 %."
        assert finding.beats == tuple(range(50))

    def test_fibrillation_shorter_than_30_s_says_so(self):
        assert "30 s" in find(beats_of("N" * 12), AF)["af"].text

    def test_a_rhythm_that_nothing_explains_is_a_doubt(self):
        found = find(beats_of("N" * 12), OTHER)
        assert set(found) == {"other_rhythm"}
        assert found["other_rhythm"].severity == "info"
        assert found["other_rhythm"].text == (
            "Rhythm not clearly sinus: nothing was found that explains how it looks "
            "(atrial fibrillation 5 %)."
        )

    @pytest.mark.parametrize(
        ("labels", "rr_s", "told"),
        [("NNNNVNNNNNNN", 0.8, "pvc"), ("NVNVNVNVNVNV", 0.8, "bigeminy"),
         ("NNNNSNNNNNNN", 0.8, "pac"), ("N" * 12, 1.1, "bradycardia"),
         ("N" * 12, 0.5, "tachycardia"), ("Q" * 12, 0.8, "unclassifiable")],
    )  # fmt: skip
    def test_what_is_told_by_its_name_leaves_no_doubt_about_the_rhythm(self, labels, rr_s, told):
        found = find(beats_of(labels, rr_s), OTHER)
        assert told in found
        assert "other_rhythm" not in found

    def test_doubt_between_fibrillation_and_another_rhythm_is_no_normal_rhythm(self):
        doubtful = Rhythm("normal", {"normal": 0.4, "af": 0.3, "other": 0.3, "noise": 0.0})
        assert set(find(beats_of("N" * 12), doubtful)) == {"other_rhythm"}

    def test_irregular_intervals_are_told_unless_it_is_fibrillation(self):
        beats = beats_of("N" * 13, [0.7, 0.9, 0.65, 1.0, 0.8, 0.66, 0.92, 0.7, 0.95, 0.8, 0.6, 0.9])
        assert find(beats)["irregular_rhythm"].severity == "info"
        assert "irregular_rhythm" not in find(beats, AF)

    def test_breathing_is_not_irregular(self):
        assert find(beats_of("N" * 13, [0.82, 0.85, 0.82, 0.78, 0.75, 0.78] * 2)) == {}

    def test_intervals_around_ectopic_beats_do_not_make_it_irregular(self):
        beats = beats_of("NNV" * 8 + "N", [0.8, 0.5, 1.1] * 8)
        assert "irregular_rhythm" not in find(beats)


def test_fusion_beats_are_told():
    assert find(beats_of("NNFNNNFN"))["fusion"].text == "2 fusion beats, 25 % of all beats."


def test_unclassifiable_beats_are_for_information():
    finding = find(beats_of("NNQNN"))["unclassifiable"]
    assert finding.severity == "info"
    assert finding.beats == (2,)


@pytest.mark.parametrize(
    ("episode", "expected"),
    [
        (Episode("N", 60.0), set()),
        (Episode("NV", 60.0), {"pvc", "pvc_burden", "bigeminy"}),
        (Episode("NNV", 60.0), {"pvc", "pvc_burden", "trigeminy"}),
        (Episode("NNNNNVVNN", 60.0), {"pvc", "pvc_burden", "couplet"}),
        (Episode("N" * 20 + "VVVVV", 60.0), {"pvc", "pvc_burden", "vt_nonsustained"}),
        (Episode("N" * 20 + "AAAAA", 60.0), {"pac", "pac_burden", "svt_run"}),
        (Episode("N" * 20 + "-----", 60.0, heart_rate_bpm=65.0), {"asystole", "bradycardia"}),
        (Episode("N", 60.0, heart_rate_bpm=45.0), {"bradycardia"}),
        (Episode("N", 60.0, heart_rate_bpm=150.0), {"tachycardia", "extreme_tachycardia"}),
        (Episode("N", 60.0, heart_rate_bpm=80.0, rhythm="af"), {"irregular_rhythm"}),
    ],
)
def test_finds_in_a_simulated_heart_what_was_put_there(episode: Episode, expected: set[str]):
    annotations = simulate_episodes([episode]).annotations
    beats = [
        Beat(sample / 360.0, aami_class(symbol), 1.0)
        for sample, symbol in zip(annotations.beat_samples, annotations.beat_symbols, strict=True)
    ]
    assert set(find(beats, duration_s=episode.duration_s)) == expected


wild_beats = st.builds(
    lambda labels, rr_s: beats_of(labels, rr_s[: len(labels) - 1]) if labels else [],
    st.text(AAMI_CLASSES, max_size=40),
    st.lists(st.floats(0.2, 8.0), min_size=40, max_size=40),
)


@given(beats=wild_beats, rhythm=st.sampled_from([NORMAL, AF, OTHER]), gap_s=st.floats(0.0, 20.0))
def test_findings_of_any_beats_are_sorted_unique_and_point_at_beats(beats, rhythm, gap_s):
    duration_s = beats[-1].time_s + 1.0 if beats else 10.0
    gaps = ((gap_s, gap_s + 1.0),)
    findings = find_findings(beats, rhythm, duration_s, gaps)
    assert findings == find_findings(beats, rhythm, duration_s, gaps)
    ranks = [SEVERITY_ORDER.index(finding.severity) for finding in findings]
    assert ranks == sorted(ranks)
    assert len({finding.code for finding in findings}) == len(findings) <= len(RULES)
    for finding in findings:
        assert list(finding.beats) == sorted(set(finding.beats))
        assert all(0 <= index < len(beats) for index in finding.beats)
        assert finding.text.endswith(".")


@given(rate_bpm=st.floats(60.0, 100.0), count=st.integers(1, 300), start_s=st.floats(0.0, 2.9))
def test_no_plain_normal_rhythm_has_a_finding(rate_bpm, count, start_s):
    assert find(beats_of("N" * count, 60.0 / rate_bpm, start_s)) == {}


@given(beats=wild_beats)
def test_nothing_is_silent_in_a_recording_that_is_one_gap(beats):
    end_s = beats[-1].time_s + 1.0 if beats else 10.0
    assert not {"pause", "asystole", "bradycardia"} & set(
        find(beats, duration_s=end_s, gaps=((0.0, end_s),))
    )
