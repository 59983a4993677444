"""Each alarm is raised at its beat and not before, with the beats that prove it."""

import pytest
from simulated_streams import regular, situation

from ecgmm.monitor.alarms.rules import RULES, find_causes
from ecgmm.monitor.limits import AlarmLimits

NORMAL = regular("N" * 30, 0.8)
END_S = NORMAL[-1][0]


def codes(*args, **kwargs):
    return [cause.code for cause in find_causes(situation(*args, **kwargs))]


def cause(code, *args, **kwargs):
    (found,) = [c for c in find_causes(situation(*args, **kwargs)) if c.code == code]
    return found


def test_a_normal_rhythm_raises_nothing():
    assert codes(NORMAL, END_S + 0.4) == []


@pytest.mark.parametrize(
    ("silence_s", "expected"), [(2.9, []), (3.1, ["pause"]), (3.9, ["pause"]), (4.0, ["asystole"])]
)
def test_a_pause_becomes_asystole_after_four_seconds(silence_s, expected):
    assert codes(NORMAL, END_S + silence_s) == expected


def test_asystole_is_told_where_there_was_never_a_beat():
    assert codes([], 4.1) == ["asystole"]


def test_no_asystole_is_told_of_what_cannot_be_read():
    assert codes(NORMAL, END_S + 9.0, gaps=[(END_S + 1, END_S + 9.0)]) == []
    assert codes(NORMAL, END_S + 9.0, gaps=[(END_S + 1, END_S + 6.0)]) == ["pause"]


def test_a_pause_between_two_beats_is_told_with_both():
    beats = [*NORMAL, (END_S + 3.3, "N")]
    found = cause("pause", beats, END_S + 3.8)
    assert found.beats == (29, 30)
    assert found.onset_s == END_S


def test_fibrillation_speaks_for_the_beats_that_are_missing_in_it():
    assert codes(NORMAL, END_S + 5.0, is_fibrillating=True) == ["ventricular_fibrillation"]


@pytest.mark.parametrize(("count", "expected"), [(2, []), (3, ["pvc_run"]), (4, ["pvc_run"])])
def test_a_run_begins_with_its_third_ventricular_beat(count, expected):
    beats = [*NORMAL, *regular("V" * count, 0.4, END_S + 0.5)]
    assert codes(beats, beats[-1][0] + 0.4) == expected


def test_ventricular_tachycardia_begins_with_its_fifth_beat():
    beats = [*NORMAL, *regular("VVVVV", 0.4, END_S + 0.5)]
    found = cause("ventricular_tachycardia", beats, beats[-1][0] + 0.4)
    assert found.beats == (30, 31, 32, 33, 34)
    assert found.severity == "critical"


def test_a_slow_ventricular_rhythm_is_a_run_and_no_tachycardia():
    beats = [*NORMAL, *regular("V" * 8, 0.7, END_S + 0.7)]
    assert codes(beats, beats[-1][0] + 0.4) == ["pvc_run"]


def test_a_run_across_a_gap_is_none():
    beats = [*NORMAL, *regular("VV", 0.4, END_S + 0.5), *regular("V", 0.4, END_S + 3.0)]
    now_s = beats[-1][0] + 0.4
    assert codes(beats, now_s, gaps=[(END_S + 1.5, END_S + 2.5)]) == []


def test_an_old_run_is_not_told_again():
    beats = [*regular("VVVVV", 0.4), *regular("N" * 20, 0.8, 3.0)]
    assert codes(beats, beats[-1][0] + 0.4) == []


@pytest.mark.parametrize(("count", "expected"), [(8, False), (17, True)])
def test_extreme_tachycardia_is_told_by_its_seventeenth_beat(count, expected):
    beats = [*NORMAL, *regular("N" * (count - 1), 0.4, END_S + 0.4)]
    assert ("extreme_tachycardia" in codes(beats, beats[-1][0] + 0.4)) is expected


@pytest.mark.parametrize(("count", "expected"), [(2, False), (4, True)])
def test_extreme_bradycardia_is_told_by_its_fifth_beat(count, expected):
    beats = [*NORMAL, *regular("N" * count, 1.6, END_S + 1.6)]
    told = codes(beats, beats[-1][0] + 0.4, limits=AlarmLimits(low_bpm=40.0))
    assert ("extreme_bradycardia" in told) is expected


@pytest.mark.parametrize(
    ("bpm", "expected"),
    [(45, ["bradycardia"]), (55, []), (115, []), (130, ["tachycardia"])],
)
def test_rates_beyond_the_ordinary_limits_are_warned_of(bpm, expected):
    beats = regular("N" * 30, 60 / bpm)
    assert codes(beats, beats[-1][0] + 0.4) == expected


def test_atrial_fibrillation_is_told_once_it_is_more_probable_than_not():
    assert codes(NORMAL, END_S + 0.4, af_share=0.4) == []
    assert codes(NORMAL, END_S + 0.4, af_share=0.6) == ["af_onset"]


def test_a_lost_lead_is_information_and_losing_all_is_a_warning():
    assert cause("lead_off", NORMAL, END_S + 0.4, leads_off=("II",)).severity == "info"
    last = cause("lead_off", NORMAL, END_S + 0.4, leads_off=("II",), all_off=True)
    assert last.severity == "warning"


def test_limits_decide():
    fast = regular("N" * 30, 60 / 130)
    now_s = fast[-1][0] + 0.4
    assert codes(fast, now_s, limits=AlarmLimits(high_bpm=135)) == []
    run = [*NORMAL, *regular("VVVV", 0.4, END_S + 0.5)]
    told = codes(run, run[-1][0] + 0.4, limits=AlarmLimits(vt_beats=4))
    assert told == ["ventricular_tachycardia"]


def test_every_rule_has_its_definition_and_source():
    assert all(rule.__doc__ for rule in RULES)


def test_an_alarm_that_stands_speaks_for_lesser_ones():
    slow = regular("N" * 30, 60 / 45)
    now = situation(slow, slow[-1][0] + 0.4)
    assert [cause.code for cause in find_causes(now)] == ["bradycardia"]
    assert find_causes(now, ["ventricular_fibrillation"]) == []
