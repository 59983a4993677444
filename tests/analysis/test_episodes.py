"""From when to when each rhythm lasts."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.episodes import in_time, with_av_block, with_sinus_explained
from ecgmm.analysis.findings import find_findings
from ecgmm.analysis.reading import Episode, Finding, JudgedCondition, Rhythm, RhythmInTime
from ecgmm.analysis.rules.evidence import Evidence

SINUS, AF, OTHER = [0.9, 0.05, 0.03, 0.02], [0.05, 0.9, 0.03, 0.02], [0.05, 0.1, 0.83, 0.02]
WHOLE = Rhythm("normal", {"normal": 0.9, "af": 0.05, "other": 0.03, "noise": 0.02})


def course(
    labels: str,
    rr_s: float | np.ndarray = 0.8,
    windows: list[list[float]] | None = None,
    gaps: tuple[tuple[float, float], ...] = (),
    conditions: tuple[JudgedCondition, ...] = (),
) -> RhythmInTime:
    """The rhythm of beats with such labels and intervals, the first at 0.5 s."""
    intervals_s = np.broadcast_to(rr_s, (len(labels) - 1,))
    times_s = 0.5 + np.concatenate([[0.0], np.cumsum(intervals_s)])
    beats = BeatList(times_s, labels, np.full(len(labels), 0.9))
    evidence = Evidence(beats, WHOLE, float(times_s[-1]) + 0.3, gaps, conditions)
    said = np.float32(windows or [SINUS] * max(1, int(evidence.duration_s // 20)))
    return in_time(evidence, said, 20.0 * np.arange(len(said))).in_time


def names(told: RhythmInTime) -> list[str]:
    return [episode.label for episode in told.episodes]


def test_episodes_follow_each_other_and_cover_the_recording() -> None:
    told = course("N" * 40 + "VVVV" + "N" * 40 + "SSS" + "N" * 40, gaps=((50.0, 55.0),))
    assert told.episodes[0].start_s == 0.0
    assert told.episodes[-1].end_s == pytest.approx(0.5 + 126 * 0.8 + 0.3)
    assert all(a.end_s == b.start_s and a.start_s < a.end_s for a, b in pairwise(told.episodes))
    assert {"sinus", "noise"} <= set(names(told))


def test_a_sinus_rhythm_is_one_episode() -> None:
    told = course("N" * 75)
    assert names(told) == ["sinus"]
    assert told.af_burden == 0.0
    assert told.longest_run is None
    assert told.pauses == ()


def test_fibrillation_begins_where_the_intervals_begin_to_change() -> None:
    rng = np.random.default_rng(1)
    irregular_s = 0.7 * np.exp(rng.normal(0, 0.25, 120))
    rr_s = np.concatenate([np.full(79, 0.8), irregular_s])
    onset_s = 0.5 + 79 * 0.8
    told = course("N" * 200, rr_s, [SINUS, SINUS, SINUS, AF, AF, AF, AF])
    assert names(told) == ["sinus", "af"]
    assert told.episodes[1].start_s == pytest.approx(onset_s, abs=3.0)
    assert told.af_burden == pytest.approx(1 - onset_s / told.episodes[1].end_s, abs=0.03)


def test_fast_ventricular_and_supraventricular_runs_are_tachycardias() -> None:
    rr_s = np.full(69, 0.8)
    rr_s[20:24] = 0.4
    rr_s[40:43] = 0.5
    told = course("N" * 20 + "V" * 5 + "N" * 15 + "S" * 4 + "N" * 26, rr_s)
    assert names(told) == ["sinus", "vt", "sinus", "svt", "sinus"]
    assert told.episodes[1].start_s == pytest.approx(0.5 + 20 * 0.8)
    assert told.longest_run is not None
    assert (told.longest_run.label, told.longest_run.beats) == ("vt", 5)
    assert told.longest_run.rate_bpm == pytest.approx(150.0)
    assert told.fastest_run == told.longest_run


def test_slow_runs_are_no_tachycardias() -> None:
    assert names(course("N" * 20 + "VVVV" + "N" * 20 + "SSSS" + "N" * 20)) == [
        "sinus",
        "idioventricular",
        "sinus",
        "ectopic_atrial",
        "sinus",
    ]


def test_early_beats_in_fibrillation_are_no_run() -> None:
    rng = np.random.default_rng(2)
    rr_s = 0.6 * np.exp(rng.normal(0, 0.25, 99))
    assert names(course("N" * 50 + "SSSS" + "N" * 46, rr_s, [AF, AF, AF])) == ["af"]


def test_every_second_beat_ventricular_is_bigeminy() -> None:
    told = course("N" * 20 + "NV" * 6 + "N" * 30)
    assert names(told) == ["sinus", "bigeminy", "sinus"]
    assert told.episodes[1].start_s == pytest.approx(0.5 + 20 * 0.8)
    assert told.episodes[1].end_s == pytest.approx(0.5 + 32 * 0.8)


def test_what_was_not_read_is_an_episode_of_its_own_and_counts_for_nothing() -> None:
    told = course("N" * 75, windows=[AF, AF, AF], gaps=((20.0, 30.0),))
    assert names(told) == ["af", "noise", "af"]
    assert told.af_burden == 1.0


def test_a_rhythm_that_only_ectopic_beats_disturb_is_sinus_rhythm() -> None:
    assert names(course("NNNNVNNNNNVN", windows=[OTHER])) == ["sinus"]
    irregular_s = 0.8 * np.exp(np.random.default_rng(4).normal(0, 0.2, 11))
    assert names(course("NNNNVNNNNNVN", irregular_s, [OTHER])) == ["other"]
    assert names(course("N" * 12, windows=[OTHER])) == ["other"]
    assert names(course("NNV" * 4 + "N", windows=[OTHER])) == ["sinus"]


@pytest.mark.parametrize(
    ("code", "label"), [("complete_left_bundle_branch_block", "sinus"), ("low_voltage", "other")]
)
def test_a_block_explains_a_sinus_rhythm_that_looks_unusual_from_beginning_to_end(
    code: str, label: str
) -> None:
    whole = Rhythm("other", {"normal": 0.1, "af": 0.0, "other": 0.9, "noise": 0.0})
    unusual = replace(whole, in_time=course("N" * 12, windows=[OTHER]))
    told = with_sinus_explained(unusual, [Finding(code, "A finding.", "info")])
    assert names(told.in_time) == [label]


def test_a_pause_is_told_from_beat_to_beat() -> None:
    rr_s = np.full(39, 0.8)
    rr_s[10] = 3.5
    (pause,) = course("N" * 40, rr_s).pauses
    assert pause.end_s - pause.start_s == pytest.approx(3.5)


@pytest.mark.parametrize(
    ("code", "windows", "label"), [("PACE", [SINUS], "paced"), ("AFLT", [OTHER], "flutter")]
)
def test_what_the_leads_together_say_names_the_episode(
    code: str, windows: list[list[float]], label: str
) -> None:
    present = JudgedCondition(code, "rhythm", code, 0.9, 0.5)
    assert names(course("N" * 12, windows=windows, conditions=(present,))) == [label]


def test_several_blocked_p_waves_are_an_episode_of_av_block_and_one_is_none() -> None:
    told = course("N" * 30)
    beats = BeatList(0.5 + 0.8 * np.arange(30), "N" * 30, np.full(30, 0.9))
    rhythm = Rhythm("normal", WHOLE.probabilities, told)
    blocks = Finding("mobitz_1_av_block", "", "warning", (9, 10, 13, 14))
    (before, block, after) = with_av_block(rhythm, [blocks], beats).in_time.episodes
    assert (before.label, block.label, after.label) == ("sinus", "av_block", "sinus")
    assert (block.start_s, block.end_s) == pytest.approx((0.5 + 9 * 0.8, 0.5 + 14 * 0.8))
    single = Finding("mobitz_2_av_block", "", "info", (9, 10))
    assert with_av_block(rhythm, [single], beats) == rhythm
    in_af = replace(rhythm, in_time=replace(told, episodes=(Episode("af", 0.0, 24.0, 0.9),)))
    assert with_av_block(in_af, [blocks], beats) == in_af


def test_no_window_read_is_noise_throughout() -> None:
    evidence = Evidence((), WHOLE, 10.0)
    told = in_time(evidence, np.empty((0, 4), np.float32), np.empty(0)).in_time
    assert names(told) == ["noise"]
    assert told.af_burden is None


def test_fibrillation_for_half_a_minute_is_a_finding_though_the_whole_is_normal() -> None:
    rng = np.random.default_rng(3)
    rr_s = np.concatenate([np.full(79, 0.8), 0.6 * np.exp(rng.normal(0, 0.25, 70))])
    times_s = 0.5 + np.concatenate([[0.0], np.cumsum(rr_s)])
    beats = BeatList(times_s, "N" * len(times_s), np.full(len(times_s), 0.9))
    evidence = Evidence(beats, WHOLE, float(times_s[-1]) + 0.3)
    said = np.float32([SINUS, SINUS, SINUS, AF, AF])
    rhythm = in_time(evidence, said, 20.0 * np.arange(len(said)))
    found = find_findings(beats, rhythm, evidence.duration_s)
    (episode,) = [finding for finding in found if finding.code == "af_episodes"]
    assert episode.severity == "warning"
    assert 60 < len(episode.beats) < 90
