"""Doubtful beats too near to sure ones are noise."""

import numpy as np
import pytest

from ecgmm.analysis.intruders import not_intruding

BEATS_S = np.arange(0.5, 60.0, 0.8)


def read_with(extra_s: float, certainty: float) -> tuple[np.ndarray, np.ndarray]:
    """A regular rhythm of sure beats, and one beat more; both in time order."""
    times_s = np.append(BEATS_S, extra_s)
    order = np.argsort(times_s)
    return times_s[order], np.append(np.full(len(BEATS_S), 0.99), certainty)[order]


def test_a_doubtful_beat_between_two_sure_ones_is_taken_out() -> None:
    times_s, certainty = read_with(10.5, 0.6)
    assert times_s[~not_intruding(times_s, certainty)].tolist() == [10.5]


@pytest.mark.parametrize(("extra_s", "certainty"), [(10.5, 0.95), (10.4 + 0.55, 0.6)])
def test_a_sure_premature_beat_stays_and_so_does_one_that_is_not_too_near(
    extra_s: float, certainty: float
) -> None:
    times_s, of_each = read_with(extra_s, certainty)
    if certainty < 0.9:
        times_s, of_each = np.delete(times_s, 13), np.delete(of_each, 13)
    assert not_intruding(times_s, of_each).all()


def test_of_two_doubtful_beats_the_surer_one_stays() -> None:
    times_s, certainty = np.append(BEATS_S, [60.5, 60.7]), np.full(len(BEATS_S) + 2, 0.99)
    certainty[-2:] = 0.7, 0.5
    assert times_s[~not_intruding(times_s, certainty)].tolist() == [60.7]


def test_a_faster_rhythm_is_no_intruder() -> None:
    exercise_s = 60.5 + np.arange(0.0, 60.0, 0.4)
    times_s = np.concatenate([BEATS_S, exercise_s])
    certainty = np.full(len(times_s), 0.97)
    certainty[-75::3] = 0.85
    assert not_intruding(times_s, certainty).all()


def test_where_every_second_beat_is_doubted_the_rhythm_is_not_halved() -> None:
    certainty = np.full(len(BEATS_S), 0.95)
    certainty[4::2] = 0.7
    assert not_intruding(BEATS_S, certainty).all()


def test_nothing_is_taken_out_where_nothing_is_sure() -> None:
    assert not_intruding(BEATS_S, np.full(len(BEATS_S), 0.6)).all()
    assert not_intruding(np.empty(0), np.empty(0)).shape == (0,)
