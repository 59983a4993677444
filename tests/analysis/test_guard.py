"""A beat that an end of the recording may cut is not classified."""

import numpy as np

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.guard import is_told_apart, is_whole, joints_s
from ecgmm.analysis.reading import Exclusion


def test_a_strange_beat_at_an_end_is_taken_for_a_cut_one() -> None:
    beats = BeatList(np.array([0.05, 0.9, 1.7, 2.93]), "SNVV", np.full(4, 0.9))
    assert is_whole(beats, 3.0).tolist() == [False, True, True, False]


def test_a_normal_beat_at_an_end_stays() -> None:
    beats = BeatList(np.array([0.05, 2.93]), "NN", np.full(2, 0.9))
    assert is_whole(beats, 3.0).all()


def missing(lead: str, start_s: float, end_s: float) -> Exclusion:
    return Exclusion(start_s, end_s, lead, "missing")


def test_leads_in_turn_have_a_joint_where_all_change() -> None:
    lost = [missing("V1", 0.0, 2.5), missing("II", 2.5, 5.0), missing("III", 2.5, 5.0)]
    assert joints_s(lost, ("II", "III", "V1")) == [2.5]


def test_a_lead_that_goes_on_makes_no_joint() -> None:
    lost = [missing("V1", 0.0, 2.5), missing("III", 2.5, 5.0)]
    assert joints_s(lost, ("II", "III", "V1")) == []


def test_a_gap_of_all_leads_makes_no_joint() -> None:
    lost = [missing("II", 2.0, 2.5), missing("V1", 2.0, 2.5)]
    assert joints_s(lost, ("II", "V1")) == []


def test_what_leads_begin_with_may_be_the_t_wave_of_a_beat_they_did_not_record() -> None:
    time_s = np.array([2.4, 2.7, 2.7, 2.7, 3.2])
    beats = BeatList(time_s, "NVVNV", np.array([0.9, 0.7, 0.95, 0.5, 0.7]))
    assert is_told_apart(beats, [2.5]).tolist() == [True, False, True, True, True]
    assert is_told_apart(beats, []).all()
