import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgmm.scoring.matching import CONFUSION_CLASSES, confusion_matrix, match_beats

beat_times_s = st.lists(st.integers(0, 4000).map(lambda sample: sample / 360), max_size=60).map(
    sorted
)


def pairs(reference_times_s, test_times_s, **options):
    matching = match_beats(reference_times_s, test_times_s, **options)
    return list(
        zip(matching.reference_indices.tolist(), matching.test_indices.tolist(), strict=True)
    )


def test_a_test_beat_within_150_ms_answers_the_reference_beat():
    assert pairs([1.0], [1.1]) == [(0, 0)]
    assert pairs([1.0], [0.9]) == [(0, 0)]


def test_a_beat_exactly_54_samples_of_360_hz_away_matches_and_one_55_away_does_not():
    for sample in range(100, 2000):
        assert pairs([sample / 360], [(sample + 54) / 360]) == [(0, 0)]
        assert pairs([sample / 360], [(sample - 54) / 360]) == [(0, 0)]
        assert pairs([sample / 360], [(sample + 55) / 360]) == []
        assert pairs([sample / 360], [(sample - 55) / 360]) == []


def test_of_two_test_beats_in_the_window_the_nearer_is_paired_and_the_other_is_extra():
    matching = match_beats([1.0], [0.9, 1.05])
    assert matching.test_indices.tolist() == [1]
    assert matching.extra_indices.tolist() == [0]
    matching = match_beats([1.0], [0.95, 1.1])
    assert matching.test_indices.tolist() == [0]
    assert matching.extra_indices.tolist() == [1]


def test_of_two_reference_beats_in_the_window_the_nearer_is_paired_and_the_other_is_missed():
    matching = match_beats([0.9, 1.05], [1.0])
    assert matching.reference_indices.tolist() == [1]
    assert matching.missed_indices.tolist() == [0]


def test_of_two_equally_near_beats_the_later_is_paired():
    samples_apart = 10 / 360
    for centre in (300 / 360, 301 / 360, 12_345 / 360):
        neighbours = [centre - samples_apart, centre + samples_apart]
        assert pairs([centre], neighbours) == [(0, 1)]
        assert pairs(neighbours, [centre]) == [(1, 0)]


def test_a_double_detection_is_one_match_and_one_extra_beat():
    matching = match_beats([1.0, 2.0], [1.0, 1.0, 2.0])
    assert len(matching.reference_indices) == 2
    assert len(matching.extra_indices) == 1


def test_a_beat_whose_only_candidate_goes_to_a_nearer_neighbour_is_missed():
    matching = match_beats([1.10, 1.16], [1.15])
    assert matching.reference_indices.tolist() == [1]
    assert matching.missed_indices.tolist() == [0]


def test_bxb_of_2002_frees_a_beat_whose_rival_has_a_nearer_partner():
    """The worked example in the comment of `bxb.c`: 37 samples of window at 250 Hz."""
    reference, test = np.array([96, 160]) / 250, np.array([128, 185]) / 250
    assert pairs(reference, test, tolerance_s=37 / 250) == [(0, 0), (1, 1)]
    assert pairs(test, reference, tolerance_s=37 / 250) == [(0, 0), (1, 1)]


def test_no_beats_at_all_match_nothing():
    assert match_beats([], [0.5]).extra_indices.tolist() == [0]
    assert match_beats([0.5], []).missed_indices.tolist() == [0]
    assert pairs([], []) == []


@pytest.mark.parametrize("times", [[2.0, 1.0], [np.nan], [[1.0]]])
def test_times_that_are_no_ascending_row_are_refused(times):
    with pytest.raises(ValueError, match="ascending"):
        match_beats(times, [1.0])
    with pytest.raises(ValueError, match="ascending"):
        match_beats([1.0], times)


def test_a_negative_window_is_refused():
    with pytest.raises(ValueError, match="match window"):
        match_beats([1.0], [1.0], tolerance_s=-0.1)


@given(beat_times_s, beat_times_s)
def test_every_beat_is_used_exactly_once(reference, test):
    matching = match_beats(reference, test)
    all_reference = [*matching.reference_indices, *matching.missed_indices]
    all_test = [*matching.test_indices, *matching.extra_indices]
    assert sorted(all_reference) == list(range(len(reference)))
    assert sorted(all_test) == list(range(len(test)))


@given(beat_times_s, beat_times_s)
def test_pairs_are_in_time_order_and_within_the_window(reference, test):
    matching = match_beats(reference, test)
    assert np.all(np.diff(matching.reference_indices) > 0)
    assert np.all(np.diff(matching.test_indices) > 0)
    distance_s = np.subtract(
        np.array(reference)[matching.reference_indices], np.array(test)[matching.test_indices]
    )
    assert np.all(np.abs(distance_s) <= 0.15 + 1e-6)


@given(beat_times_s, beat_times_s)
def test_swapping_reference_and_test_keeps_the_pairs(reference, test):
    reference, test = sorted(set(reference)), sorted(set(test))
    assert pairs(reference, test) == [(i, j) for j, i in pairs(test, reference)]


@given(beat_times_s)
def test_a_reading_with_no_two_beats_at_one_time_matches_itself_completely(times):
    distinct = sorted(set(times))
    assert pairs(distinct, distinct) == [(i, i) for i in range(len(distinct))]


@given(st.lists(st.floats(-0.149, 0.149), max_size=60))
def test_beats_over_300_ms_apart_all_match_when_moved_by_less_than_the_window(shifts_s):
    reference = 0.301 * np.arange(1, len(shifts_s) + 1)
    assert len(pairs(reference, reference + np.array(shifts_s))) == len(shifts_s)


def test_a_hundred_thousand_beats_are_matched_in_well_under_a_second():
    rng = np.random.default_rng(0)
    reference = np.cumsum(rng.uniform(0.3, 1.2, 100_000))
    test = np.sort(reference + rng.normal(0, 0.03, len(reference)))
    start = time.process_time()
    matching = match_beats(reference, test)
    assert time.process_time() - start < 1.0
    assert len(matching.reference_indices) > 99_000


def test_the_confusion_matrix_has_reference_rows_and_test_columns_with_missed_and_extra_last():
    matching = match_beats([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0, 5.0])
    confusion = confusion_matrix(["N", "S", "V", "F"], ["N", "V", "V", "N"], matching)
    counted = {
        (CONFUSION_CLASSES[row], CONFUSION_CLASSES[column]): int(confusion[row, column])
        for row, column in np.argwhere(confusion)
    }
    assert counted == {
        ("N", "N"): 1,
        ("S", "V"): 1,
        ("V", "V"): 1,
        ("F", "none"): 1,
        ("none", "N"): 1,
    }


@given(beat_times_s, beat_times_s, st.randoms(use_true_random=False))
def test_the_margins_of_the_confusion_matrix_are_the_beat_counts(reference, test, random):
    reference_labels = [random.choice("NSVFQ") for _ in reference]
    test_labels = [random.choice("NSVFQ") for _ in test]
    confusion = confusion_matrix(reference_labels, test_labels, match_beats(reference, test))
    for index, name in enumerate("NSVFQ"):
        assert confusion[index].sum() == reference_labels.count(name)
        assert confusion[:, index].sum() == test_labels.count(name)


def test_a_label_that_is_no_aami_class_is_refused_by_name():
    with pytest.raises(ValueError, match="'L'"):
        confusion_matrix(["L"], ["N"], match_beats([1.0], [1.0]))
