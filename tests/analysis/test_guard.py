"""A beat that an end of the recording may cut is not classified."""

import numpy as np

from ecgmm.analysis.beat_list import BeatList
from ecgmm.analysis.guard import is_whole


def test_a_strange_beat_at_an_end_is_taken_for_a_cut_one() -> None:
    beats = BeatList(np.array([0.05, 0.9, 1.7, 2.93]), "SNVV", np.full(4, 0.9))
    assert is_whole(beats, 3.0).tolist() == [False, True, True, False]


def test_a_normal_beat_at_an_end_stays() -> None:
    beats = BeatList(np.array([0.05, 2.93]), "NN", np.full(2, 0.9))
    assert is_whole(beats, 3.0).all()
